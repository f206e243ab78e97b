"""Did drift matter: how good a model was, with limits, above which of its columns had drifted, window by window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from components.figures.canvas import (
    MOST_MARKS,
    NOTHING,
    STEADY,
    axis,
    canvas,
    cut,
    day_axis,
    floats,
    labels,
    legend,
    say,
    stamps,
)
from components.figures.hover import places, said
from components.figures.lines import one_line
from components.runtime.opened import on_word
from components.text import format as fmt
from components.text.tokens import Tokens, fade, tokens
from components.text.untrusted import chart
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

# A decision as it is said and drawn; what says nothing is drawn as nothing.
SAID: Mapping[str, str] = {
    "none": "no drift", "evidence": "no drift", "usual": "usual on its weekday", "effect": "effect without evidence",
    "both": "effect and evidence",
}  # fmt: skip
_SHAPES = {
    "no drift": "square", "usual on its weekday": "square-open", "effect without evidence": "diamond-open",
    "effect and evidence": "square",
}  # fmt: skip
_ROW, _ABOVE, _AROUND = 20, 130, 90  # pixels: a row, the line of quality, legend and axis
MOST = 30  # rows


def decision_map(
    frame: pd.DataFrame,
    quality: pd.DataFrame,
    look: ViewContext,
    *,
    row: str,
    at: str,
    decision: str,
    detail: str,
    metric: str = "",
    chooses: str = "",
) -> Body:
    """``frame`` has one mark for each ``row`` (in their order, the first MOST of them are drawn) and moment ``at``, with a
    ``decision`` of SAID and a line of hover text (``detail``). ``quality`` has ``at``, ``value``, ``low`` and ``high`` of the
    ``metric`` whose line stands above; none where it is empty.
    A click writes the name of its row into the word ``chooses`` of the address."""
    drawn = frame[frame[decision].isin(SAID)]
    if drawn.empty:
        return NOTHING
    rows = list(dict.fromkeys(drawn[row]))
    quality = quality.tail(MOST_MARKS // 10)
    room = MOST_MARKS - 3 * len(quality)
    shown = rows[: min(MOST, max(1, room // drawn[at].nunique()))]
    kept, _ = cut(drawn[drawn[row].isin(shown)], room)
    tall = _ROW * len(shown) + _AROUND + (_ABOVE if len(quality) else 0)
    share = (tall - _AROUND - _ROW * len(shown)) / tall if len(quality) else 0.0
    side = max(4, min(_ROW - 5, round(640 / max(kept[at].nunique(), 1))))
    words = kept[decision].map(SAID)
    traces = [_marks(kept[words == one], one, look, shown, side, (row, at, detail)) for one in _SHAPES]
    figure = canvas(
        [*(one for one in traces if one["x"]), *_quality(quality, look, at, metric)],
        look,
        xaxis=day_axis(look, nticks=8),
        yaxis=axis(
            look,
            tickvals=list(range(len(shown))),
            ticktext=labels(shown, 28),
            range=[len(shown) - 0.4, -0.6],
            domain=[0, 1 - share],
        ),
        **_above(quality, look, metric, share),
        showlegend=True,
        legend=legend(tokens(look.theme)),
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        hovermode="closest",
    )
    if len(rows) > len(shown):
        figure = say(figure, f"the first {len(shown)} of {len(rows)}, by what they carry", look)
    drifted = kept[kept[decision] == "both"][row].nunique()
    alt = f"{drifted} of {fmt.counted(len(rows), 'column')} with effect and evidence in some window."
    return Plot(figure, alt, tall, on_word(chooses) if chooses else None, within=chooses)


def _marks(
    frame: pd.DataFrame, word: str, look: ViewContext, rows: list[Any], side: int, columns: tuple[str, str, str]
) -> dict[str, Any]:
    row, at, detail = columns
    whens = stamps(frame[at], look)
    ink, at_row = tokens(look.theme), {name: place for place, name in enumerate(rows)}
    texts = zip(frame[row], places(whens)[0], frame[detail], strict=True)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": word,
        "x": whens,
        "y": [at_row[name] for name in frame[row]],
        "customdata": [[str(name)] for name in frame[row]],
        "hovertext": [said(chart(name, 60), f"{place.words}: {word}", chart(more, 120)) for name, place, more in texts],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": {"symbol": _SHAPES[word], "size": side, **_paint(word, ink)},
        **STEADY,
    }


def _paint(word: str, ink: Tokens) -> dict[str, Any]:
    """No drift is quiet; what was found differs in shape, too."""
    colour = {
        "no drift": fade(ink.unknown, 0.16),
        "usual on its weekday": ink.unknown,
        "effect without evidence": ink.watch,
        "effect and evidence": ink.act,
    }[word]
    return {"color": colour, "line": {"color": colour, "width": 0 if word == "no drift" else 1.5}}


def _quality(quality: pd.DataFrame, look: ViewContext, at: str, metric: str) -> list[dict[str, Any]]:
    """The line of quality and its limits, on the axis above."""
    if quality.empty:
        return []
    whens, ink = stamps(quality[at], look), tokens(look.theme)
    name, above = chart(metric, 40), {"yaxis": "y2", "showlegend": False}
    line = one_line(whens, quality["value"], _digits, name, ink.series[0]) | above
    limits = [
        one_line(whens, quality[column], _digits, f"{name}, {word}", ink.muted, dash="dash", width=1) | above
        for column, word in (("low", "lowest usual"), ("high", "highest usual"))
        if quality[column].notna().any()
    ]
    return [*limits, line]


def _digits(value: Any) -> str:
    return f"{float(value):.3f}" if fmt.known(value) else fmt.NONE


def _above(quality: pd.DataFrame, look: ViewContext, metric: str, share: float) -> dict[str, Any]:
    if quality.empty:
        return {}
    values = [one for name in ("value", "low", "high") for one in floats(quality[name]) if one is not None]
    reach = (max(values) - min(values)) * 0.08 or 0.01
    title = {"text": chart(metric, 40), "font": {"size": 11, "color": tokens(look.theme).muted}}
    own = axis(
        look, grid=True, domain=[1 - share * 0.86, 1], range=[min(values) - reach, max(values) + reach], nticks=4
    )
    return {"yaxis2": own | {"title": title, "anchor": "x"}}
