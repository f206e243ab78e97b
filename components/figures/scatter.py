"""Two measures of each thing at once: one dot a thing, lines where each measure begins to matter, the worst ones named."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.figures.canvas import (
    MOST_MARKS,
    NOTHING,
    STEADY,
    Unit,
    canvas,
    cut,
    floats,
    labels,
    say,
    value_axis,
    words,
)
from components.figures.hover import said
from components.figures.marks import clicks, marked
from components.text.tokens import fade, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

_SMALL, _LARGE = 9.0, 30.0  # pixels of a dot
_NAMED = 5
_TURN = 0.6  # share of the axis from which on a name stands left of its dot
_LETTER, _LINE = 0.012, 0.06  # a letter's width and a line's height, as shares of the axes in a narrow window
_FAR = 10  # from nothing: there an axis of equal factors may begin
_DOT = 0.02  # half of one's width, so
_Box = tuple[float, float, float]  # left, right, and the height of its middle


@dataclass(frozen=True)
class Axis:
    """A measure: its ``column``, its ``unit``, what stands beside the axis, and from where on it matters. One that is
    ``even`` has steps of equal factors, from nothing to the most: 0, 1, 10, 100; from the last of them below which nothing is
    where all is far from nothing."""

    column: str
    unit: Unit
    title: str
    limit: float | None = None
    even: bool = False

    def place(self, value: float) -> float:
        """Where ``value`` stands on the axis."""
        return math.log10(1 + max(value, 0.0)) if self.even else value


def scatter(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    x: Axis,
    y: Axis,
    label: str,
    size: str = "",
    hollow: str = "",
    named: str = "",
    detail: str = "",
    thing: ThingColumn | None = None,
    curves: Sequence[float] = (),
    curve_name: Callable[[float], str] = str,
    height: int = 340,
) -> Body:
    """One dot a row, the first of the frame are named, of those that are ``named`` where that is said; rows without one of
    both measures are left out. The area of a dot
    follows ``size``; a row whose ``hollow`` is true is a ring. ``detail`` is one more line of hover text, ``thing`` says
    what a click opens. On each of ``curves`` x times y is the same: the curve is called ``curve_name`` of it."""
    known = frame[frame[x.column].notna() & frame[y.column].notna()]
    drawn, hidden = cut(known, MOST_MARKS)
    if drawn.empty:
        return NOTHING
    ink = tokens(look.theme)
    across, up = _places(drawn, x), _places(drawn, y)
    top_x, top_y = _top(across, x), _top(up, y)
    low_x, low_y = _low(across, x), _low(up, y)
    long_x, long_y = top_x - low_x, top_y - low_y
    names = labels(drawn[label], 28)
    places = [((one - low_x) / long_x, (other - low_y) / long_y) for one, other in zip(across, up, strict=True)]
    shapes, notes = _limits(x, y, look)
    bends, bend_names, written = _curves(curves, curve_name, (top_x, top_y), places, look)
    said_of, sides = _first(names, drawn[named].tolist() if named else [True] * len(drawn), places, written)
    rings = drawn[hollow].tolist() if hollow else [False] * len(drawn)
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "x": across,
        "y": up,
        "text": said_of,
        "textposition": sides,
        "textfont": {"size": 11, "color": ink.text},
        "cliponaxis": False,
        "customdata": marked(drawn, thing),
        "hovertext": _hover(drawn, x, y, names, detail, look),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {
            "size": _sizes(drawn, size),
            "color": [fade(ink.series[0], 0.0 if ring else 0.65) for ring in rings],
            "line": {"width": [2 if ring else 1 for ring in rings], "color": ink.series[0]},
        },
    } | STEADY
    figure = canvas(
        [trace],
        look,
        xaxis=_axis(x, top_x, look) | {"range": [low_x - long_x * 0.03, top_x]},
        yaxis=_axis(y, top_y, look) | {"range": [low_y - long_y * 0.05, top_y]},
        shapes=[*shapes, *bends],
        annotations=[*notes, *bend_names],
        margin={"l": 8, "r": 8, "t": 18, "b": 8},
        hovermode="closest",
    )
    lacking = len(frame) - len(known)
    if hidden or lacking:
        figure = say(figure, f"{hidden + lacking:,} more not drawn", look)
    first = f"{plain(drawn[label].iloc[0], 40)} is first of {len(drawn):,}"
    told = f"{words(x.unit, look)(drawn[x.column].iloc[0])} {x.title}, {words(y.unit, look)(drawn[y.column].iloc[0])} {y.title}"
    return Plot(figure, f"{first}: {told}.", height, clicks(thing))


def _first(
    names: Sequence[str], wanted: Sequence[bool], places: Sequence[tuple[float, float]], written: Sequence[_Box]
) -> tuple[list[str], list[str]]:
    """The first names of those that are wanted, and on which side of its dot each stands; but none that would be written
    over one before it, over other words that are ``written`` or over another dot where the window is narrow. ``places`` are
    shares of the axes. The others are not written."""
    said, sides, taken = [""] * len(names), ["middle right"] * len(names), [*written]
    dots = _dots(places)
    for at, (name, one, place) in enumerate(zip(names, wanted, places, strict=True)):
        others = [*taken, *dots[:at], *dots[at + 1 :]]
        boxes = _beside(len(name) * _LETTER, *place)
        free = [side for side, box in boxes.items() if not any(_over(box, other) for other in others)]
        if one and free and len(taken) < _NAMED + len(written):
            said[at], sides[at] = name, free[0]
            taken.append(boxes[free[0]])
    return said, sides


def _dots(places: Sequence[tuple[float, float]]) -> list[_Box]:
    return [(across - _DOT, across + _DOT, up) for across, up in places]


def _beside(long: float, across: float, up: float) -> dict[str, _Box]:
    """Where a name so ``long`` has room beside a dot: to the middle of the figure, else to its edge, else above."""
    right, left = (across + _DOT, across + _DOT + long, up), (across - _DOT - long, across - _DOT, up)
    above = (across - long / 2, across + long / 2, up + _LINE)
    sides = {"middle right": right, "middle left": left, "top center": above}
    if across > _TURN:
        sides = {"middle left": left, **sides}
    return {side: box for side, box in sides.items() if box[0] >= -_LETTER and box[1] <= 1}


def _over(one: _Box, other: _Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and abs(one[2] - other[2]) < _LINE


def _places(frame: pd.DataFrame, axis: Axis) -> list[float]:
    return [axis.place(value or 0.0) for value in floats(frame[axis.column])]


def _top(values: Sequence[float], axis: Axis) -> float:
    """Where an axis ends: with room for the largest dot, and for the line where a measure begins to matter."""
    return max(max(values), axis.place((axis.limit or 0.0) * 1.2)) * 1.12 or 1.0


def _low(values: Sequence[float], axis: Axis) -> float:
    """Where an axis begins: at nothing; one of equal factors at the step below all, where that is 10 or more."""
    least = min([*values, *([axis.place(axis.limit)] if axis.limit is not None else [])])
    step = 10 ** math.floor(least)
    return axis.place(step) if axis.even and step >= _FAR else 0.0


def _axis(axis: Axis, top: float, look: ViewContext) -> dict[str, Any]:
    made = value_axis(look, axis.unit, top, of=axis.title)
    if not axis.even:
        return made
    values, write = [0, *(10**power for power in range(math.ceil(top)))], words(axis.unit, look, compact=True)
    return made | {"tickvals": [axis.place(one) for one in values], "ticktext": [write(one) for one in values]}


def _sizes(frame: pd.DataFrame, size: str) -> list[float]:
    """Diameters: areas follow ``size``; what is not known is small."""
    if not size:
        return [_SMALL + 2] * len(frame)
    values = [max(value or 0.0, 0.0) for value in floats(frame[size])]
    most = max(values) or 1.0
    return [round(_SMALL + (_LARGE - _SMALL) * math.sqrt(value / most), 1) for value in values]


def _hover(frame: pd.DataFrame, x: Axis, y: Axis, names: Sequence[str], detail: str, look: ViewContext) -> list[str]:
    write_x, write_y = words(x.unit, look), words(y.unit, look)
    more = [chart(one, 90) for one in frame[detail]] if detail else [""] * len(frame)
    return [
        said(name, f"{write_x(one)} {chart(x.title, 60)}", f"{write_y(other)} {chart(y.title, 60)}", line)
        for name, one, other, line in zip(names, frame[x.column], frame[y.column], more, strict=True)
    ]


def _limits(x: Axis, y: Axis, look: ViewContext) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A dashed line where each measure begins to matter, with its value at the end."""
    ink = tokens(look.theme)
    line = {"color": ink.muted, "width": 1, "dash": "dash"}
    font = {"size": 11, "color": ink.muted}
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for axis, own, other in ((x, "x", "y"), (y, "y", "x")):
        if axis.limit is None:
            continue
        at = axis.place(axis.limit)
        ends = {f"{own}0": at, f"{own}1": at, f"{other}ref": "paper", f"{other}0": 0, f"{other}1": 1}
        shapes.append({"type": "line", "layer": "below", "line": line} | ends)
        place = {own: at, f"{other}ref": "paper", other: 1}
        anchor = {"xanchor": "left" if own == "x" else "right", "yanchor": "bottom"}
        text = words(axis.unit, look, compact=True)(axis.limit)
        notes.append({"text": text, "showarrow": False, "font": font} | place | anchor)
    return shapes, notes


