"""How a whole divides, in rings from the inside out: an angle is a count, a colour what the outermost part is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.figures.canvas import MOST_MARKS, NOTHING, canvas, say
from components.figures.hover import said
from components.text import format as fmt
from components.text.tokens import ink_on, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot

Path = tuple[str, ...]


def sunburst(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    levels: Sequence[str],
    value: str,
    of: str,
    colours: Mapping[str, str],
    height: int = 460,
    most: int = MOST_MARKS,
) -> Body:
    """Rings of the ``levels`` (columns, the innermost first) of ``frame``, one row per outermost part with the count ``value``
    of what is called ``of`` (plural). The colour of an outermost part is that of its name in ``colours``. Beyond ``most``
    marks the smallest parts are left out, and counted."""
    rows = frame[frame[value] > 0].sort_values(value, ascending=False, kind="stable")
    hidden, rows = max(len(rows) - most // len(levels), 0), rows.head(most // len(levels))
    if rows.empty:
        return NOTHING
    ink, sums = tokens(look.theme), dict[Path, int]()
    for *path, count in rows[[*levels, value]].itertuples(index=False, name=None):
        for depth in range(1, len(path) + 1):
            key = tuple(map(str, path[:depth]))
            sums[key] = sums.get(key, 0) + int(count)
    fills = [colours.get(path[-1], ink.border) if len(path) == len(levels) else ink.surface for path in sums]
    trace: dict[str, Any] = {
        "type": "sunburst",
        "ids": ["\x1f".join(path) for path in sums],
        "parents": ["\x1f".join(path[:-1]) for path in sums],
        "labels": [chart(path[-1].removeprefix(f"{path[-2]}." if path[1:] else ""), 28) for path in sums],
        "values": list(sums.values()),
        "branchvalues": "total",
        "sort": True,
        "insidetextorientation": "auto",
        "textfont": {"size": 11, "color": [ink.text if fill == ink.surface else ink_on(fill) for fill in fills]},
        "marker": {"colors": fills, "line": {"color": ink.background, "width": 1}},
        "hovertext": [
            said(" · ".join(chart(part, 60) for part in path), f"{count:,} {of}") for path, count in sums.items()
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    figure = canvas(
        [trace],
        look,
        margin={"l": 0, "r": 0, "t": 4, "b": 20 if hidden else 4},
        uniformtext={"minsize": 9, "mode": "hide"},
    )
    if hidden:
        figure = say(figure, f"{hidden:,} more not drawn", look)
    first = max((path for path in sums if len(path) == len(levels)), key=lambda path: sums[path])
    alt = f"{plain(' · '.join(first), 120)} is widest with {sums[first]:,} {of}, of {fmt.counted(len(frame), 'part')}."
    return Plot(figure, alt, height)
