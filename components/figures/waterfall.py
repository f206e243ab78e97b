"""From one amount to another in steps: what moved the bill, or how a total is made up."""

from __future__ import annotations

import pandas as pd

from components.figures.canvas import NOTHING, Unit, axis, canvas, floats, labels, value_axis, words
from components.figures.marks import NO_THING, clicks, marked, named
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import ThingColumn


def waterfall(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    label: str,
    change: str,
    first: tuple[str, object] | None = None,
    last: str = "Total",
    unit: Unit = "money",
    more_is_worse: bool = True,
    thing: ThingColumn | None = None,
    height: int = 320,
) -> Body:
    """Steps of ``frame`` (``label``, ``change``), from ``first`` (label, amount) to their sum, called ``last``.

    Rises and falls also differ by their sign in the label; colour says which of them is unwelcome; ``thing`` says
    what a click on a step opens.
    """
    if frame.empty:
        return NOTHING
    frame = named(frame, label, thing, look)
    ink, full, short = tokens(look.theme), words(unit, look), words(unit, look, compact=True)
    steps = [v or 0.0 for v in floats(frame[change])]
    start = floats([first[1]])[0] or 0.0 if first else 0.0
    end = start + sum(steps)
    names = ([first[0]] if first else []) + labels(frame[label], 24) + [last]
    sizes = ([start] if first else []) + steps + [end]
    kinds = (["absolute"] if first else []) + ["relative"] * len(steps) + ["total"]
    signed = [("+" if v > 0 and k == "relative" else "") + short(v) for v, k in zip(sizes, kinds, strict=True)]
    opens = marked(frame, thing)
    worse, better = ink.diverging[-2], ink.diverging[1]
    trace = {
        "type": "waterfall",
        "x": list(range(len(names))),
        "y": [*sizes[:-1], None],
        "measure": kinds,
        "text": signed,
        "customdata": [*[NO_THING] * bool(first), *opens, NO_THING] if opens else None,
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"size": 11, "color": ink.text},
        "hovertext": [f"{n}<br>{full(v)}" for n, v in zip(names, sizes, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "increasing": {"marker": {"color": worse if more_is_worse else better}},
        "decreasing": {"marker": {"color": better if more_is_worse else worse}},
        "totals": {"marker": {"color": ink.other}},
        "connector": {"line": {"color": ink.border, "width": 1}},
    }
    low, high = _reach(start, steps)
    figure = canvas(
        [trace],
        look,
        xaxis=axis(look, tickmode="array", tickvals=list(range(len(names))), ticktext=names),
        yaxis=value_axis(look, unit, high, low, range=[low - (high - low) * 0.08, high + (high - low) * 0.12]),
        margin={"l": 8, "r": 8, "t": 18, "b": 8},
    )
    biggest = max(range(len(steps)), key=lambda i: abs(steps[i]))
    word = "rise" if steps[biggest] >= 0 else "fall"
    mover = plain(frame[label].iloc[biggest], 40)
    whole = f" ({fmt.change(end / start - 1)})" if start > 0 else ""
    alt = f"From {short(start)} to {short(end)}{whole}; the largest {word} is {mover}, {short(steps[biggest])}."
    return Plot(figure, alt, height, clicks(thing))


def _reach(start: float, steps: list[float]) -> tuple[float, float]:
    """Lowest and highest level the steps pass; zero is left out when all of them stay far above it."""
    levels = [start]
    for step in steps:
        levels.append(levels[-1] + step)
    low, high = min(levels), max(levels)
    moved = high - low
    if start > 0 and low > 0 and moved < 0.25 * high:
        return max(low - moved * 0.6, 0.0), high  # small moves on a large bill would vanish on an axis from zero
    return min(low, 0.0), max(high, 0.0) or 1.0
