"""Where the money goes: area is cost, colour is the change against what is compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any
from urllib.parse import unquote

import pandas as pd

from components.figures.canvas import MOST_MARKS, canvas, labels, nothing, say
from components.figures.hover import said, share
from components.figures.marks import mark, things_in
from components.runtime.opened import on_part
from components.text import format as fmt
from components.text.tokens import ink_on, mix, tokens
from components.text.untrusted import chart, plain
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Empty, Plot
from things import Thing, ThingColumn

_LEGIBLE = {"minsize": 10, "mode": "hide"}  # a label that does not fit is left to the hover text
_NO_KEY = "%"  # stands for an empty identifier: Plotly takes an empty id for the whole
_MORE = "%+"  # stands for the leaves too many to draw: no escaped identifier looks like it
_WHOLE = "%*"  # the id of the whole, as no part's
ALL = "All"  # what the whole is called: the first word of the way back
CLIP = 0.4  # changes beyond ±40 % have the colour of ±40 %
ZERO = Decimal(0)

Node = tuple[str, Decimal, Decimal]  # label, cost now, cost before
Nodes = dict[tuple[str, ...], Node]  # by path: escaped identifiers from the outside in


def treemap(
    frame: pd.DataFrame,
    look: ViewContext,
    *,
    levels: Sequence[tuple[str, str]],
    value: str,
    previous: str | None,
    thing: ThingColumn | None = None,
    within: str = "",
    height: int = 340,
    most: int = MOST_MARKS,
) -> Body:
    """A treemap of ``frame``, one row per leaf. ``levels`` are (identifier, label) columns from the outside in; the two
    outer ones are shown, a click goes deeper. ``value`` and ``previous`` are money; without ``previous`` nothing is
    compared.

    What is written is of all leaves. Areas are of leaves that cost something: those that cost nothing or less
    (retractions) are left out and counted in the note, those beyond ``most`` marks stand together as "n more".
    ``thing`` says what a click on a leaf opens, ``within`` which word of the address holds the group that is shown.
    """
    with localcontext(prec=60):
        sums = _sums(frame, levels, value, previous)
        leaves = [path for path in sums if len(path) == len(levels)]
        costly = [path for path in leaves if sums[path][1] > 0]
        # Each group that is drawn may need a place for what is not drawn in it.
        nodes = _drawn(sums, costly, (most - 1) // (2 * len(levels) - 1))
    if not nodes:
        return nothing(frame, value, "money", look) or Empty("Nothing in this period cost anything.")
    things = {} if thing is None else _things(frame, levels, thing)
    figure = canvas(
        [_trace(sums[()], nodes, look, previous is not None) | _marks(nodes, things)],
        look,
        margin={"l": 0, "r": 0, "t": 24, "b": 34},  # above: the way back from a group
        uniformtext=_LEGIBLE,
        **(_scale(look) if previous else {}),
    )
    if left_out := len(leaves) - len(costly):
        figure = say(figure, f"{left_out:,} without cost not drawn", look)
    if thing is None:
        return Plot(figure, _alt(sums, leaves, look), height)
    groups = {_id(path[:-1]): _id(path[:-2]) if path[:-1] else "" for path in nodes}
    act = on_part(things, groups, within)
    return Plot(figure, _alt(sums, leaves, look), height, act, within, things)


def _things(frame: pd.DataFrame, levels: Sequence[tuple[str, str]], which: ThingColumn) -> dict[str, Thing | None]:
    """The thing of each leaf, by the id of its part."""
    keys = zip(*(frame[key] for key, _ in levels), strict=True)
    ids = ["/".join(_escaped(_word(key)) for key in row) for row in keys]
    return dict(zip(ids, things_in(frame, which), strict=True))


def _sums(frame: pd.DataFrame, levels: Sequence[tuple[str, str]], value: str, previous: str | None) -> Nodes:
    """Every leaf and every group, with the exact sums of all of its leaves; () is the whole."""
    sums: Nodes = {}
    columns = [frame[c] for pair in levels for c in pair]
    for *names, now, before in zip(*columns, frame[value], frame[previous or value], strict=True):
        words = [_word(name) for name in names]
        path = tuple(_escaped(key) for key in words[::2])
        labels = ["", *(label or key or "none" for key, label in zip(words[::2], words[1::2], strict=True))]
        for depth, label in enumerate(labels):
            first, a, b = sums.get(path[:depth], (label, ZERO, ZERO))
            sums[path[:depth]] = (first, a + (now if fmt.known(now) else 0), b + (before if fmt.known(before) else 0))
    return sums


def _drawn(sums: Nodes, leaves: list[tuple[str, ...]], most: int) -> Nodes:
    """The ``most`` largest of ``leaves`` with their groups; the others stand together in the nearest group drawn."""
    large = set(sorted(leaves, key=lambda path: sums[path][1], reverse=True)[:most])
    nodes = {path[:n]: sums[path[:n]] for path in leaves if path in large for n in range(1, len(path) + 1)}
    rest: dict[tuple[str, ...], list[Node]] = {}
    for path in leaves:
        if path not in large:
            home = next((path[:n] for n in range(len(path) - 1, 0, -1) if path[:n] in nodes), ())
            rest.setdefault((*home, _MORE), []).append(sums[path])
    for path, small in rest.items():
        _, now, before = zip(*small, strict=True)
        nodes[path] = (f"{len(small):,} more", sum(now, ZERO), sum(before, ZERO))
    return nodes


def _word(value: Any) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _trace(whole: Node, nodes: Nodes, look: ViewContext, compared: bool) -> dict[str, Any]:
    ink = tokens(look.theme)
    names = [ALL, *_told_apart(nodes)]
    nodes = {(): whole} | nodes
    paths, parents = list(nodes), {path[:-1] for path in nodes if path}
    _, now, before = zip(*nodes.values(), strict=True)
    ratios = [_ratio(a, b) if compared else None for a, b in zip(now, before, strict=True)]
    fills = [mix(ink.diverging, 0.5 + r / (2 * CLIP)) if r is not None else ink.border for r in ratios]
    fills = [ink.surface if len(path) < 2 else fill for path, fill in zip(paths, fills, strict=True)]
    changed = [_change(a, b) for a, b in zip(now, before, strict=True)]
    return {
        "type": "treemap",
        "ids": [_id(path) for path in paths],
        "parents": [_id(path[:-1]) if path else "" for path in paths],
        "labels": names,
        # A parent's area is the sum of its children: its own share is nothing.
        "values": [0.0 if path in parents else float(a) for path, a in zip(paths, now, strict=True)],
        "branchvalues": "remainder",
        "maxdepth": 3,
        "text": [
            f"{fmt.money(a, look.currency)} {c if compared else ''}".strip() for a, c in zip(now, changed, strict=True)
        ],
        "hovertext": [
            said(
                name,
                fmt.money(a, look.currency, compact=False, basis=look.basis),
                _shares(path, nodes),
                f"before: {fmt.money(b, look.currency, compact=False)} ({c})" if compared else "",
            )
            for path, name, a, b, c in zip(paths, names, now, before, changed, strict=True)
        ],
        "texttemplate": "%{label}<br>%{text}",
        "hovertemplate": "%{hovertext}<extra></extra>",
        "textfont": {"size": 12, "color": [ink.text if f == ink.surface else ink_on(f) for f in fills]},
        "marker": {
            "colors": fills,
            "line": {"color": ink.background, "width": 1},
            "pad": {"t": 20, "l": 1, "r": 1, "b": 1},
        },
        "tiling": {"pad": 1, "packing": "squarify"},
        "pathbar": {"visible": True, "thickness": 22, "edgeshape": "/", "textfont": {"size": 11, "color": ink.text}},
        "sort": True,
    }


def _marks(nodes: Nodes, things: Mapping[str, Thing | None]) -> dict[str, Any]:
    """What the parts stand for, the whole first; the browser does not give it back with a click."""
    return {"customdata": [mark(things.get(_id(path))) for path in ((), *nodes)]} if things else {}


def _shares(path: tuple[str, ...], nodes: Nodes) -> str:
    """The share of a part in what stands around it, and in the whole."""
    cost = nodes[path][1]
    wholes = {path[:-1]: plain(nodes[path[:-1]][0], 40) if path[:-1] else "all"} if path else {}
    if len(path) > 1:
        wholes[()] = "all"
    found = [share(cost, nodes[whole][1], chart(of, 40)) for whole, of in wholes.items()]
    return ", ".join(filter(None, found))


def _id(path: tuple[str, ...]) -> str:
    return "/".join(path) or _WHOLE


def _told_apart(nodes: Nodes) -> list[str]:
    """A label for each node; parts of one whole that are called the same have their identifiers behind it."""
    families: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}
    for path, node in nodes.items():
        families.setdefault(path[:-1], {})[path] = plain(node[0], 400)
    made: dict[tuple[str, ...], str] = {}
    for family in families.values():
        often = Counter(family.values())
        keyed = [
            text if often[text] < 2 or path[-1] in (_NO_KEY, _MORE) else f"{text} · {unquote(path[-1])}"
            for path, text in family.items()
        ]
        made |= zip(family, labels(keyed, 48), strict=True)
    return [made[path] for path in nodes]


def _scale(look: ViewContext) -> dict[str, Any]:
    """The legend of the colours: seven small squares with the ends in words."""
    ink = tokens(look.theme)
    steps = [f'<span style="color:{mix(ink.diverging, s / 6)}">■</span>' for s in range(7)]
    text = f"−{CLIP:.0%} {''.join(steps)} +{CLIP:.0%} {look.versus}"
    note = {
        "text": text, "xref": "paper", "yref": "paper", "x": 0.0, "y": 0, "xanchor": "left", "yanchor": "top",
        "yshift": -8, "showarrow": False, "font": {"size": 11, "color": ink.muted},
    }  # fmt: skip
    return {"annotations": (note,)}


def _ratio(now: Decimal, before: Decimal) -> float | None:
    """The change, clipped; None when there is nothing to compare with."""
    return max(-CLIP, min(CLIP, float(now / before - 1))) if before > 0 else None


def _change(now: Decimal, before: Decimal) -> str:
    return fmt.change(now / before - 1) if before > 0 else "new"


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("/", "%2F") or _NO_KEY


def _alt(sums: Nodes, leaves: list[tuple[str, ...]], look: ViewContext) -> str:
    groups = {path[:1] for path in leaves if sums[path][1]}
    label, most, _ = max((sums[group] for group in groups), key=lambda node: node[1])
    whole = sums[()][1]
    text = f"{fmt.money(whole, look.currency)} in {fmt.counted(len(groups), 'group')}"
    part = f" ({fmt.percent(most / whole, 0)})" if 0 < most <= whole else ""
    return f"{text}; {plain(label, 40)} is largest with {fmt.money(most, look.currency)}{part}."
