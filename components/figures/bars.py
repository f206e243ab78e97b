"""Bars by rank: the largest first, with their values written on them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pandas as pd

from components.figures.canvas import (
    LETTERS,
    NOTHING,
    STEADY,
    Unit,
    axis,
    axis_title,
    canvas,
    down_axis,
    floats,
    labels,
    say,
    total,
    value_axis,
    words,
)
from components.figures.hover import said, share
from components.figures.marks import clicks, marked, named
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

_BAR, _AROUND = 26, 110  # pixels of a bar, and those of two axes with their titles


def ranked(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    label: str,
    value: str,
    unit: Unit = "money",
    detail: str | None = None,
    thing: ThingColumn | None = None,
    top: int = 15,
) -> Body:
    """Horizontal bars, one per row, largest first; ``detail`` is one more line of hover text, ``thing`` says what
    a click on a row's bar opens."""
    frame = named(frame, label, thing, look)
    rows, hidden = _largest(frame, value, top)
    if rows.empty:
        return NOTHING
    ink, short, full = tokens(look.theme), words(unit, look, compact=True), words(unit, look)
    sizes = [v or 0.0 for v in floats(rows[value])]
    names = labels(rows[label], LETTERS)
    more = [chart(v, 80) for v in rows[detail]] if detail else [""] * len(rows)
    whole = total(frame[value]) if all(v >= 0 for v in floats(frame[value]) if v is not None) else None
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "y": list(range(len(names))),
        "text": [short(v) for v in rows[value]],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11, "color": ink.text},
        "marker": {"color": ink.series[0]},
        "customdata": marked(rows, thing),
        "hovertext": [
            said(n, full(v), share(v, whole, full(whole)), m) for n, v, m in zip(names, rows[value], more, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    } | STEADY
    figure = canvas(
        [trace],
        look,
        xaxis=axis(look, visible=False, range=[min(0.0, *sizes, 0.0) * 1.2, max(*sizes, 0.0) * 1.2 or 1.0]),
        yaxis=down_axis(names, look),
        bargap=0.4,
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look, under=4)
    first = f"{plain(rows[label].iloc[0], 40)} is first of {len(frame):,} with {short(rows[value].iloc[0])}"
    alt = f"{first}{_share(frame[value], short)}."
    return Plot(figure, alt, 30 + _BAR * len(names) + (14 if hidden else 0), clicks(thing))


def pareto(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    label: str,
    value: str,
    unit: Unit = "count",
    of: str = "",
    detail: str | None = None,
    top: int = 12,
) -> Body:
    """Bars by size, the largest on top, with the running share of the whole as a line: how few causes make most of it;
    ``detail`` is one more line of hover text."""
    rows, hidden = _largest(frame, value, top)
    sizes = [v or 0.0 for v in floats(rows[value])]
    whole = sum(v or 0.0 for v in floats(frame[value]))
    if not whole:
        return NOTHING
    ink, full = tokens(look.theme), words(unit, look)
    names = labels(rows[label], LETTERS)
    more = [chart(v, 80) for v in rows[detail]] if detail else [""] * len(rows)
    shares = [part / whole for part in itertools.accumulate(sizes)]
    texts = [
        said(n, full(v), share(v, whole, full(whole)), f"running share {s:.0%}", m)
        for n, v, s, m in zip(names, rows[value], shares, more, strict=True)
    ]
    places = list(range(len(names)))
    told: dict[str, Any] = {"hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>"} | STEADY
    bars = {"type": "bar", "orientation": "h", "x": sizes, "y": places, "marker": {"color": ink.series[0]}} | told
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": shares,
        "y": places,
        "xaxis": "x2",
        "line": {"color": ink.muted, "width": 1.5},
        "marker": {"size": 5},
    } | told
    figure = canvas(
        [bars, line],
        look,
        xaxis=value_axis(look, unit, max(sizes), min(0.0, *sizes), of),
        xaxis2=axis(
            look,
            overlaying="x",
            side="top",
            range=[0, 1.05],
            tickformat="~%",
            tickvals=[0, 0.5, 0.8, 1],
            title=axis_title("running share", look),
        ),
        yaxis=down_axis(names, look),
        bargap=0.4,
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    first = f"{plain(rows[label].iloc[0], 40)} is most frequent ({full(rows[value].iloc[0])} of {full(whole)})"
    few = next((i + 1 for i, s in enumerate(shares) if s >= 0.8), None)
    reach = (
        f"{few} of {len(frame)} {'makes' if few == 1 else 'make'} 80% of it"
        if few
        else f"the first {len(names)} make {shares[-1]:.0%} of it"
    )
    return Plot(figure, f"{first}; {reach}.", _AROUND + _BAR * len(names) + (30 if hidden else 0))


def _share(values: pd.Series, short: Callable[[Any], str]) -> str:
    """How much of all the largest is, where all are parts of a whole."""
    sizes = [v or 0.0 for v in floats(values)]
    whole = sum(sizes)
    return (
        f", {fmt.percent(max(sizes) / whole, 0)} of {short(whole)}"
        if whole > 0 and min(sizes) >= 0 and len(sizes) > 1
        else ""
    )


def _largest(frame: pd.DataFrame, value: str, top: int) -> tuple[pd.DataFrame, int]:
    sizes = pd.Series(floats(frame[value]), index=range(len(frame)), dtype="float64").fillna(0.0)
    order = sizes.sort_values(ascending=False, kind="stable").index[:top]
    return frame.iloc[order], max(len(frame) - top, 0)
