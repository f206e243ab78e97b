"""How long until it happened: the share of each group to whom it has not, by days. A step down is somebody to whom it did."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.canvas import MOST_MARKS, NOTHING, axis, axis_title, canvas, value_axis
from components.figures.hover import said
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

DASHES = ("solid", "dash", "dot", "dashdot")


def survival(
    frame: pd.DataFrame, look: ViewContext, *, group: str, day: str, share: str, people: str, mark: float, of: str
) -> Body:
    """One line of steps per ``group``, in their order, named with its number of ``people``; ``mark`` is a day to look at."""
    rows = frame.head(MOST_MARKS)
    if rows.empty:
        return NOTHING
    ink, last = tokens(look.theme), max(float(rows[day].max()), mark) * 1.05
    traces: list[dict[str, Any]] = []
    for place, (name, own) in enumerate(rows.groupby(group, sort=False)):
        called = chart(f"{name} ({int(own[people].iloc[0]):,})", 40)
        traces.append({
            "type": "scatter", "mode": "lines", "name": called, "x": [float(one) for one in own[day]],
            "y": [float(one) for one in own[share]],
            "line": {
                "shape": "hv", "color": ink.series[place % 7], "width": 2.5 if place == 0 else 1.5,
                "dash": DASHES[place % len(DASHES)],
            },
            "hovertext": [
                said(called, f"{fmt.percent(float(left), 0)} {chart(of, 40)}", f"after {fmt.number(float(at))} days")
                for at, left in zip(own[day], own[share], strict=True)
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
        })  # fmt: skip
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=axis(look, range=[0, last], title=axis_title("days since the first thing they did", look)),
        yaxis=value_axis(look, "ratio", 1.0, of=of, range=[0, 1.03]),
        shapes=[{
            "type": "line", "x0": mark, "x1": mark, "y0": 0, "y1": 1, "yref": "paper",
            "line": {"color": ink.muted, "width": 1, "dash": "dot"},
        }],
        hovermode="closest",
    )  # fmt: skip
    first = rows[rows[group] == rows[group].iloc[0]].iloc[-1]
    return Plot(figure, f"{fmt.percent(float(first[share]), 0)} {of} after {fmt.number(float(first[day]))} days.", 280)