def _curves(
    curves: Sequence[float],
    named: Callable[[float], str],
    tops: tuple[float, float],
    places: Sequence[tuple[float, float]],
    look: ViewContext,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[_Box]]:
    """Curves of equal product, as far as they lie within the axes, and where their names stand: each where it leaves the axes on
    the right, else above, else nowhere, so that none lies over another or over a dot (``places``, shares of the axes)."""
    ink, (top_x, top_y) = tokens(look.theme), tops
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    written: list[_Box] = []
    for product in sorted(curves, reverse=True):
        left = product / top_y
        if left >= top_x:
            continue
        steps = [left * (top_x / left) ** (step / 24) for step in range(25)]
        path = " L ".join(f"{at:.4g},{product / at:.4g}" for at in steps)
        shapes.append(
            {"type": "path", "path": f"M {path}", "layer": "below", "line": {"color": ink.border, "width": 1.5}}
        )
        text = chart(named(product), 30)
        long, begins = len(text) * _LETTER, left / top_x + _DOT / 2
        ends = {
            ("right", "bottom"): ((top_x, product / top_x), (1 - long, 1.0, product / top_x / top_y + _LINE / 2)),
            ("left", "top"): ((begins * top_x, top_y), (begins, begins + long, 1 - _LINE / 2)),
        }
        for (across, up), (at, box) in ends.items():
            if box[1] <= 1 and not any(_over(box, other) for other in [*written, *_dots(places)]):
                written.append(box)
                notes.append({
                    "x": at[0], "y": at[1], "text": text, "xanchor": across, "yanchor": up,
                    "showarrow": False, "font": {"size": 10, "color": ink.muted},
                })  # fmt: skip
                break
    return shapes, notes, written
