"""Where the money goes: area is cost, colour is the change against the previous equal period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import pandas as pd

from components import format as fmt
from components.figures.canvas import MOST_MARKS, NOTHING, canvas, cut, floats, say
from components.tile import Body, Look, Plot
from components.tokens import ink_on, mix, tokens
from components.untrusted import chart, plain

_LEGIBLE = {"minsize": 10, "mode": "hide"}  # a label that does not fit is left to the hover text
_NO_KEY = "%"  # stands for an empty identifier: Plotly takes an empty id for the whole
CLIP = 0.4  # changes beyond ±40 % have the colour of ±40 %


def treemap(
    frame: pd.DataFrame,
    look: Look,
    *,
    levels: Sequence[tuple[str, str]],
    value: str,
    previous: str,
    height: int = 340,
    most: int = MOST_MARKS,
) -> Body:
    """A treemap of ``frame``, one row per leaf. ``levels`` are (identifier, label) columns from the outside in; the two
    outer ones are shown, a click goes deeper. ``value`` and ``previous`` are money.

    :func:`path_of` reads the identifiers from a click's point. Leaves that cost nothing or less (retractions) have no
    area: they are left out and counted in the note.
    """
    amounts = pd.Series(floats(frame[value]), index=frame.index, dtype="float64")
    drawn, unseen = cut(frame[amounts > 0], most // len(levels), value)
    left_out = len(frame) - len(drawn)
    if drawn.empty:
        return NOTHING
    nodes = _nodes(drawn, levels, value, previous)
    figure = canvas(
        [_trace(nodes, look)], look, margin={"l": 0, "r": 0, "t": 0, "b": 34}, uniformtext=_LEGIBLE, **_scale(look)
    )
    if left_out:
        figure = say(figure, f"{left_out:,} without cost or too small are not drawn", look)
    return Plot(figure, _alt(nodes, look, unseen), height)


def path_of(point: Mapping[str, Any]) -> tuple[str, ...]:
    """The identifiers of a clicked part, from the outside in; empty for the whole."""
    said = str(point.get("id") or "")
    return tuple("" if part == _NO_KEY else unquote(part) for part in said.split("/")) if said else ()


def _nodes(frame: pd.DataFrame, levels: Sequence[tuple[str, str]], value: str, previous: str) -> dict[str, Any]:
    """Every node of the tree by its path: label, cost now, cost before, whether it is a leaf."""
    nodes: dict[tuple[str, ...], list[Any]] = {}
    columns = [frame[c].tolist() for pair in levels for c in pair]
    for row in zip(*columns, floats(frame[value]), floats(frame[previous]), strict=True):
        now, before = row[-2] or 0.0, row[-1] or 0.0
        path: tuple[str, ...] = ()
        for depth in range(len(levels)):
            key, label = row[2 * depth], row[2 * depth + 1]
            path = (*path, _word(key))
            node = nodes.setdefault(path, [_word(label) or _word(key) or "none", 0.0, 0.0])
            node[1] += now
            node[2] += before
    parents = {path[:-1] for path in nodes}
    return {"nodes": nodes, "parents": parents}


def _word(value: Any) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _trace(tree: dict[str, Any], look: Look) -> dict[str, Any]:
    ink = tokens(look.theme)
    paths = list(tree["nodes"])
    labels, now, before = (list(column) for column in zip(*tree["nodes"].values(), strict=True))
    ratios = [_ratio(a, b) for a, b in zip(now, before, strict=True)]
    fills = [mix(ink.diverging, 0.5 + r / (2 * CLIP)) if r is not None else ink.border for r in ratios]
    fills = [ink.surface if len(path) == 1 else fill for path, fill in zip(paths, fills, strict=True)]
    said = [_change(a, b) for a, b in zip(now, before, strict=True)]
    return {
        "type": "treemap",
        "ids": ["/".join(_escaped(part) for part in path) for path in paths],
        "parents": ["/".join(_escaped(part) for part in path[:-1]) for path in paths],
        "labels": [chart(label) for label in labels],
        # A parent's area is the sum of its children: its own share is nothing.
        "values": [0.0 if path in tree["parents"] else a for path, a in zip(paths, now, strict=True)],
        "branchvalues": "remainder",
        "maxdepth": 2,
        "text": [f"{fmt.money(a, look.currency)} {c}" for a, c in zip(now, said, strict=True)],
        "hovertext": [
            f"<b>{chart(label)}</b><br>{fmt.money(a, look.currency, compact=False, basis=look.basis)}"
            f"<br>before: {fmt.money(b, look.currency, compact=False)} ({c})"
            for label, a, b, c in zip(labels, now, before, said, strict=True)
        ],
        "texttemplate": "%{label}<br>%{text}",
        "hovertemplate": "%{hovertext}<extra></extra>",
        "textfont": {"size": 12, "color": [ink.text if f == ink.surface else ink_on(f) for f in fills]},
        "marker": {
            "colors": fills, "line": {"color": ink.background, "width": 1}, "pad": {"t": 20, "l": 1, "r": 1, "b": 1},
        },
        "tiling": {"pad": 1, "packing": "squarify"},
        "pathbar": {"visible": True, "thickness": 18, "edgeshape": "/", "textfont": {"size": 11, "color": ink.text}},
        "root": {"color": "rgba(0,0,0,0)"},
        "sort": True,
    }  # fmt: skip


def _scale(look: Look) -> dict[str, Any]:
    """The legend of the colours: seven small squares with the ends in words."""
    ink = tokens(look.theme)
    steps = [f'<span style="color:{mix(ink.diverging, s / 6)}">■</span>' for s in range(7)]
    text = f"−{CLIP:.0%} {''.join(steps)} +{CLIP:.0%} against the period before"
    note = {
        "text": text, "xref": "paper", "yref": "paper", "x": 0.0, "y": 0, "xanchor": "left", "yanchor": "top",
        "yshift": -8, "showarrow": False, "font": {"size": 11, "color": ink.muted},
    }  # fmt: skip
    return {"annotations": (note,)}


def _ratio(now: float, before: float) -> float | None:
    """The change, clipped; None when there is nothing to compare with."""
    return max(-CLIP, min(CLIP, now / before - 1)) if before > 0 else None


def _change(now: float, before: float) -> str:
    return fmt.change(now / before - 1) if before > 0 else "new"


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F") or _NO_KEY


def _alt(tree: dict[str, Any], look: Look, unseen: int) -> str:
    tops = sorted((n for p, n in tree["nodes"].items() if len(p) == 1), key=lambda n: -n[1])
    whole = sum(n[1] for n in tops)
    first = tops[0]
    share = fmt.percent(first[1] / whole if whole else None, 0)
    text = f"{fmt.money(whole, look.currency)} in {len(tops)} groups; {plain(first[0], 40)} is largest with {share}"
    return text + (f"; {unseen:,} small parts not drawn." if unseen else ".")
