"""Was each job on time each day: square markers (Plotly's own heat maps cannot be clicked here), misses gain ink."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from components.figures.canvas import (
    LETTERS,
    MOST_MARKS,
    NOTHING,
    STEADY,
    canvas,
    day_axis,
    down_axis,
    labels,
    legend,
    say,
    stamps,
)
from components.figures.hover import places as days_of
from components.figures.hover import said
from components.figures.marks import clicks, marked
from components.text.tokens import Tokens, fade, tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

STATES = (
    "met", "wrote nothing", "late", "failed", "missing", "not run", "unknown", "none",
)  # fmt: skip  # "none": no run was due; drawn as nothing
_WEIGHT = {
    "missing": 3, "failed": 3, "not run": 3, "late": 2, "wrote nothing": 2, "unknown": 1, "met": 0, "none": 0,
}  # fmt: skip
_SHAPES = {
    "met": "square", "late": "square", "failed": "square-x", "missing": "square-open", "not run": "square-cross-open",
    "unknown": "circle-open", "wrote nothing": "diamond-open", "none": "square",
}  # fmt: skip
MISSED = ("late", "failed", "missing", "not run")
_ROW = 20  # pixels
Details = Callable[[pd.DataFrame], Sequence[str]]
_APART = 2.2  # rows: the most that two days lie apart, so that a week is one picture


def sla_heatmap(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    row: str,
    label: str,
    day: str,
    state: str,
    details: Details | None = None,
    thing: ThingColumn | None = None,
    most: int = MOST_MARKS,
    tallest: int = 620,
    across: int = 340,
    page: int = 1,
    so_far: dt.date | None = None,
) -> Body:
    """``frame`` has one row per job (``row`` identifies, ``label`` names it) and ``day`` with a ``state`` of STATES;
    ``details`` gives one more line of hover text for each of the rows that are drawn. Worst rows come
    first; ``thing`` says what a click on a mark opens. ``across`` is about how many pixels the days share at least: Plotly sizes
    markers in pixels, not in days. Where not all rows have room the ``page``-th part of them is drawn, the last where there
    are fewer. ``so_far`` is a day that is not over: its place is shaded.
    """
    drawn = frame[frame[state].isin(STATES)]
    if drawn.empty:
        return NOTHING
    days = sorted(set(drawn[day]))
    scores = drawn[state].map(_WEIGHT).groupby(drawn[row]).sum().sort_values(ascending=False, kind="stable")
    room = max(1, min(most // max(len(days), 1), (tallest - 70) // _ROW))
    first = (min(page, -(-len(scores) // room)) - 1) * room
    rows = list(scores.index)[first : first + room]
    hidden = len(scores) - len(rows)
    kept = drawn[drawn[row].isin(rows)]
    names = kept.drop_duplicates(row).set_index(row)[label]
    places = {key: index for index, key in enumerate(rows)}
    side = max(3, min(_ROW - 5, round(across / max(len(days), 1)) - 1))
    parts = dict(iter(kept.groupby(state, sort=False)))
    columns = (label, row, day, details, thing)
    traces = [_trace(parts[s], s, look, places, side, columns) for s in STATES[:-1] if s in parts]
    ticks = labels([names[key] for key in rows], LETTERS)
    figure = canvas(
        traces,
        look,
        xaxis=day_axis(look, nticks=max(2, min(8, len(days))), domain=[0, _width(days, across)]),
        yaxis=down_axis(ticks, look),
        showlegend=True,
        legend=legend(tokens(look.theme)),
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        hovermode="closest",
        **(_unfinished(so_far, look) if so_far is not None and so_far in days else {}),
    )
    if hidden:
        which = f"the {len(rows)} worst" if first == 0 else f"{first + 1} to {first + len(rows)}, the worst first,"
        figure = say(figure, f"{which} of {len(scores)}", look)
    missed = int(drawn[state].isin(MISSED).sum())
    worst = f"; worst: {ticks[0]}" if missed else ""
    alt = f"{missed:,} of {int((~drawn[state].isin(('none', 'unknown'))).sum()):,} promises missed{worst}."
    return Plot(figure, alt, min(tallest, 76 + _ROW * len(rows) + (18 if hidden else 0)), clicks(thing))


def _width(days: list[Any], across: int) -> float:
    """The share of the width that the days take: a few days do not lie far apart."""
    return min(1.0, (days[-1] - days[0]).days * _ROW * _APART / across) if len(days) > 1 else 0.2


def _unfinished(day: dt.date, look: ViewContext) -> dict[str, Any]:
    """A shade over a day that is not over, and what it means."""
    ink, half = tokens(look.theme), dt.timedelta(hours=12)
    begins = dt.datetime.combine(day, dt.time()) - half
    box = {
        "type": "rect", "x0": str(begins), "x1": str(begins + 2 * half), "yref": "paper", "y0": 0, "y1": 1,
        "fillcolor": fade(ink.unknown, 0.16), "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    word = {
        "x": str(day), "yref": "paper", "y": 1, "yanchor": "bottom", "text": "so far", "showarrow": False,
        "font": {"size": 11, "color": ink.muted},
    }  # fmt: skip
    return {"shapes": [box], "annotations": [word]}


def _trace(
    frame: pd.DataFrame, state: str, look: ViewContext, places: dict[Any, int], side: int, columns: tuple[Any, ...]
) -> dict[str, Any]:
    label, row, day, details, thing = columns
    ink = tokens(look.theme)
    lines = [chart(line, 80) for line in details(frame)] if details else [""] * len(frame)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": state,
        "x": stamps(frame[day], look),
        "y": [places[key] for key in frame[row]],
        "customdata": marked(frame, thing),
        "hovertext": [
            said(chart(name), f"{place.words}: {state}", more)
            for name, place, more in zip(frame[label], days_of(stamps(frame[day], look))[0], lines, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"symbol": _SHAPES[state], "size": side, **_paint(state, ink)},
        **STEADY,
    }


def _paint(state: str, ink: Tokens) -> dict[str, Any]:
    """Met is quiet; the others also differ in shape, not only in colour."""
    if state == "failed":
        return {"color": ink.sla[2], "line": {"color": ink.background, "width": 1}}
    if state == "wrote nothing":
        return {"color": ink.watch, "line": {"color": ink.watch, "width": 1.5}}
    if state == "unknown":
        return {"color": ink.unknown, "line": {"color": ink.unknown, "width": 1.5}}
    if state in ("missing", "not run"):
        return {"color": ink.sla[2], "line": {"color": ink.sla[2], "width": 1.5}}
    return {"color": ink.sla[1 if state == "late" else 0], "line": {"color": ink.background, "width": 1}}
