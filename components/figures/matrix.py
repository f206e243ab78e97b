"""Who stands outside what, and where: a cell for each rule and group, with how many failed and of how many nobody can tell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.canvas import MOST_MARKS, NOTHING, axis, canvas, cut, down_axis, labels, say
from components.figures.hover import said
from components.text import format as fmt
from components.text.tokens import fade, tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

_ROW, _AROUND, MOST = 40, 56, 8  # pixels: a row, the names of the columns; columns
_LETTERS = 108  # of the cells of a row in a window of 900 pixels
_BLIND, _BAD = 0.1, 0.15  # on a scale of colours: where nobody can tell, and from where on some fail


def matrix(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    row: str,
    column: str,
    failed: str,
    unknown: str,
    whole: str,
    of: str,
    says: str = "",
) -> Body:
    """A cell for each ``row`` and ``column`` of ``frame``: ``failed`` and ``unknown`` of ``whole``, which are counted in ``of``. The
    columns with most come first; what failed goes by its share, and what nobody can tell is never drawn as kept. ``says`` is what
    stands in a cell in place of how many."""
    if frame.empty:
        return NOTHING
    sums = frame.groupby(column, sort=True)[whole].sum().sort_values(ascending=False, kind="stable").reset_index()
    columns, hidden = cut(sums, MOST)
    names, rows = list(columns[column]), list(dict.fromkeys(frame[row]))
    drawn, _ = cut(frame[frame[column].isin(names)], MOST_MARKS)
    bad, blind = drawn[failed].gt(0), drawn[unknown].gt(0)
    ink = tokens(look.theme)
    trace = _cells(drawn, (rows, names), (row, column, failed, unknown, whole), of)
    if says:
        trace |= _told(drawn, row, column, says, _LETTERS // len(names))
    kept, blank = fade(ink.ok, 0.16), fade(ink.unknown, 0.3)
    bands = [
        [0, kept],
        [_BLIND / 2, kept],
        [_BLIND / 2, blank],
        [_BAD, blank],
        [_BAD, fade(ink.act, 0.18)],
        [1, fade(ink.act, 0.6)],
    ]
    figure = canvas(
        [trace | {"colorscale": bands, "textfont": {"size": 12, "color": ink.text}}],
        look,
        xaxis=axis(look, side="top", tickvals=list(range(len(names))), ticktext=labels(names, 24)),
        yaxis=down_axis(labels(rows, 32), look) | {"range": [len(rows) - 0.5, -0.5]},
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    alt = f"{int(bad.sum()):,} of {fmt.counted(len(drawn), 'cell')} with {of} that fail, {int(blind.sum()):,} where nobody can tell."
    return Plot(figure, alt, _AROUND + _ROW * len(rows))


def _cells(
    frame: pd.DataFrame, places: tuple[list[Any], list[Any]], columns: tuple[str, ...], of: str
) -> dict[str, Any]:
    rows, names = places
    cells = list(frame[list(columns)].itertuples(index=False, name=None))
    return {
        "type": "heatmap",
        "x": [names.index(name) for _, name, *_ in cells],
        "y": [rows.index(line) for line, *_ in cells],
        "z": [_BAD + (1 - _BAD) * bad / whole if bad else _BLIND if blind else 0.0 for *_, bad, blind, whole in cells],
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
        "text": [_words(bad, blind, whole) for *_, bad, blind, whole in cells],
        "texttemplate": "%{text}",
        "hovertext": [
            said(
                chart(f"{line}, {name}", 80),
                f"{bad:,} of {whole:,} {of} fail" if bad else "none fails",
                f"of {blind:,} nobody can tell" if blind else "",
            )
            for line, name, bad, blind, whole in cells
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(frame: pd.DataFrame, row: str, column: str, says: str, most: int) -> dict[str, Any]:
    cells = list(frame[[row, column, says]].itertuples(index=False, name=None))
    return {
        "text": [chart(text, most) for *_, text in cells],
        "hovertext": [said(chart(line, 80), chart(name, 80), chart(text, 120)) for line, name, text in cells],
    }


def _words(bad: int, blind: int, whole: int) -> str:
    """``3 of 12 fail, 2 not measured``; how many keep it where none does otherwise."""
    parts = [f"{bad:,} of {whole:,} fail" if bad else "", f"{blind:,} not measured" if blind else ""]
    return ", ".join(filter(None, parts)) or f"{whole:,} keep it"
