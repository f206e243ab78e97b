"""Amounts have the places of their currency, wherever they are written. The tables are copied by hand from ISO 4217
(list one, 1 January 2026), not from the library."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path

import pytest

from components.figures.ticks import value_ticks
from components.text import currency
from components.text import format as fmt
from components.text.view_context import ViewContext

NONE = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
THREE = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
FOUR = ["CLF", "UYW"]
TWO = [
    "USD",
    "EUR",
    "GBP",
    "CHF",
    "INR",
    "BRL",
    "CAD",
    "AUD",
    "NZD",
    "SEK",
    "DKK",
    "NOK",
    "PLN",
    "CZK",
    "HUF",
    "SGD",
    "HKD",
    "ZAR",
    "MXN",
    "ILS",
    "AED",
    "SAR",
    "CNY",
    "TWD",
    "THB",
    "IDR",
    "COP",
]
AMOUNTS = [(NONE, 0, "1,235"), (TWO, 2, "1,234.57"), (THREE, 3, "1,234.568"), (FOUR, 4, "1,234.5678")]


@pytest.mark.parametrize(("codes", "places", "text"), AMOUNTS)
def test_an_amount_has_the_places_of_its_currency(codes: list[str], places: int, text: str) -> None:
    for code in codes:
        assert currency.places(code) == places, code
        assert fmt.money(Decimal("1234.5678"), code, compact=False) == currency.symbol(code) + text
        column = fmt.KINDS["money"]("Cost", ViewContext(currency=code))
        assert column["type_config"]["format"] == f"%,.{places}f", code


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [("0.0625", "KWD", "KWD 0.062"), ("999.4", "ISK", "ISK 999"), ("-12.3456", "BHD", "−BHD 12.346"), ("12.5", "XXX", "XXX 12.50"),
     ("12.5", "", " 12.50"), ("45678.9", "TND", "TND 45.7k"), ("0.00004", "CLF", "CLF 0.0000"), ("7.5", "UGX", "UGX 8")],
)  # fmt: skip
def test_small_amounts_and_codes_without_an_entry(value: str, code: str, text: str) -> None:
    assert fmt.money(Decimal(value), code) == text


def test_the_ticks_of_an_axis_have_them_too() -> None:
    def written(code: str) -> list[str]:
        found: list[str] = value_ticks(0, 1, "money", ViewContext(currency=code))["ticktext"]
        return found

    assert written("KWD") == ["KWD 0", *(f"KWD 0.{tenth}00" for tenth in (2, 4, 6, 8)), "KWD 1.000"]
    assert written("JPY") == ["¥0", *(f"¥0.{tenth}" for tenth in (2, 4, 6, 8)), "¥1.0"]
    assert written("USD")[1] == "$0.20"


def test_no_other_file_knows_currencies_by_their_code() -> None:
    """A second list would be as short as the first was; the code that is assumed where none is chosen is no list."""
    known = {*NONE, *THREE, *FOUR, *TWO} - {"USD"}
    found = {
        str(path)
        for room in ("components", "pages", "agents", "actions", "approvals", "warehouse", "web")
        for path in Path(room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in known
    }
    assert found == {"components/text/currency.py", "components/frame/filter_bar.py"}  # the second offers two
