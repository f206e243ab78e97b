"""Cost anomalies by day, reported at the deepest level that explains them: account, workspace, product, resource."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from agents.detectors import robust_holt_winters as rhw

LEVELS = ("workspace_id", "product", "resource_id")
COLUMNS = ["day", "last_day", "days", "level", *LEVELS, "cost", "expected", "low", "high", "excess", "p", "kind"]
FLOOR, FLOOR_SHARE = 50.0, 0.10  # smallest excess worth an event: money per day, and share of the expected cost
EXPLAINS = 0.7  # a child that carries this share of the excess is the better place to report
JOIN_DAYS = 7  # alerts of one series closer than this are one event

Node = tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """Every series at every level with its scores. ``nodes[i]`` is column i; () is the whole account."""

    days: pd.DatetimeIndex
    nodes: list[Node]
    values: rhw.Matrix
    scores: rhw.Scores


def judge(daily: pd.DataFrame) -> Judged:
    """Scores of ``daily``: usage_date, workspace_id, product, resource_id (text), cost (one currency and basis).

    Corrections must be netted before (negative days are read as zero). Only complete days belong in ``daily``.
    """
    days = pd.date_range(daily["usage_date"].min(), daily["usage_date"].max(), freq="D")
    frame = daily.assign(day=pd.to_datetime(daily["usage_date"]), cost=daily["cost"].astype(float))
    nodes: list[Node] = []
    columns: list[npt.NDArray[np.float64]] = []
    for depth in range(len(LEVELS) + 1):
        keys = list(LEVELS[:depth])
        if depth == 0:
            wide = frame.groupby("day")["cost"].sum().to_frame()
        else:
            wide = frame.pivot_table(index="day", columns=keys, values="cost", aggfunc="sum")
        wide = wide.reindex(days).fillna(0.0)
        for name in wide.columns:
            nodes.append(() if depth == 0 else (tuple(map(str, name)) if depth > 1 else (str(name),)))
            columns.append(wide[name].to_numpy(dtype=float))
    values = np.maximum(np.stack(columns, axis=1), 0.0)
    return Judged(days, nodes, values, rhw.score(values, days[0].date()))


def _events(alerts: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of alert days, those within JOIN_DAYS of each other joined: (first, last)."""
    found: list[tuple[int, int]] = []
    for t in np.nonzero(alerts)[0]:
        if found and t - found[-1][1] <= JOIN_DAYS:
            found[-1] = (found[-1][0], int(t))
        else:
            found.append((int(t), int(t)))
    return found


def _deepest(judged: Judged, children: dict[Node, list[int]], column: int, day: int) -> int:
    """From ``column`` down to the deepest node that carries EXPLAINS of its excess on ``day``."""
    excess = judged.values - np.nan_to_num(judged.scores.expected)
    while below := children.get(judged.nodes[column]):
        best = max(below, key=lambda i: excess[day, i] * np.sign(excess[day, column]))
        if excess[day, best] / excess[day, column] < EXPLAINS:
            break
        column = best
    return column


def events(judged: Judged, since: dt.date, floor: float = FLOOR) -> pd.DataFrame:
    """Anomalies that begin on or after ``since``, largest excess first; columns :data:`COLUMNS`.

    ``excess`` is cost minus expected summed over the event's alert days (``days``); a negative one is a fall. ``kind`` is
    spike, drop, rise or fall (the last two are shifts of the level). An excess below max(``floor`` per day, 10 % of expected)
    is left out.
    """
    s = judged.scores
    excess = judged.values - np.nan_to_num(s.expected)
    material = np.abs(excess) >= np.maximum(floor, FLOOR_SHARE * np.nan_to_num(s.expected))
    alerts = s.alerts(judged.values) & material
    children: dict[Node, list[int]] = {}
    for i, node in enumerate(judged.nodes):
        if node:
            children.setdefault(node[:-1], []).append(i)
    chosen: dict[int, set[int]] = {}
    for day, column in np.argwhere(alerts).tolist():
        chosen.setdefault(_deepest(judged, children, column, day), set()).add(day)
    rows: list[dict[str, Any]] = []
    for column, on in chosen.items():
        marked = np.zeros(len(judged.days), dtype=np.bool_)
        marked[sorted(on)] = True
        for first, last in _events(marked):
            if judged.days[first].date() >= since:
                rows.append(_row(judged, column, first, last, marked))
    found = pd.DataFrame(_without_echoes(rows), columns=COLUMNS)
    return found.sort_values("excess", key=abs, ascending=False).reset_index(drop=True)


def _without_echoes(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out an event of a whole whose part has an event of the same sign at the same time: it is the same money."""

    def echoes(whole: dict[str, Any], part: dict[str, Any]) -> bool:
        near = dt.timedelta(days=JOIN_DAYS)
        return (
            whole["level"] != part["level"]
            and all(whole[level] in ("", part[level]) for level in LEVELS)
            and part["excess"] * whole["excess"] > 0
            and part["day"] <= whole["last_day"] + near
            and whole["day"] <= part["last_day"] + near
        )

    return [row for row in rows if not any(echoes(row, other) for other in rows)]


def _row(judged: Judged, column: int, first: int, last: int, marked: npt.NDArray[np.bool_]) -> dict[str, Any]:
    s, node = judged.scores, judged.nodes[column]
    on = [t for t in range(first, last + 1) if marked[t]]
    cost, expected = judged.values[on, column].sum(), float(np.nansum(s.expected[on, column]))
    shifted = bool(s.kind[on, column].any())
    words = ("rise", "fall") if shifted else ("spike", "drop")
    return {
        "day": judged.days[first].date(),
        "last_day": judged.days[last].date(),
        "days": tuple(judged.days[t].date() for t in on),
        "level": ("account", *LEVELS)[len(node)].removesuffix("_id"),
        **dict(zip(LEVELS, (*node, *[""] * len(LEVELS)), strict=False)),
        "cost": cost,
        "expected": expected,
        "low": float(np.nansum(s.low[on, column])),
        "high": float(np.nansum(s.high[on, column])),
        "excess": cost - expected,
        "p": float(s.p[on, column].min()),
        "kind": words[int(cost < expected)],
    }


def band(judged: Judged, node: Sequence[str] = ()) -> pd.DataFrame:
    """The series of one node for a band chart: day, cost, expected, low, high, p (NaN band in the warm-up)."""
    i = judged.nodes.index(tuple(node))
    s = judged.scores
    return pd.DataFrame(
        {
            "day": judged.days,
            "cost": judged.values[:, i],
            "expected": s.expected[:, i],
            "low": s.low[:, i],
            "high": s.high[:, i],
            "p": s.p[:, i],
        }
    )
