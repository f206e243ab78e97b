"""How wide the columns of a table are. The browser measures some cells of each and adds them up; a table of many columns that came
out wider than a page would hide its last ones. Such a table gets its widths from here: words give way first, and what then still
has no room is left to the table that people take along."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from components.text import format as fmt
from components.tiles.grid_rows import PLACES, SAID

LETTER, EDGES, BUTTON = 5.8, 16, 28  # pixels of a letter at the theme's font size, and those beside the words of a cell
ROOM, MANY = 1105, 5  # pixels of a table in a window of 1,440, and the columns from which it has them for itself
_DIGIT, _LABEL, _LINK = 6.2, 5.5, 36  # pixels of a digit, of a letter of a label, and of the sign of a link
_LEAST, _MOST = 50, 437  # pixels between which the browser's widths are
_NAME, _TEXT, _ALONE, _FEW = 220, 360, 420, 5  # pixels of a name, of a text, and of either in a table of a few columns
_TIGHT, _EASY = (160, 132), (200, 160)  # pixels below which the first column's words, and other words, do not give way
_MEASURED, _LOOKED_AT = 10, 20  # rows that the browser measures, and that a reader sees
_WRITTEN = {"date": 12, "time": 18, "lately": 13}  # letters of a day and of a moment
_DRAWN = {"share": 104, "trend": 120, "long": 220}  # pixels of what is no words, or has its width from its kind
_UNITS = {"money": " (USD list)", "price": " (USD)", "dbu": " (DBU)", "hours": " (h)"}  # behind a label, so wide
_SAID: Mapping[str, Callable[[Any], str]] = {
    **SAID, "flag": str, "ratio": lambda one: f"{one * 100:.2f}%", "change": lambda one: f"{one:+,.1f}%",
}  # fmt: skip
_GIVING = ("text", "long", "code", "spelling", "texts")


@dataclass(frozen=True)
class Fit:
    """``widths`` in pixels of the columns that do not get them from the browser, and the columns for which no room is ``left``, of
    which ``told`` ones say something."""

    widths: Mapping[str, int] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def fit(
    rows: pa.Table,
    columns: Mapping[str, tuple[str, str]],
    named: Collection[str],
    buttons: Collection[str],
    links: Collection[str],
) -> Fit:
    """How the ``columns`` of a table (name -> label, kind) stand beside each other, of which ``named`` ones are names that open
    something, ``buttons`` do something, and ``links`` have a link beside them."""
    seen = rows.slice(0, _LOOKED_AT)
    cells = {name: seen[name].to_pylist() for name in columns}
    pressed = {*named, *buttons}
    own = {
        name: _own(cells[name], label, kind, name in pressed, len(columns)) for name, (label, kind) in columns.items()
    }
    widths = {
        name: own[name] or _browsers(cells[name], label, kind, name in pressed)
        for name, (label, kind) in columns.items()
    }
    beside = {name: _LINK * (name in links) for name in columns}
    set_here = {name: width for name, width in own.items() if width}
    if len(columns) < MANY:
        return Fit(set_here)
    if (free := ROOM - sum(widths.values()) - sum(beside.values())) >= 0:
        long = [name for name, (_, kind) in columns.items() if kind == "long" and name not in pressed]
        return Fit(set_here | _longer({name: _needed(cells[name]) for name in long}, free))
    first = next(iter(columns))
    gives = {name for name, (_, kind) in columns.items() if kind in _GIVING and name not in buttons}

    def down_to(words: tuple[int, int]) -> dict[str, int]:
        return {
            name: min(width, max(words[name != first], _header(*columns[name]))) if name in gives else width
            for name, width in widths.items()
        }

    least = down_to(_TIGHT)
    if sum(least.values()) + sum(beside.values()) > ROOM:  # then what is left is read more easily
        least = down_to(_EASY)
    kept, spare = list(columns), [name for name in columns if name != first and name not in buttons]
    says = {name: any(one not in (None, fmt.NONE) for one in rows[name].to_pylist()) for name in spare}
    spare.sort(key=lambda name: not says[name])  # the last is given up first: what says nothing, then what stands last
    while spare and sum(least[name] + beside[name] for name in kept) > ROOM:
        kept.remove(spare.pop())
    left = tuple(name for name in columns if name not in kept)
    given = _given(kept, widths, least, ROOM - sum(beside[name] for name in kept))
    return Fit(given, left, tuple(name for name in left if says[name]))


def _needed(cells: Sequence[Any]) -> int:
    """How wide the longest words of a column are, as far as a reader follows one line."""
    return min(_MOST, max((round(EDGES + LETTER * len(word or "")) for word in cells), default=0))


def _longer(needed: Mapping[str, int], room: int) -> dict[str, int]:
    """The widths of columns of sentences that the ``room`` of a page leaves: none more than it needs, the others the more."""
    wants = sorted((name for name, width in needed.items() if width > _DRAWN["long"]), key=lambda name: needed[name])
    given = {}
    for place, name in enumerate(wants):
        more = min(needed[name] - _DRAWN["long"], room // (len(wants) - place))
        given[name], room = _DRAWN["long"] + more, room - more
    return {name: width for name, width in given.items() if width > _DRAWN["long"]}


def _given(kept: Sequence[str], widths: Mapping[str, int], least: Mapping[str, int], room: int) -> Mapping[str, int]:
    """The widths of the columns that are ``kept``: the widest give way first, none below its ``least``."""
    low, high = 0, max(widths[name] for name in kept)
    while low < high:  # the widest cap with which all have room
        cap = (low + high + 1) // 2
        if sum(max(least[name], min(widths[name], cap)) for name in kept) <= room:
            low = cap
        else:
            high = cap - 1
    return {name: max(least[name], min(widths[name], low)) for name in kept}


def _own(cells: Sequence[Any], label: str, kind: str, pressed: bool, columns: int) -> int | None:
    """How wide a column has to be where the browser would cut some of its words (it looks at the first rows, and leaves out those
    that are twice as wide as the others), would make it wider than one among many may be, or sees few times in the first rows: it
    measures a sign for none as little."""
    if kind in ("date", "time"):
        some_missing = None in cells[:_MEASURED]
        return round(EDGES + LETTER * max(len(label), _WRITTEN[kind])) if some_missing else None
    if not pressed and kind not in ("text", "code"):
        return None
    most = (_NAME if pressed else _TEXT) if columns > _FEW else _ALONE
    needs = [round((BUTTON if pressed else EDGES) + LETTER * len(word or "")) for word in cells]
    edges, longest = (BUTTON if pressed else EDGES), max(needs, default=0)
    return min(most, longest) if longest > min(most, max([edges + LETTER * len(label), *_not_odd(needs)])) else None


def _browsers(cells: Sequence[Any], label: str, kind: str, pressed: bool) -> int:
    """How wide the browser makes a column."""
    if kind in _DRAWN and not pressed:
        return max(_DRAWN[kind], _header(label, kind))
    edges = BUTTON if pressed else EDGES
    needs = [
        edges + _DIGIT * len(word) if word[:1].isdigit() else edges + LETTER * len(word) for word in _words(cells, kind)
    ]
    return min(max(_LEAST, _header(label, kind), round(max(_not_odd(needs), default=0))), _MOST)


def _not_odd(needs: Sequence[float]) -> list[float]:
    """Of what the browser measures what it heeds."""
    seen = list(needs[:_MEASURED])
    return [one for one in seen if len(seen) <= 5 or one < 2 * sum(seen) / len(seen)]


def _header(label: str, kind: str) -> int:
    return round(EDGES + _LABEL * len(label + _UNITS.get(kind, "")))


def _words(cells: Sequence[Any], kind: str) -> list[str]:
    """What stands in the cells, as long as it is there."""
    said = [one for one in cells if one is not None and one == one]
    if kind in _WRITTEN:
        return ["0" * _WRITTEN[kind]] * len(said)
    if kind in PLACES:
        return [f"{one:,.{PLACES[kind]}f}" for one in said]
    if kind == "texts":
        return ["".join(one) + "   " * len(one) for one in said]
    return [_SAID[kind](one) for one in said] if kind in _SAID else [str(one) for one in said]
