"""The figures of a tile that mean the same on every day: its metrics, how many rows its tables have, and the totals of their
amounts and hours. Those that a sentence or a picture alone says are not among them: they are about something else tomorrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Empty, Grid, Metric, Metrics

UNITS = {"ratio": "%", "hours": "h", "count": "rows"}
_TOTALLED = ("money", "hours")
_CURRENCIES = ("currency", "currency_code")  # a column of either: amounts may be of several


@dataclass(frozen=True)
class Measure:
    """``key`` is its name in addresses; ``value`` is in ``unit``, shares in percent."""

    key: str
    label: str
    unit: str
    value: float


def measures(bodies: Sequence[Body], look: ViewContext) -> tuple[Measure, ...]:
    """Those of ``bodies``. A tile with nothing to show has no rows."""
    grids = [one for one in bodies if isinstance(one, Grid)]
    found = [made for one in bodies if isinstance(one, Metrics) for item in one.items for made in _metric(item, look)]
    for place, body in enumerate(grids):
        found += _of_grid(body, f"-{place + 1}" if place else "", look)
    if not found and any(isinstance(one, Empty) for one in bodies):
        found.append(Measure("rows", "Rows of its table", UNITS["count"], 0.0))
    return tuple({one.key: one for one in found}.values())


def _metric(item: Metric, look: ViewContext) -> Iterator[Measure]:
    if item.amount is not None and fmt.known(item.amount):
        value = float(item.amount) * (100 if item.kind == "ratio" else 1)
        unit = {"count": "in all", "money": look.currency}.get(item.kind, UNITS.get(item.kind, ""))
        yield Measure(item.label.casefold().replace(" ", "_"), item.label, unit, value)


def _of_grid(body: Grid, nth: str, look: ViewContext) -> Iterator[Measure]:
    yield Measure(f"rows{nth}", "Rows of its table", UNITS["count"], float(len(body.frame)))
    several = any(body.frame[one].nunique() > 1 for one in _CURRENCIES if one in body.frame)
    for name, (label, kind) in body.columns.items():
        if kind in _TOTALLED and not (kind == "money" and several) and not any(map(str.isdigit, name)):
            values = pd.to_numeric(body.frame[name].astype(object), errors="coerce")
            unit = UNITS.get(kind, look.currency)
            yield Measure(f"{name}{nth}", f"{label}, all rows", unit, float(values.sum()))
