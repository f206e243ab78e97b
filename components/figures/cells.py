"""Shares in a table of rows and columns: one mark each, the fuller the larger its share, with the figure in it."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from components.figures.canvas import LETTERS, MOST_MARKS, NOTHING, STEADY, axis, canvas, cut, down_axis, labels, say
from components.figures.hover import said
from components.figures.marks import clicks, marked
from components.text.tokens import Tokens, fade, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

State = Literal["known", "low", "open"]
SMALL = 16
_ROW, _AROUND, _MOST_ROWS = 34, 64, 24  # pixels of a row, and of what is around; rows


def cells(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    row: str,
    column: str,
    share: str,
    text: str,
    detail: str,
    state: str,
    alt: str,
    symbol: Literal["circle", "square"] = "circle",
    of: str = "",
    thing: ThingColumn | None = None,
    size: int = 29,
) -> Body:
    """One mark for each row of ``frame`` at its ``row`` and ``column``, in the frame's order of both: filled by its ``share``
    (0 to 1), with a ``text`` in it and a ``detail`` in words. By ``state`` it is known, low (it stands out) or open: not
    coloured. ``alt`` says what the figure comes to; ``of`` stands under the columns; ``thing`` is what a click opens, ``size`` the
    pixels of a mark (:data:`SMALL` where many columns stand beside each other)."""
    if frame.empty:
        return NOTHING
    rows, columns = list(dict.fromkeys(frame[row]))[:_MOST_ROWS], list(dict.fromkeys(frame[column]))
    kept, _ = cut(frame[frame[row].isin(rows)], MOST_MARKS)
    ink = tokens(look.theme)
    traces = [
        _trace(
            kept[kept[state] == one], one, ink, rows, columns, (row, column, share, text, detail, symbol), thing, size
        )
        for one in ("known", "low", "open")
    ]
    title: dict[str, Any] = {"title": {"text": chart(of, 60), "font": {"size": 11, "color": ink.muted}}} if of else {}
    figure = canvas(
        [one for one in traces if one["x"]],
        look,
        xaxis=axis(
            look,
            tickvals=list(range(len(columns))),
            ticktext=labels(columns, 24),
            range=[-0.6, len(columns) - 0.4],
            domain=[0, min(1.0, 0.1 * len(columns))],
            **title,
        ),
        yaxis=down_axis(labels(rows, LETTERS), look),
        hovermode="closest",
    )
    if (hidden := frame[row].nunique() - len(rows)) > 0:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    return Plot(
        figure,
        f"{len(rows):,} by {len(columns):,}: {plain(alt, 200)}.",
        _AROUND + _ROW * len(rows) + (18 if of else 0),
        clicks(thing),
    )


def _trace(
    frame: pd.DataFrame,
    state: str,
    ink: Tokens,
    rows: list[Any],
    columns: list[Any],
    names: tuple[str, ...],
    thing: ThingColumn | None,
    size: int,
) -> dict[str, Any]:
    row, column, share, text, detail, symbol = names
    parts = [min(max(float(one), 0.0), 1.0) for one in frame[share]]
    hue = ink.act if state == "low" else ink.series[0]
    filled = ["rgba(0,0,0,0)" if state == "open" else fade(hue, 0.05 + 0.42 * one) for one in parts]
    edge = {"known": fade(ink.series[0], 0.35), "low": ink.act, "open": ink.border}[state]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": state,
        "x": [columns.index(one) for one in frame[column]],
        "y": [rows.index(one) for one in frame[row]],
        "text": [chart(one, 12) for one in frame[text]],
        "textfont": {"size": 11, "color": ink.text},
        "hovertext": [
            said(chart(a, 60), chart(b, 40), chart(c, 160))
            for a, b, c in zip(frame[row], frame[column], frame[detail], strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": marked(frame, thing),
        "marker": {
            "symbol": symbol, "size": size, "color": filled, "line": {"width": 2 if state == "low" else 1, "color": edge},
        },
        **STEADY,
    }  # fmt: skip
