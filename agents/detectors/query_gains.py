"""What a change of a form of statements would save, told apart from what a form costs because it does so much.

Two causes are looked at. *The same text again*: what ran once need not run again while its data is the same; whether that
lasts an hour or a day is not in any table, so the two are the ends of the interval. *Odd runs* (they spill, or read all):
their work against that of the usual runs of the same form, by Welch's interval. What neither explains is no opportunity.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from agents.detectors.realised import student

LEAST = 10  # runs below which nothing is said of a form
LEAST_OF_EACH = 5  # odd and usual runs that are compared
WORTH = 0.05  # of what the form costs: less is no opportunity
HOUR_MS = 3_600_000.0
FOUND = ("verdict", "cause", "low_hours", "high_hours", "low", "high")


def gained(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The frames with ``forms``: :func:`gains` of userops.query_patterns, where they are there."""
    forms = {"forms": gains(frames["query_patterns"])} if "query_patterns" in frames else {}
    return {**frames, **forms}


def gains(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of userops.query_patterns with ``verdict`` (opportunity, explained, unjudged), its ``cause``, and what a change would
    save in this period: hours of task time and money (None where unknown) at least and at most. Opportunities first."""
    found = pd.DataFrame([_judged(row) for row in _rows(rows)], columns=list(FOUND), index=rows.index, dtype=object)
    made = pd.concat([rows, found], axis=1)
    rank = made["verdict"].map({"opportunity": 0, "unjudged": 1, "explained": 1})
    worth = [0.0 if row.low is None else -float(row.low) for row in _rows(made)]
    order = np.lexsort((np.arange(len(made)), np.asarray(worth, dtype=float), rank.to_numpy(dtype=float)))
    return made.iloc[order].reset_index(drop=True)


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def _judged(row: Any) -> tuple[object, ...]:
    again = (float(row.again_hour or 0), float(row.again_day or 0))
    odd = _odd(row)
    causes = [("again", *again), *([(odd[0], odd[1], odd[2])] if odd else [])]
    cause, low, high = max(causes, key=lambda one: one[1])
    if row.runs >= LEAST and low > 0 and low >= WORTH * row.work:
        return ("opportunity", cause, low, high, _money(row, low), _money(row, high))
    why = _explained(row)
    return ("unjudged" if why in ("few", "all odd") else "explained", why, None, None, None, None)


def _odd(row: Any) -> tuple[str, float, float] | None:
    """The cause, and what the odd runs cost more than the usual ones: hours at least and at most."""
    number, usual = int(row.spilling + row.reading), int(row.usual)
    if number < LEAST_OF_EACH or usual < LEAST_OF_EACH:
        return None
    spread = [
        _variance(row.odd_ms, row.odd_square, number) / number,
        _variance(row.usual_ms, row.usual_square, usual) / usual,
    ]
    error = sum(spread) ** 0.5
    freedom = (
        sum(spread) ** 2 / sum(one**2 / (n - 1) for one, n in zip(spread, (number, usual), strict=True)) if error else 4
    )
    half = student(max(int(freedom), 4)) * error
    more = float(row.odd_ms) - float(row.usual_ms)
    cause = "spills" if row.spilling >= row.reading else "reads all"
    return cause, number * (more - half) / HOUR_MS, number * (more + half) / HOUR_MS


def _variance(mean: float, square: float, number: int) -> float:
    return max(float(square) - float(mean) ** 2, 0.0) * number / (number - 1)


def _explained(row: Any) -> str:
    """Why a form costs what it costs, where nothing was found that a change would save."""
    if row.runs < LEAST:
        return "few"
    if row.spilling + row.reading and row.usual < LEAST_OF_EACH:
        return "all odd"
    if row.statement_type not in ("SELECT", None):
        return "writes"
    return "does"


def _money(row: Any, hours: float) -> Decimal | None:
    if not isinstance(row.cost, Decimal) or not row.work:
        return None
    return Decimal(f"{float(row.cost) * hours / row.work:.2f}")
