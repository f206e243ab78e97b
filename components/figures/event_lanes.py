"""Events in time, a lane for each sort of them: what matters most stands on top, and a ring is what stands out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from components.figures.canvas import MOST_MARKS, NOTHING, STEADY, axis, canvas, cut, day_axis, labels, say, stamps
from components.figures.hover import said
from components.figures.marks import clicks, marked
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn


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
    thing: ThingColumn | None = None,
) -> Body:
    """A dot for each row of ``frame`` at its time ``at``, in the ``lanes`` (from the top) that its column ``lane`` names; those
    of ``urgent`` lanes have the colour of what must be looked at. A row whose ``hollow`` is true is a ring. ``text`` is the
    hover text, ``thing`` says what a click opens."""
    known = frame[frame[at].notna() & frame[lane].isin(lanes)]
    drawn, hidden = cut(known, MOST_MARKS)
    if drawn.empty:
        return NOTHING
    ink, shown = tokens(look.theme), [name for name in lanes if (known[lane] == name).any()]
    colours = [ink.act if name in urgent else ink.series[0] for name in drawn[lane]]
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
        xaxis=day_axis(look),
        yaxis=axis(
            look,
            tickvals=list(range(len(shown))),
            ticktext=labels(shown, 32),
            range=[len(shown) - 0.5, -0.5],
            ticklabelstandoff=4,
        ),
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    counts = "; ".join(f"{int((known[lane] == name).sum()):,} {plain(name, 40)}" for name in shown)
    return Plot(figure, f"{fmt.counted(len(known), 'event')}: {counts}.", 70 + 44 * len(shown), clicks(thing))


def _when(at: dt.date, look: ViewContext) -> str:
    return fmt.moment(at, look.zone) if isinstance(at, dt.datetime) else fmt.day(at)
