"""What something had and used, hour by hour, with who stood in line under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from components.figures.canvas import MOST_MARKS, NOTHING, canvas, day_axis, floats, stamps, value_axis
from components.figures.hover import places, said
from components.text import format as fmt
from components.text.tokens import fade, tokens
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

_UNDER, _OVER = (0.0, 0.3), (0.4, 1.0)  # of the height: the lines, and the steps


def strip(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    x: str,
    had: tuple[str, str],
    used: tuple[str, str],
    under: Mapping[str, str],
    of: tuple[str, str],
    height: int = 340,
) -> Body:
    """Steps of what it ``had`` (column, label) with what of it was ``used`` filled, on one scale; ``under`` (column: label)
    are lines below on a scale of theirs. ``of`` is what stands beside the two scales."""
    if frame.empty:
        return NOTHING
    ink, rows = tokens(look.theme), frame.tail(MOST_MARKS // (2 + len(under)))
    whens = stamps(rows[x], look)
    at, _ = places(whens)

    def trace(column: str, label: str, colour: str, **more: Any) -> dict[str, Any]:
        values = floats(rows[column])
        texts = [said(label, f"{place.words}: {fmt.number(v, digits=2)}") for place, v in zip(at, values, strict=True)]
        line = {"color": colour, "width": 1.5, "shape": "hv"}
        drawn = {"type": "scatter", "mode": "lines", "name": label, "x": whens, "y": values, "line": line}
        return drawn | {"hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>"} | more

    fills = ((had, fade(ink.series[0], 0.18)), (used, fade(ink.series[0], 0.75)))
    traces = [trace(column, label, ink.series[0], fill="tozeroy", fillcolor=paint) for (column, label), paint in fills]
    colours = (ink.act, ink.muted)
    traces += [
        trace(column, label, colours[place % 2], yaxis="y3") for place, (column, label) in enumerate(under.items())
    ]
    top = max([1.0, *(v for v in floats(rows[had[0]]) if v is not None)])
    most = max([1.0, *(v for column in under for v in floats(rows[column]) if v is not None)])
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=day_axis(look, anchor="y3"),
        yaxis=value_axis(look, "number", top, of=of[0], domain=list(_OVER)),
        yaxis3=value_axis(look, "number", most, of=of[1], domain=list(_UNDER)),
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
    )
    had_at_most = fmt.number(max((v for v in floats(rows[had[0]]) if v is not None), default=0.0), digits=2)
    return Plot(figure, f"{had[1]}: {had_at_most} at most in {fmt.counted(len(rows), 'hour')}.", height)
