"""What ran when: a row for each thing, a bar for each time that it worked, and a thin one for its waiting before."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.canvas import MOST_MARKS, NOTHING, axis, canvas, cut, labels, say, stamps, time_axis
from components.figures.hover import said
from components.figures.marks import clicks, marked
from components.text import format as fmt
from components.text.codes import in_words
from components.text.tokens import fade, tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

_BAD, _ROW = ("FAILED", "ERROR", "TIMED_OUT"), 26


def gantt(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    row: str,
    began: str,
    ended: str,
    waited: str,
    state: str,
    alt: str,
    pale: pd.Series | None = None,
    thing: ThingColumn | None = None,
    detail: str = "",
) -> Body:
    """A bar for each row of ``frame`` from ``began`` to ``ended``, in the line that ``row`` names, in the order of the frame;
    before it a thin one from ``waited`` on, where that is known. Those that failed have the colour of what must be looked at;
    those that are ``pale`` stand back. ``thing`` says what a click opens, ``detail`` is one more line of hover text."""
    known = frame[frame[began].notna() & frame[ended].notna()]
    drawn, hidden = cut(known, MOST_MARKS // 2)
    if drawn.empty:
        return NOTHING
    ink, lines = tokens(look.theme), list(dict.fromkeys(drawn[row]))
    waits = drawn[drawn[waited].notna() & (drawn[began] > drawn[waited])]
    bad = drawn[state].isin(_BAD)
    back = pd.Series(False, drawn.index) if pale is None else pale.loc[drawn.index] & ~bad
    worked = "worked" if pale is None else "on the way"
    traces = [
        _bars(waits, look, lines, (row, waited, began), "waited", ink.border, 0.22, "", thing, ""),
        _bars(drawn[~bad & ~back], look, lines, (row, began, ended), worked, ink.series[0], 0.6, state, thing, detail),
        _bars(
            drawn[back],
            look,
            lines,
            (row, began, ended),
            "needed too",
            fade(ink.muted, 0.45),
            0.35,
            state,
            thing,
            detail,
        ),
        _bars(drawn[bad], look, lines, (row, began, ended), "failed", ink.act, 0.6, state, thing, detail),
    ]
    figure = canvas(
        [one for one in traces if one["x"]],
        look,
        showlegend=True,
        barmode="overlay",
        xaxis=time_axis(
            look,
            title={"text": f"time in {chart(look.zone, 40)}", "font": {"size": 11, "color": tokens(look.theme).muted}},
        ),
        yaxis=axis(look, tickvals=list(range(len(lines))), ticktext=labels(lines, 32), range=[len(lines) - 0.4, -0.6]),
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    return Plot(figure, alt, 90 + _ROW * len(lines), clicks(thing))


def _bars(
    frame: pd.DataFrame,
    look: ViewContext,
    lines: list[str],
    columns: tuple[str, str, str],
    name: str,
    colour: str,
    width: float,
    state: str,
    thing: ThingColumn | None,
    detail: str,
) -> dict[str, Any]:
    row, begin, end = columns
    seconds = (frame[end] - frame[begin]).dt.total_seconds()
    states = (
        [in_words(one) if isinstance(one, str) else "still runs" for one in frame[state]]
        if state
        else [name] * len(frame)
    )
    details = frame[detail] if detail else [""] * len(frame)
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "base": stamps(frame[begin], look),
        "x": [float(one) * 1000 for one in seconds],
        "y": [lines.index(one) for one in frame[row]],
        "width": width,
        "marker": {"color": colour},
        "customdata": marked(frame, thing),
        "hovertext": [
            said(chart(line, 80), fmt.duration(float(took)), f"{what}, from {fmt.moment(at, look.zone)}", chart(more, 80))
            for line, took, what, at, more in zip(frame[row], seconds, states, frame[begin], details, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }  # fmt: skip
