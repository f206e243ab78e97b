"""A table as a node of a graph."""

from __future__ import annotations

from components.graph.graph import Node
from things import named_by


def table_node(name: str, since: str = "", *, broken: bool = False, chosen: bool = False) -> Node:
    """The table called ``name`` in full: its own name above, below it ``since`` or else where it is."""
    place, _, own = name.rpartition(".")
    return Node(name, own, named_by("table", [name]), since or place, broken, chosen, spoken=name)
