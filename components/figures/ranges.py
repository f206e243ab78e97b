"""Where each thing stands now against the range that it usually keeps: a dot on a bar, one row a name."""

from __future__ import annotations

import pandas as pd

from components.figures.canvas import NOTHING, STEADY, Unit, axis, canvas, floats, labels, say, value_axis, words
from components.figures.hover import said
from components.text import format as fmt
from components.text.tokens import fade, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

_ROW = 26  # pixels


def ranges(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    label: str,
    now: str,
    low: str,
    high: str,
    assumed: str,
    of: str,
    unit: Unit = "seconds",
    top: int = 16,
) -> Body:
    """One row each of the first ``top`` rows: ``now`` as a dot on the bar from ``low`` to ``high``, in another colour where it is
    above; the bar is pale where the range is only ``assumed`` (a column of flags). ``of`` stands beside the axis."""
    rows, hidden = frame.head(top), max(len(frame) - top, 0)
    if rows.empty:
        return NOTHING
    ink, full = tokens(look.theme), words(unit, look)
    names, places = labels(rows[label], 40), list(range(len(rows)))
    values, lows, highs = ([v or 0.0 for v in floats(rows[column])] for column in (now, low, high))
    guessed = [bool(one) for one in rows[assumed]]
    above = [most is not None and value > most for value, most in zip(values, floats(rows[high]), strict=True)]
    texts = [
        said(
            name,
            f"{full(value)} {chart(of, 40)}",
            f"usually {full(least)} to {full(most)}{', as assumed' if guess else ''}"
            if most
            else "its usual is not known",
        )
        for name, value, least, most, guess in zip(names, values, lows, highs, guessed, strict=True)
    ]
    told = {"y": places, "hovertext": texts, "hovertemplate": "%{hovertext}<extra></extra>"}
    bar = {
        "type": "bar", "orientation": "h", "name": "usually", "base": lows,
        "x": [most - least for least, most in zip(lows, highs, strict=True)], "width": 0.5,
        "marker": {"color": [fade(ink.muted, 0.15 if guess else 0.45) for guess in guessed]},
    }  # fmt: skip
    dot = {
        "type": "scatter", "mode": "markers", "name": "now", "x": values,
        "marker": {
            "size": 10, "color": [ink.act if one else ink.series[0] for one in above],
        },
    }  # fmt: skip
    figure = canvas(
        [told | bar, told | dot | STEADY],
        look,
        showlegend=True,
        xaxis=value_axis(look, unit, max([*values, *highs]) * 1.05 or 1.0, of=of),
        yaxis=axis(look, tickvals=places, ticktext=names, range=[len(names) - 0.4, -0.6]),
        hovermode="closest",
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    alt = (
        f"{fmt.counted(sum(above), 'row')} of {len(rows):,} above the usual; {plain(rows[label].iloc[0], 40)} is first."
    )
    return Plot(figure, alt, 70 + _ROW * len(names))
