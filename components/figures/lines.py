"""Measures over time: plain lines, small multiples, a burn-down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.figures.canvas import (
    MOST_MARKS,
    NOTHING,
    Unit,
    canvas,
    cut,
    day_axis,
    floats,
    labels,
    say,
    stamps,
    value_axis,
    words,
)
from components.figures.hover import changes, places, said
from components.figures.marks import clicks, marked
from components.text.tokens import tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn


def lines(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    x: str,
    columns: Mapping[str, str],
    unit: Unit = "number",
    of: str = "",
    limit: tuple[str, float] | None = None,
    months: bool = False,
    height: int = 280,
) -> Body:
    """One line per entry of ``columns`` (column: label), e.g. p50 and p95; ``limit`` (label, value) is a dashed line.
    The first line is strongest, later ones thinner and dashed, so that they differ without colour. ``x`` are ``months``, or days."""
    if frame.empty:
        return NOTHING
    drawn = frame.tail(MOST_MARKS // len(columns))
    ink, full = tokens(look.theme), words(unit, look)
    whens, traces, top, low = stamps(drawn[x], look), [], 0.0, 0.0
    for place, (column, label) in enumerate(columns.items()):
        colour, dash = ink.series[place % 7], ("solid", "dash", "dot", "dashdot")[place % 4]
        width = 2 if place == 0 else 1.5
        traces.append(one_line(whens, drawn[column], full, label, colour, dash=dash, width=width, compared=True))
        values = [v for v in floats(drawn[column]) if v is not None]
        top, low = max([top, *values]), min([low, *values])
    if limit:
        top = max(top, limit[1])
    figure = canvas(
        traces,
        look,
        showlegend=len(traces) > 1,
        xaxis=day_axis(
            look, **({"tickvals": whens, "tickformat": "%b %Y", "ticklabeloverflow": "allow"} if months else {})
        ),
        yaxis=value_axis(look, unit, top, low, of),
        margin={"l": 8, "r": 32 if months else 8, "t": 30, "b": 8},
        shapes=[level(limit[1], look)] if limit else [],
        annotations=[level_name(limit, look)] if limit else [],
    )
    first = next(iter(columns))
    known = [v for v in floats(drawn[first]) if v is not None]
    alt = f"{columns[first]} is {full(known[-1])} now, highest {full(max(known))}." if known else "No values."
    return Plot(figure, alt, height)


# A day beside the last one of a small figure is the first of its neighbour: it is not written.
_OWN = {"ticklabeloverflow": "hide past domain"}


def multiples(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    panel: str,
    x: str,
    value: str,
    unit: Unit = "money",
    thing: ThingColumn | None = None,
    across: int = 4,
    most: int = 12,
) -> Body:
    """One small line per ``panel``, all on the same scale, in the frame's order (worst first); ``thing`` says what
    a click on one opens."""
    names = list(dict.fromkeys(frame[panel]))
    if not names:
        return NOTHING
    shown = names[:most]
    drawn, unseen = cut(frame[frame[panel].isin(shown)], MOST_MARKS)
    ink, full = tokens(look.theme), words(unit, look)
    values = [v for v in floats(drawn[value]) if v is not None]
    top, low = max(values, default=1.0) or 1.0, min([0.0, *values])
    rows = -(-len(shown) // across)
    layout: dict[str, Any] = {"annotations": []}
    traces = []
    for place, (name, called) in enumerate(zip(shown, labels(shown, 28), strict=True)):
        part = drawn[drawn[panel] == name]
        suffix = "" if place == 0 else str(place + 1)
        left, bottom = (place % across) / across, 1 - (place // across + 1) / rows
        box = {"x": [left + 0.01, left + 1 / across - 0.02], "y": [bottom + 0.08 / rows, bottom + 0.76 / rows]}
        layout[f"xaxis{suffix}"] = day_axis(look, domain=box["x"], anchor=f"y{suffix}", nticks=3, **_OWN)
        layout[f"xaxis{suffix}"]["showticklabels"] = place + across >= len(shown)  # the last of a column speaks for it
        scale = value_axis(look, unit, top, low, domain=box["y"], anchor=f"x{suffix}", range=[low * 1.05, top * 1.05])
        if place % across:  # the first of a row speaks for the others
            scale |= {"showticklabels": False, "title": {}}
        layout[f"yaxis{suffix}"] = scale
        line = one_line(stamps(part[x], look), part[value], full, called, ink.series[0], width=1.5, compared=True)
        traces.append(line | {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"} | _points(part, thing))
        layout["annotations"].append(
            {
                "text": called,
                "xref": "paper",
                "yref": "paper",
                "x": box["x"][0],
                "y": box["y"][1],
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": 11, "color": ink.text},
            }
        )
    figure = canvas(traces, look, **layout)
    hidden = len(names) - len(shown)
    if hidden or unseen:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    alt = f"{len(names)} in all, {plain(shown[0], 40)} first; all on one scale up to {full(top)}."
    return Plot(figure, alt, 20 + 110 * rows, clicks(thing))


def _points(part: pd.DataFrame, thing: ThingColumn | None) -> dict[str, Any]:
    """What makes a line's points ones to click: Plotly finds none on a line without markers."""
    if thing is None:
        return {}
    unseen = {
        "marker": {"size": 8, "opacity": 0},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
    }
    return {"mode": "lines+markers", "customdata": marked(part, thing), **unseen}


