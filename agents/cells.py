"""Cells of a frame, as Python values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

Row = Any  # a row of `DataFrame.itertuples`: its cells are attributes, by the names of the question's columns


def rows(frame: pd.DataFrame | None) -> list[Row]:
    """The rows, each with its cells as attributes; none where there is no frame."""
    return [] if frame is None else list(frame.itertuples())


def text(value: Any) -> str:
    """A cell as text; empty where there is none."""
    return "" if value is None or value is pd.NaT or (isinstance(value, float) and value != value) else str(value)


def moment(value: Any) -> dt.datetime | None:
    """A cell as a UTC time; None where there is none."""
    return None if value is None or value is pd.NaT else pd.Timestamp(value).to_pydatetime()


def day(value: Any) -> dt.date | None:
    """A cell as a date; None where there is none."""
    return None if not text(value) else pd.Timestamp(value).date()


def number(value: Any) -> float:
    """A cell as a number; 0 where there is none."""
    return float(text(value) or 0)


def money(value: Any) -> Decimal:
    """A cell as money with cents; 0 where there is none."""
    return Decimal(text(value) or 0).quantize(Decimal("0.01"))


def share(value: float) -> Decimal:
    """A probability with two decimals, never certain."""
    return Decimal(str(round(min(max(value, 0.01), 0.99), 2)))
