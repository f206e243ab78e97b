"""What was said and what came of it: a ring and a dot in one row for each name, with how sure the dot is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.canvas import NOTHING, STEADY, Unit, axis, canvas, floats, labels, say, value_axis, words
from components.figures.hover import said
from components.figures.marks import clicks, marked
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

_ROW = 34  # pixels
_EDGE = 0.03  # of the axis beyond what is drawn: a mark at its end stands clear of the names


def paired(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    label: str,
    said_first: tuple[str, str],
    came: tuple[str, str],
    low: str,
    high: str,
    unit: Unit = "money",
    of: str = "",
    top: int = 12,
    thing: ThingColumn | None = None,
) -> Body:
    """One row each of the first ``top`` rows where both are known: ``said_first`` (column, name) as a ring, ``came`` as a dot
    with a bar from ``low`` to ``high``; ``of`` stands beside the axis,
    ``thing`` says what the rows stand for."""
    known = frame[[fmt.known(a) and fmt.known(b) for a, b in zip(frame[said_first[0]], frame[came[0]], strict=True)]]
    rows, hidden = known.head(top), max(len(known) - top, 0)
    if rows.empty:
        return NOTHING
    ink, full = tokens(look.theme), words(unit, look)
    names, places = labels(rows[label], 32), list(range(len(rows)))
    first, second = ([v or 0.0 for v in floats(rows[column])] for column in (said_first[0], came[0]))
    lows, highs = ([v or 0.0 for v in floats(rows[column])] for column in (low, high))
    before, after = (chart(name, 40) for _, name in (said_first, came))
    texts = [
        said(
            name,
            f"{full(a)} {before}",
            f"{full(b)} {after}",
            f"{full(least)} to {full(most)}" if least < most else "",
        )
        for name, a, b, least, most in zip(
            names, rows[said_first[0]], rows[came[0]], rows[low], rows[high], strict=True
        )
    ]
    told: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "y": places,
        "hovertext": texts,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": marked(rows, thing),
    } | STEADY
    ring = {"size": 12, "color": "rgba(0,0,0,0)", "line": {"width": 2, "color": ink.muted}}
    bar = {
        "type": "data",
        "symmetric": False,
        "array": [b - a for a, b in zip(second, highs, strict=True)],
        "arrayminus": [a - b for a, b in zip(second, lows, strict=True)],
        "color": ink.series[0],
        "thickness": 2,
        "width": 5,
    }
    ends = [0.0, *first, *second, *lows, *highs]
    bottom, end = min(ends), max(ends)
    room = (end - bottom or 1.0) * _EDGE
    figure = canvas(
        [
            told | {"x": first, "name": before, "marker": ring},
            told | {"x": second, "name": after, "marker": {"size": 11, "color": ink.series[0]}, "error_x": bar},
        ],
        look,
        showlegend=True,
        xaxis=value_axis(look, unit, end or 1.0, bottom, of, range=[bottom - room, end + room]),
        yaxis=axis(look, tickvals=places, ticktext=names, range=[len(names) - 0.4, -0.6]),
        hovermode="closest",
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    alt = f"{plain(rows[label].iloc[0], 40)}: {_first(rows, said_first, full)}, {_first(rows, came, full)}."
    return Plot(figure, alt, 90 + _ROW * len(names), clicks(thing))


def _first(rows: pd.DataFrame, which: tuple[str, str], full: Any) -> str:
    """The first value of a column with its name, ``$11.40 promised``."""
    return f"{full(rows[which[0]].iloc[0])} {plain(which[1], 40)}"
