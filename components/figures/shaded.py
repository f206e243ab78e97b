"""Days of a figure over time that are spoken of, shaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from components.figures.canvas import canvas
from components.text.tokens import fade, tokens
from components.text.view_context import ViewContext
from components.tiles.tile import Plot

_HALF = dt.timedelta(hours=12)
_DAY = dt.timedelta(days=1)


def shaded(body: Plot, days: Sequence[dt.date], look: ViewContext) -> Plot:
    """``body`` with ``days`` shaded, those that follow each other as one."""
    drawn = body.figure.to_dict()
    layout: dict[str, Any] = dict(drawn["layout"])
    layout["shapes"] = [*layout.get("shapes", ()), *(_shade(*span, look) for span in spans(days))]
    return replace(body, figure=canvas(drawn["data"], look, **layout))


def spans(days: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """The first and the last of each run of consecutive ``days``."""
    ordered = sorted(set(days))
    firsts = [day for day in ordered if day - _DAY not in ordered]
    lasts = [day for day in ordered if day + _DAY not in ordered]
    yield from zip(firsts, lasts, strict=True)


def _shade(first: dt.date, last: dt.date, look: ViewContext) -> dict[str, Any]:
    midnight = dt.time()
    return {
        "type": "rect",
        "x0": (dt.datetime.combine(first, midnight) - _HALF).isoformat(sep=" "),
        "x1": (dt.datetime.combine(last, midnight) + _HALF).isoformat(sep=" "),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": fade(tokens(look.theme).act, 0.16),
        "layer": "below",
    }
