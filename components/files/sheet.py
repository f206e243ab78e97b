"""A table to take along: what it holds in one line, its columns, all of its rows."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

import pandas as pd

from components.text import format as fmt
from components.text.currency import places

_MONEY = "money"
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Scope:
    """What the rows are of: dates (``end`` exclusive), currency and cost basis where there is money, workspaces in words,
    and when they were read (UTC)."""

    start: dt.date | None = None
    end: dt.date | None = None
    currency: str = ""
    basis: str = ""
    where: str = ""
    read_at: dt.datetime | None = None


@dataclass(frozen=True)
class Sheet:
    """``columns`` maps a column of ``frame`` to its label and kind (of ``components.text.format.KINDS``)."""

    subject: str
    frame: pd.DataFrame
    columns: Mapping[str, tuple[str, str]]
    scope: Scope = Scope()
    notes: tuple[str, ...] = ()

    @property
    def has_money(self) -> bool:
        return any(kind in (_MONEY, "price") for _, kind in self.columns.values())

    @property
    def head(self) -> str:
        """Subject, period, currency and basis, workspaces, and when it was read."""
        of, parts = self.scope, [self.subject]
        if of.start and of.end:
            parts.append(f"{of.start} to {of.end - dt.timedelta(days=1)}")
        if self.has_money:
            parts.append(f"{of.currency} {of.basis} prices")
        parts += [of.where] if of.where else []
        parts += [f"as of {of.read_at:%Y-%m-%d %H:%M} UTC"] if of.read_at else []
        return " · ".join([*parts, *self.notes])

    def name(self, ending: str) -> str:
        """``lakehelm_spend_per_day_2026-10-01_2026-10-31_USD_list.csv``"""
        of = self.scope
        words = unicodedata.normalize("NFKD", self.subject).encode("ascii", "ignore").decode().casefold()
        parts = ["lakehelm", _NOT_A_NAME.sub("_", words).strip("_") or "table"]
        if of.start and of.end:
            parts += [str(of.start), str(of.end - dt.timedelta(days=1))]
        parts += [of.currency, of.basis] if self.has_money else []
        return f"{'_'.join(parts)}.{ending}"

    def label(self, column: str) -> str:
        """What heads ``column``: money says its currency."""
        label, kind = self.columns[column]
        unit = {_MONEY: self.scope.currency, "price": self.scope.currency, "hours": "h", "dbu": "DBU", "seconds": "s"}
        return f"{label or column} ({unit[kind]})" if unit.get(kind) else label or column

    def values(self, column: str, *, exact: bool) -> list[object]:
        """The values of ``column``; money in the currency's places, unless ``exact``: then with every digit."""
        kind = self.columns[column][1]
        values = list(self.frame[column])
        return rounded(values, places(self.scope.currency)) if kind == _MONEY and not exact else values


def rounded(values: list[object], digits: int) -> list[object]:
    """Amounts with ``digits`` places whose sum is the rounded sum: what rounding takes from one or gives it is made good
    on those nearest to the next step (largest remainders). Unknown amounts stay as they are."""
    with localcontext(prec=60):
        step = Decimal(1).scaleb(-digits)
        amounts = [Decimal(str(value)) if fmt.known(value) else None for value in values]
        floors = [None if one is None else one // step * step for one in amounts]
        floors = [
            low - step if low is not None and one is not None and low > one else low
            for low, one in zip(floors, amounts, strict=True)
        ]
        known = [place for place, one in enumerate(amounts) if one is not None]
        exact = sum((amounts[place] or Decimal(0) for place in known), Decimal(0))
        short = int((exact.quantize(step) - sum((floors[place] or Decimal(0) for place in known), Decimal(0))) / step)
        by_rest = sorted(known, key=lambda place: (floors[place] or Decimal(0)) - (amounts[place] or Decimal(0)))
        up = set(by_rest[:short])
        return [
            value if low is None else (low + step if place in up else low).quantize(step)
            for place, (value, low) in enumerate(zip(values, floors, strict=True))
        ]
