"""Currencies: the sign before an amount, and how many places its minor unit has (ISO 4217)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from iso4217 import raw_table

USUAL = 2  # places of what ISO 4217 does not list
_SIGNS = MappingProxyType({"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "BRL": "R$"})
_CENTS = MappingProxyType({"USD": "¢", "EUR": "cent"})
_PLACES: Mapping[str, int] = MappingProxyType(
    {code: int(str(row["CcyMnrUnts"])) for code, row in raw_table.items() if str(row["CcyMnrUnts"]).isdigit()}
)
CODES = tuple(dict.fromkeys((*_SIGNS, *sorted(_PLACES))))  # those with a sign of their own first, then by name


def symbol(currency: str) -> str:
    """The sign before an amount: ``$``, ``€`` or ``CHF ``."""
    return _SIGNS.get(currency, f"{currency} ")


def cents(currency: str) -> str:
    """What a hundredth is called: ``¢``; nothing where no name is known."""
    return _CENTS.get(currency, "")


def places(currency: str) -> int:
    """Decimal places of an amount in full: 2 for USD, none for JPY, 3 for KWD, 4 for CLF; 2 for what is not listed."""
    return _PLACES.get(currency, USUAL)
