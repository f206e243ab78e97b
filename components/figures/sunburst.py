"""How a whole divides, in rings from the inside out: an angle is a count, a colour what the outermost part is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from components.figures.canvas import MOST_MARKS, NOTHING, canvas, say
from components.figures.hover import said
from components.figures.marks import things_in
from components.runtime.opened import on_part
from components.text import format as fmt
from components.text.tokens import ink_on, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Plot
from things import Thing, ThingColumn

Path = tuple[str, ...]


def sunburst(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    levels: Sequence[str],
    value: str,
    of: str,
    colours: Mapping[str, str],
    things: Mapping[str, ThingColumn] = MappingProxyType({}),
    height: int = 460,
    most: int = MOST_MARKS,
) -> Body:
    """Rings of the ``levels`` (columns, the innermost first) of ``frame``, one row per outermost part with the count ``value``
    of what is called ``of`` (plural). The colour of an outermost part is that of its name in ``colours``. A click on a
    part of a level in ``things``, or on one within it, opens the thing that it is. Beyond ``most``
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
        "ids": [_id(path) for path in sums],
        "parents": [_id(path[:-1]) for path in sums],
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
    parts = _opened(rows, levels, things)
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
    return Plot(figure, alt, height, on_part(parts, {}, "") if things else None, parts=parts)


def _opened(rows: pd.DataFrame, levels: Sequence[str], things: Mapping[str, ThingColumn]) -> dict[str, Thing | None]:
    """The thing of each part, by its id: of one that is none itself that of the part around it."""
    found: dict[str, Thing | None] = {}
    around: list[Thing | None] = [None] * len(rows)
    paths = [tuple(map(str, path)) for path in rows[[*levels]].itertuples(index=False, name=None)]
    for depth, level in enumerate(levels, 1):
        around = things_in(rows, things[level]) if level in things else around
        found |= {_id(path[:depth]): thing for path, thing in zip(paths, around, strict=True)}
    return found


def _id(path: Path) -> str:
    return "\x1f".join(path)
