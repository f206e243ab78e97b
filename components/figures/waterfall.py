"""From one amount to another in steps: what moved the bill. Only the steps are drawn: beside whole bills they would vanish,
and an axis that is cut makes bars lie."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.canvas import LETTERS, NOTHING, Unit, axis, canvas, floats, labels, value_axis, words
from components.figures.hover import said
from components.figures.marks import NO_THING, clicks, marked, named
from components.text import format as fmt
from components.text.tokens import OTHER, tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn

LEAST = 0.01  # share of all movements below which a step stands under Other
_BAR, _EDGES = 28, 44  # pixels


def waterfall(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    label: str,
    change: str,
    first: object = 0,
    last: str = "Change",
    unit: Unit = "money",
    more_is_worse: bool = True,
    thing: ThingColumn | None = None,
) -> Body:
    """Steps of ``frame`` (``label``, ``change``) below each other, and their sum, called ``last``; small ones are one step.
    ``first`` is the amount they start from, which the words name.

    Rises and falls also differ by their sign in the label; colour says which of them is unwelcome; ``thing`` says
    what a click on a step opens.
    """
    if frame.empty:
        return NOTHING
    frame = _together(named(frame, label, thing, look), label, change)
    ink, full, short = tokens(look.theme), words(unit, look), words(unit, look, compact=True)
    steps = [v or 0.0 for v in floats(frame[change])]
    moved, start = sum(steps), floats([first])[0] or 0.0
    names, sizes = [*labels(frame[label], LETTERS), last], [*steps, moved]
    opens = marked(frame, thing)
    worse, better = ink.diverging[-2], ink.diverging[1]
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "y": list(range(len(names))),
        "x": [*steps, None],
        "measure": [*["relative"] * len(steps), "total"],
        "text": [f"{'+' if size > 0 else ''}{short(size)}" for size in sizes],
        "customdata": [*opens, NO_THING] if opens else None,
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11, "color": ink.text},
        "hovertext": [said(n, full(v), _part(v, start)) for n, v in zip(names, sizes, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "increasing": {"marker": {"color": worse if more_is_worse else better}},
        "decreasing": {"marker": {"color": better if more_is_worse else worse}},
        "totals": {"marker": {"color": ink.other}},
        "connector": {"line": {"color": ink.border, "width": 1}},
    }
    low, high = _reach(steps)
    edge = (high - low) * 0.12  # for the words beside the bars
    figure = canvas(
        [trace],
        look,
        xaxis=value_axis(look, unit, high, low, range=[low - edge, high + edge])
        | {"zeroline": True, "zerolinecolor": ink.border},
        yaxis=axis(look, tickmode="array", tickvals=list(range(len(names))), ticktext=names, autorange="reversed"),
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    return Plot(figure, _told(frame, label, steps, start, short), _EDGES + _BAR * len(names), clicks(thing))


def _together(frame: pd.DataFrame, label: str, change: str) -> pd.DataFrame:
    """``frame`` with its small steps, and a rest that it has already, as one row that is no thing, the last."""
    sizes = pd.Series([v or 0.0 for v in floats(frame[change])], frame.index)
    small = (sizes.abs() < LEAST * sizes.abs().sum()) | frame[label].eq(OTHER)
    if not small.any():
        return frame
    rest = sum(value for value in frame.loc[small, change] if fmt.known(value))
    return pd.concat([frame[~small], pd.DataFrame([{label: OTHER, change: rest}], dtype=object)], ignore_index=True)


def _told(frame: pd.DataFrame, label: str, steps: list[float], start: float, short: Any) -> str:
    """``From $100 to $120 (+20%); the largest rise is SQL, $30.``"""
    end = start + sum(steps)
    biggest = max(range(len(steps)), key=lambda i: abs(steps[i]))
    word = "rise" if steps[biggest] >= 0 else "fall"
    mover = plain(frame[label].iloc[biggest], 40)
    whole = f" ({fmt.change(end / start - 1)})" if start > 0 else ""
    return f"From {short(start)} to {short(end)}{whole}; the largest {word} is {mover}, {short(steps[biggest])}."


def _part(step: float, start: float) -> str:
    """A step against what all of them started from."""
    return f"{fmt.change(step / start)} of what it was" if start > 0 else ""


def _reach(steps: list[float]) -> tuple[float, float]:
    """The lowest and the highest level that the steps pass, from 0 on."""
    levels = [0.0]
    for step in steps:
        levels.append(levels[-1] + step)
    return min(levels), max(levels) if max(levels) > min(levels) else 1.0
