"""The hours of a week by how much falls into them: a square for each hour of each weekday, in the viewer's zone."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.canvas import Unit, axis, canvas, nothing, words
from components.figures.hover import said
from components.text.tokens import fade, tokens
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def week(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    hour: str,
    value: str,
    unit: Unit,
    height: int = 250,
) -> Body:
    """The sum of ``value`` of the clock hours ``hour`` (UTC) by weekday and hour of day; the takeaway names the largest."""
    if (none := nothing(frame, value, unit, look)) is not None:
        return none
    local = pd.to_datetime(frame[hour], utc=True).dt.tz_convert(look.zone)
    at = pd.DataFrame({"day": local.dt.day_of_week, "hour": local.dt.hour, "v": frame[value].astype(float)})
    table = at.pivot_table(index="day", columns="hour", values="v", aggfunc="sum").reindex(
        index=range(7), columns=range(24)
    )
    cells, full, ink = table.fillna(0.0), words(unit, look), tokens(look.theme)
    sums = cells.to_numpy(dtype=float).tolist()
    every = [(DAYS[day], f"{at:02d}", much) for day, row in enumerate(sums) for at, much in enumerate(row)]
    trace: dict[str, Any] = {
        "type": "heatmap",
        "x": [time for _, time, _ in every],
        "y": [day for day, _, _ in every],
        "z": [round(much, 2) for *_, much in every],
        "colorscale": [[0, fade(ink.series[0], 0.04)], [1, ink.series[0]]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertext": [said(f"{day} {time}:00", full(much)) for day, time, much in every],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    figure = canvas(
        [trace],
        look,
        xaxis=axis(look, type="category", nticks=12),
        yaxis=axis(look, type="category", autorange="reversed"),
    )
    day, time, much = max(every, key=lambda cell: cell[2])
    short = words(unit, look, compact=True)
    whole = short(sum(much for *_, much in every))
    return Plot(figure, f"{day} {time}:00 is the worst hour of the week, with {short(much)} of {whole}.", height)
