"""The points of a figure and the edges of a graph as a table: what a mark says when somebody points at it, for those who
use keys or ears."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from components.graph.graph import Graph, Node
from components.tiles.tile import Grid, Plot
from things import Thing, ThingColumn

COLUMNS = {"name": ("What", "text"), "says": ("Figure", "text"), "more": ("More", "text")}
THING = ThingColumn("", ("w", "id"), "kind")
THING_WORDS = ("kind", "id", "w")  # of a mark's customdata
_ENDS = [f"{end}{word}" for end in ("start", "end") for word in ("", *(f"_{one}" for one in THING_WORDS))]
_THINGS = {end: ThingColumn("", (f"{end}_w", f"{end}_id"), f"{end}_kind") for end in ("start", "end")}
_MARKUP = re.compile(r"</?b>")


def points(plot: Plot) -> Grid:
    """A row for each mark of ``plot``, in the order in which they are drawn: its name, which opens the thing that it stands
    for, its figure, and what else it says."""
    rows = [row for trace in plot.figure.to_dict()["data"] for row in _rows(trace, plot.parts)]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *THING_WORDS], dtype=object)
    shown = {name: column for name, column in COLUMNS.items() if name != "more" or frame["more"].ne("").any()}
    things = {"name": THING} if frame["kind"].ne("").any() else {}
    return Grid(frame, shown, plot.alt, things=things, whole=True)


def edges(graph: Graph) -> Grid:
    """A row for each edge of ``graph``, also those that are not drawn; both of its names open their things."""
    nodes = {node.key: node for node in graph.nodes}
    rows = [
        [*_end(nodes[one.start]), *_end(nodes[one.end]), one.says or ("broken" if one.broken else "")]
        for one in graph.edges
        if one.start in nodes and one.end in nodes
    ]
    frame = pd.DataFrame(rows, columns=[*_ENDS, "says"], dtype=object)
    shown = {"start": ("From", "text"), "end": ("To", "text"), "says": ("How", "text")}
    return Grid(frame, shown, graph.alt, things=_THINGS, whole=True)


def _end(node: Node) -> tuple[str, ...]:
    return (node.spoken or node.label, *_mark(node.thing))


def _rows(trace: Mapping[str, Any], parts: Mapping[str, Thing | None]) -> Iterator[tuple[str, ...]]:
    """The marks of a trace that say something."""
    texts = trace.get("hovertext") or ()
    marks = trace.get("customdata") or [_mark(parts.get(one)) for one in trace.get("ids") or [""] * len(texts)]
    for text, mark in zip(texts, marks, strict=True):
        name, says, *more = [*map(_plain, text.split("<br>")), ""]
        kind, ident, place = mark if len(mark) == len(THING_WORDS) else ("", "", "")
        yield name, says, " · ".join(filter(None, more)), kind, ident, place


def _mark(thing: Thing | None) -> tuple[str, ...]:
    """What a mark's customdata says of ``thing``."""
    return ("", "", "") if thing is None else (thing.kind, thing.id, thing.workspace)


def _plain(line: str) -> str:
    return html.unescape(_MARKUP.sub("", line))