def burn_down(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    x: str,
    left: str,
    planned: str,
    projected: str | None = None,
    unit: Unit = "money",
    of: str = "",
    height: int = 300,
) -> Body:
    """What is ``left`` of a commitment or error budget against the even pace ``planned``; below zero it is used up."""
    if frame.empty:
        return NOTHING
    drawn = frame.tail(MOST_MARKS // 3)
    ink, full, short = tokens(look.theme), words(unit, look), words(unit, look, compact=True)
    whens = stamps(drawn[x], look)
    traces = [
        one_line(whens, drawn[planned], full, "even pace", ink.muted, dash="dot", width=1.5),
        one_line(whens, drawn[left], full, "left", ink.series[0]),
    ]
    if projected:
        traces.append(one_line(whens, drawn[projected], full, "projected", ink.series[0], dash="dash", width=1.5))
    values = [v for c in (left, planned, projected) if c for v in floats(drawn[c]) if v is not None]
    low = min([0.0, *values])
    figure = canvas(
        traces,
        look,
        showlegend=True,
        xaxis=day_axis(look, nticks=max(2, min(12, len(drawn)))),
        yaxis=value_axis(look, unit, max(values, default=1.0), low, of, rangemode="normal" if low < 0 else "tozero"),
        shapes=[level(0.0, look)] if low < 0 else [],
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
    )
    now = [v for v in floats(drawn[left]) if v is not None]
    if not now:
        return Plot(figure, "Nothing used yet.", height)
    said = f"{short(now[-1])} left" if now[-1] >= 0 else f"{short(-now[-1])} more used than there was"
    return Plot(figure, f"{said}.", height)


def one_line(
    whens: Sequence[str | None],
    values: pd.Series,
    full: Any,
    label: str,
    colour: str,
    *,
    dash: str = "solid",
    width: float = 2,
    compared: bool = False,
    texts: Sequence[str] | None = None,
) -> dict[str, Any]:
    """A line of ``values``; what was measured is ``compared`` with the same day before. ``texts`` are said in place of the
    time and the value."""
    if texts is None:
        at, versus = places(whens)
        against = changes(list(values), at, versus) if compared else [""] * len(at)
        told = zip(at, values, against, strict=True)
        texts = [said(label, f"{place.words}: {full(v)}", change) for place, v, change in told]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "x": whens,
        "y": floats(values),
        "connectgaps": False,
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertext": texts,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def level(value: float, look: ViewContext) -> dict[str, Any]:
    line = {"color": tokens(look.theme).act, "width": 1, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "line": line}


def level_name(limit: tuple[str, float], look: ViewContext) -> dict[str, Any]:
    font = {"size": 11, "color": tokens(look.theme).act}
    return {
        "xref": "paper",
        "x": 1,
        "y": limit[1],
        "text": chart(limit[0]),
        "xanchor": "right",
        "yanchor": "bottom",
        "showarrow": False,
        "font": font,
    }
