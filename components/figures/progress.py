"""How much of each one's allowance is used, and what it comes to: a bar for each, a line at all of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.canvas import (
    LETTERS,
    NOTHING,
    STEADY,
    axis_title,
    canvas,
    down_axis,
    floats,
    labels,
    say,
    value_axis,
)
from components.figures.hover import said
from components.figures.marks import clicks, marked, named
from components.text import format as fmt
from components.text.tokens import fade, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

_BAR, _AROUND = 28, 84  # pixels of a bar, and those of the axis and the legend
_MOST = 2.5  # times the allowance: what comes to more is cut there, and says its figure


def progress(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    label: str,
    used: str,
    ends: str,
    text: str,
    detail: str,
    of: str,
    thing: ThingColumn,
    top: int = 12,
) -> Body:
    """Bars of the first ``top`` rows: ``used`` (a share) in full, what it ``ends`` at paler behind it, a line at all ``of`` it;
    ``text`` stands beside each bar, ``detail`` is one more line of hover text, a click opens the row's ``thing``."""
    every = named(frame, label, thing, look)
    rows, hidden = every.head(top), max(len(frame) - top, 0)
    if rows.empty:
        return NOTHING
    ink, names = tokens(look.theme), labels(rows[label], LETTERS)
    now, then = ([one or 0.0 for one in floats(rows[column])] for column in (used, ends))
    right = max(1.15, *(min(one, _MOST) for one in (*now, *then)))
    colours = [ink.act if a > 1 else ink.watch if b > 1 else ink.series[0] for a, b in zip(now, then, strict=True)]
    texts = [
        said(name, f"{fmt.percent(a, 0)} used, {fmt.percent(b, 0)} by the end", chart(more, 80))
        for name, a, b, more in zip(names, now, then, rows[detail], strict=True)
    ]
    told: dict[str, Any] = {
        "type": "bar", "orientation": "h", "y": list(range(len(names))), "customdata": marked(rows, thing),
        "hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>",
    } | STEADY  # fmt: skip
    rest = [max(min(b, right) - min(a, right), 0.0) for a, b in zip(now, then, strict=True)]
    figure = canvas(
        [
            told | {"name": "used", "x": [min(one, right) for one in now], "marker": {"color": colours}},
            told
            | {
                "name": "until the month ends",
                "x": rest,
                "marker": {"color": [fade(one, 0.3) for one in colours]},
                "text": [chart(one, 40) for one in rows[text]],
                "textposition": "outside",
                "cliponaxis": False,
                "textfont": {"size": 11, "color": ink.text},
            },
        ],
        look,
        barmode="stack",
        bargap=0.4,
        xaxis=value_axis(look, "ratio", right, 0.0, range=[0, right * 1.3]) | {"title": axis_title(of, look)},
        yaxis=down_axis(names, look),
        shapes=[_line(ink.text)],
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    alt = f"{plain(rows[label].iloc[0], 40)}: {fmt.percent(now[0], 0)} used, {fmt.percent(then[0], 0)} by the end."
    return Plot(figure, alt, _AROUND + _BAR * len(names), clicks(thing))


def _line(colour: str) -> dict[str, Any]:
    """All of it."""
    return {
        "type": "line",
        "layer": "below",
        "x0": 1,
        "x1": 1,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
    }
