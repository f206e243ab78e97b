"""A graph: nodes, what leads from which to which, and what the browser is sent of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from components.text import format as fmt
from components.text.untrusted import plain
from things import KINDS, Thing

MOST = 200  # nodes drawn
_LABEL, _DETAIL, _SAID = 60, 90, 160  # characters of a node's two lines, and of what an edge says


@dataclass(frozen=True)
class Node:
    """``detail`` stands below ``label``: where it is, since when. ``broken`` is where a trouble comes from, or goes through;
    ``chosen`` is what the graph is about. ``spoken`` is its whole name, where ``label`` is a part of it."""

    key: str
    label: str
    thing: Thing | None = None
    detail: str = ""
    broken: bool = False
    chosen: bool = False
    spoken: str = ""


@dataclass(frozen=True)
class Edge:
    """What leads from the node ``start`` to ``end``, both by their key; ``says`` how. A ``broken`` one is drawn heavily."""

    start: str
    end: str
    says: str = ""
    broken: bool = False


@dataclass(frozen=True)
class Graph:
    """``nodes`` in order of what they weigh: after :data:`MOST` they are counted and not drawn. ``alt`` is what the graph says,
    in words."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    alt: str

    @cached_property
    def drawn(self) -> Sequence[Node]:
        """The nodes that stand in the picture."""
        return self.nodes[:MOST]

    @cached_property
    def left_out(self) -> str:
        """What the picture leaves out; empty for nothing."""
        more = len(self.nodes) - len(self.drawn)
        return f"{fmt.counted(more, 'node')} more not drawn." if more else ""

    @cached_property
    def sent(self) -> dict[str, Any]:
        """What the browser gets: edges by the places of their nodes. Made once, for everybody who looks."""
        places = {node.key: place for place, node in enumerate(self.drawn)}
        return {
            "nodes": [_sent(node) for node in self.drawn],
            "edges": [
                [places[edge.start], places[edge.end], int(edge.broken), plain(edge.says, _SAID)]
                for edge in self.edges
                if edge.start in places and edge.end in places
            ],
            "alt": plain(self.alt, 300),
        }

    def thing_at(self, place: object) -> Thing | None:
        """The thing of the node that was chosen in the browser; None where there is none."""
        known = isinstance(place, int | float) and 0 <= place < len(self.drawn)
        return self.drawn[int(place)].thing if known else None  # type: ignore[call-overload]


def _sent(node: Node) -> dict[str, Any]:
    return {
        "label": plain(node.label, _LABEL),
        "detail": plain(node.detail, _DETAIL),
        "name": plain(node.spoken or node.label, 200),
        "icon": KINDS[node.thing.kind].icon.removeprefix(":material/").removesuffix(":") if node.thing else "",
        "kind": KINDS[node.thing.kind].title if node.thing else "",
        "broken": node.broken,
        "chosen": node.chosen,
    }
