"""Events in time, a lane for each sort of them: what matters most stands on top, and a ring is what stands out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components.figures.canvas import (
    MOST_MARKS,
    NOTHING,
    STEADY,
    axis,
    canvas,
    cut,
    day_axis,
    labels,
    say,
    stamps,
    time_axis,
)
from components.figures.hover import said
from components.figures.marks import clicks, marked
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

FEW_DAYS = dt.timedelta(days=12)  # fewer than an axis of days has ticks: it would name one twice


def event_lanes(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    at: str,
    lane: str,
    lanes: Sequence[str],
    text: str,
    hollow: str,
    urgent: Sequence[str] = (),
    flagged: str = "",
    since: tuple[dt.datetime, str] | None = None,
    thing: ThingColumn | None = None,
) -> Body:
    """A dot for each row of ``frame`` at its time ``at``, in the ``lanes`` (from the top) that its column ``lane`` names; those
    of ``urgent`` lanes, and those whose ``flagged`` is true, have the colour of what must be looked at. A row whose ``hollow`` is
    true is a ring. ``since`` is a moment with what it is called: a line stands there. ``text`` is the hover text, ``thing`` says
    what a click opens."""
    known = frame[frame[at].notna() & frame[lane].isin(lanes)]
    drawn, hidden = cut(known, MOST_MARKS)
    if drawn.empty:
        return NOTHING
    ink, shown = tokens(look.theme), [name for name in lanes if (known[lane] == name).any()]
    flags = drawn[flagged] if flagged else [False] * len(drawn)
    colours = [
        ink.act if flag or name in urgent else ink.series[0] for name, flag in zip(drawn[lane], flags, strict=True)
    ]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": stamps(drawn[at], look),
        "y": [shown.index(name) for name in drawn[lane]],
        "marker": {
            "size": 11,
            "color": [ink.background if ring else colour for ring, colour in zip(drawn[hollow], colours, strict=True)],
            "line": {"width": 2, "color": colours},
        },
        "customdata": marked(drawn, thing),
        "hovertext": [
            said(chart(words, 160), _when(when, look)) for words, when in zip(drawn[text], drawn[at], strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    } | STEADY
    figure = canvas(
        [trace],
        look,
        xaxis=_axis(drawn[at], look),
        yaxis=axis(
            look,
            tickvals=list(range(len(shown))),
            ticktext=labels(shown, 32),
            range=[len(shown) - 0.5, -0.5],
            ticklabelstandoff=4,
        ),
    )
    if since is not None:
        _line(figure, since, look)
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    counts = "; ".join(f"{int((known[lane] == name).sum()):,} {plain(name, 40)}" for name in shown)
    return Plot(figure, f"{fmt.counted(len(known), 'event')}: {counts}.", 70 + 44 * len(shown), clicks(thing))


def _axis(times: pd.Series, look: ViewContext) -> dict[str, Any]:
    """Of days, or of moments where all lie within a few days."""
    first = times.iloc[0]
    close = isinstance(first, dt.datetime) and times.max() - times.min() < FEW_DAYS
    return time_axis(look) if close else day_axis(look)


def _line(figure: go.Figure, since: tuple[dt.datetime, str], look: ViewContext) -> None:
    ink, (at, words) = tokens(look.theme), since
    (place,) = stamps([at], look)
    line = {"color": ink.muted, "width": 1, "dash": "dash"}
    ends = {"type": "line", "x0": place, "x1": place, "yref": "paper", "y0": 0, "y1": 1}
    figure.layout.shapes = (*figure.layout.shapes, {**ends, "line": line, "layer": "below"})
    note = {
        "text": chart(words, 40),
        "x": place,
        "xanchor": "right",
        "xshift": -4,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 11, "color": ink.muted},
    }
    figure.layout.annotations = (*figure.layout.annotations, note)
    figure.layout.margin.t = 24


def _when(at: dt.date, look: ViewContext) -> str:
    return fmt.moment(at, look.zone) if isinstance(at, dt.datetime) else fmt.day(at)
