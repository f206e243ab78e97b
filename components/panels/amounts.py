"""Sums of exact money, and their change."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

from components.text import format as fmt

ZERO = Decimal(0)


def amount(values: Any) -> Any:
    """The exact sum (Decimal) of a money column; unknown amounts count nothing."""
    with localcontext(prec=60):  # an amount has up to 38 digits
        return sum((v for v in values if fmt.known(v)), ZERO)


def worth(values: Any) -> Any:
    """The exact sum; None where there are amounts and none of them is known."""
    return amount(values) if len(values) == 0 or any(map(fmt.known, values)) else None


def ratio(now: Decimal, before: Decimal) -> float | None:
    """The change as a ratio; None when there was nothing before."""
    return float(now / before - 1) if before > 0 else None
