"""What follows from what, from left to right: nodes in columns, and the edges between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.figures.canvas import NOTHING, STEADY, axis, canvas, say
from components.figures.hover import said
from components.figures.marks import mark
from components.runtime.opened import on_point
from components.text.tokens import tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import Thing

MOST, ROW = 200, 22  # nodes drawn; pixels
_LETTERS = 28  # of a name: three columns of them stand in a window of 900 pixels


@dataclass(frozen=True)
class Node:
    """A node in ``column`` (from 0). ``detail`` is its hover text; ``broken`` is where it comes from: drawn heavily."""

    key: str
    label: str
    column: int
    thing: Thing | None = None
    detail: str = ""
    broken: bool = False


def flow(
    nodes: Sequence[Node], edges: Sequence[tuple[str, str]], heads: Sequence[str], alt: str, look: ViewContext
) -> Body:
    """``nodes`` in their order from the top, ``heads`` above their columns, ``edges`` from key to key. At most :data:`MOST`
    nodes are drawn, and the rest is said; a click on a node opens its thing."""
    if not nodes:
        return NOTHING
    drawn = nodes[:MOST]
    ink, rows = tokens(look.theme), dict.fromkeys(range(len(heads)), 0)
    spots: dict[str, tuple[float, float]] = {}
    tallest = max(sum(one.column == column for one in drawn) for column in rows)
    counts = {column: sum(one.column == column for one in drawn) for column in rows}
    for one in drawn:
        step = tallest / max(counts[one.column], 1)
        spots[one.key] = (one.column, (rows[one.column] + 0.5) * step)
        rows[one.column] += 1
    broken = {one.key for one in drawn if one.broken}
    lines = [_lines([e for e in edges if (e[0] in broken) == heavy], spots, heavy, look) for heavy in (False, True)]
    dots: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [spots[one.key][0] for one in drawn],
        "y": [spots[one.key][1] for one in drawn],
        "text": [chart(one.label, _LETTERS) for one in drawn],
        "textposition": ["middle right" if one.column else "middle left" for one in drawn],
        "textfont": {"size": 11, "color": ink.text},
        "cliponaxis": False,
        "marker": {
            "size": 9,
            "symbol": ["square" if one.broken else "circle" for one in drawn],
            "color": [ink.act if one.broken else ink.series[0] for one in drawn],
        },
        "customdata": [mark(one.thing) for one in drawn],
        "hovertext": [said(chart(one.label, 120), chart(one.detail, 200)) for one in drawn],
        "hovertemplate": "%{hovertext}<extra></extra>",
    } | STEADY
    figure = canvas(
        [*(line for line in lines if line["x"]), dots],
        look,
        xaxis=axis(
            look,
            tickvals=list(rows),
            ticktext=[chart(head) for head in heads],
            side="top",
            range=[-0.85, len(heads)],
        ),
        yaxis=axis(look, visible=False, range=[tallest + 0.2, -0.2]),
        hovermode="closest",
    )
    if len(nodes) > MOST:
        figure = say(figure, f"{len(nodes) - MOST:,} more not drawn", look)
    return Plot(figure, alt, max(160, 50 + ROW * tallest), on_point)


def _lines(
    edges: Sequence[tuple[str, str]], spots: dict[str, tuple[float, float]], heavy: bool, look: ViewContext
) -> dict[str, Any]:
    """The edges whose both ends are drawn, as one trace with gaps."""
    ink, xs, ys = tokens(look.theme), list[float | None](), list[float | None]()
    for begin, end in edges:
        if begin in spots and end in spots:
            xs += [spots[begin][0], spots[end][0], None]
            ys += [spots[begin][1], spots[end][1], None]
    line = {"width": 1.8 if heavy else 1, "color": ink.act if heavy else ink.border}
    return {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "line": line, "hoverinfo": "skip"}
