"""DataOps: what a table is made from and what is made from it, over many steps, and where what makes it late comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from components.graph.around import around
from components.graph.graph import MOST, Edge, Graph, Node
from components.graph.tables import table_node
from components.panels.late_tables import WRITER
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import thing_of

QUERY, LEVELS = "dataops.lineage_hops", 6
COLUMNS = {
    "source": ("From", "text"),
    "target": ("To", "text"),
    "consumer": ("By", "text"),
    "readers": ("Who", "count"),
    "last_at": ("Last", "time"),
    "steps": ("Steps away", "count"),
}


@dataclass
class _Picture:
    """A graph that is being put together, and how the tables stand that are late: table -> its row of ``late``."""

    look: ViewContext
    late: Mapping[str, Any]
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str], Edge] = field(default_factory=dict)


def lineage_of(find: str) -> Panel:
    """The panel about the table whose name has ``find``, else the one that is late and hurts most."""

    @panel("What it is made from, and what is made from it", height=420, waits=760)
    def lineage(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
        """By table lineage of 30 days: from left to right what each table is written from, by whom it was written last, and who
        reads it. The way that makes it late is heavy. What is read by a path that is no table's has no name here."""
        hops, late = frames["lineage_hops"], frames["late"].drop_duplicates("table_name")
        root = chosen(hops, late, find)
        if not root:
            return Empty(f"No table that is called {plain(find, 60)} was written or read in 30 days.")
        steps = hops[hops["source"].notna() & hops["target"].notna()]
        away = around(root, zip(steps["source"], steps["target"], strict=True), LEVELS)
        near = hops[hops["target"].isin(away) & (hops["source"].isna() | hops["source"].isin(away))]
        near = near[near["source"].isna() | (near["target"].map(away) > near["source"].map(away).fillna(-99))]
        readers = hops[hops["target"].isna() & hops["source"].map(away).ge(0)]
        made = _Picture(look, {str(row.table_name): row for row in late.itertuples(index=False)})
        _tables(made, away, near)
        _readers(made, readers)
        said = _said(root, away, readers, made)
        rows = pd.concat([near, readers])
        rows = rows.assign(steps=rows["target"].fillna(rows["source"]).map(away).abs())
        rows = rows.sort_values(["steps", "last_at"], ascending=[True, False], kind="stable")
        graph = Graph(list(made.nodes.values()), list(made.edges.values()), said.text)
        return [said, graph, *_cut(graph), Grid(rows, COLUMNS, things=things_of(QUERY))]

    return lineage


def chosen(hops: pd.DataFrame, late: pd.DataFrame, find: str) -> str:
    """The table that is called ``find``, else the one most used whose name has it; without a word the late one that hurts most."""
    names = pd.concat([hops["source"], hops["target"]]).dropna()
    if not find:
        known = set(names)
        return next(
            (one for one in late["table_name"] if one in known), str(names.mode().iloc[0]) if len(names) else ""
        )
    fits = names[names.str.contains(find.strip().lower(), regex=False)]
    counts = fits.value_counts()
    return (
        ""
        if counts.empty
        else str(find if find in counts.index else min(counts.index, key=lambda one: (-counts[one], one)))
    )


def _tables(made: _Picture, away: Mapping[str, int], near: pd.DataFrame) -> None:
    """The tables by how near they are, what each was written from, and the cause before the first late one."""
    written = near.groupby("target")["last_at"].max()
    for name, steps in away.items():
        row = made.late.get(name)
        since = f"late since {fmt.moment(row.due, made.look.zone)}" if row is not None else ""
        if not since and name in written.index:
            since = f"written {fmt.moment(written[name], made.look.zone)}"
        made.nodes[name] = table_node(name, since, broken=row is not None, chosen=steps == 0)
    for hop in _rows(near[near["source"].notna()]):
        both = hop.source in made.late and hop.target in made.late
        says = f"{hop.consumer_kind} {hop.consumer}, last {fmt.moment(hop.last_at, made.look.zone)}"
        made.edges[hop.source, hop.target] = Edge(hop.source, hop.target, says, broken=both)
    for name in away:
        row = made.late.get(name)
        if row is not None and not (row.follows in away and row.follows != name):
            _add_cause(made, name, row)
    for row in _rows(near[near["source"].isna()].drop_duplicates("target")):
        if row.target not in made.late and not any(end == row.target for _, end in made.edges):
            _add_writer(made, row)


def _add_cause(made: _Picture, name: str, row: Any) -> None:
    """Who makes the late table ``name`` late, before it."""
    key = f"cause/{row.writer_kind}/{row.workspace_id}/{row.writer_id}"
    detail = f"{row.state}, since {fmt.moment(row.since, made.look.zone)}"
    made.nodes[key] = Node(key, row.cause, thing_of(WRITER, row._asdict()), detail, broken=True)
    made.edges[key, name] = Edge(key, name, detail, broken=True)


def _add_writer(made: _Picture, row: Any) -> None:
    """Who writes a table from no other."""
    key = f"writer/{row.consumer_kind}/{row.workspace_id}/{row.consumer_id}"
    thing = thing_of(things_of(QUERY)["consumer"], row._asdict())
    made.nodes[key] = Node(key, row.consumer, thing, "writes it from files")
    made.edges[key, row.target] = Edge(key, row.target, f"last {fmt.moment(row.last_at, made.look.zone)}")


def _readers(made: _Picture, readers: pd.DataFrame) -> None:
    for row in _rows(readers):
        many = not isinstance(row.consumer_id, str)
        key = f"people/{row.source}" if many else f"{row.consumer_kind}/{row.workspace_id}/{row.consumer_id}"
        called = row.consumer if row.consumer != row.consumer_id else f"{row.consumer_kind} {row.consumer}"
        label = fmt.counted(int(row.readers), "person", "people") if many else called
        thing = None if many else thing_of(things_of(QUERY)["consumer"], row._asdict())
        read = f"read it {fmt.moment(row.last_at, made.look.zone)}"
        made.nodes.setdefault(key, Node(key, label, thing, read))
        made.edges[row.source, key] = Edge(row.source, key, read)


def _said(root: str, away: Mapping[str, int], readers: pd.DataFrame, made: _Picture) -> Finding:
    before, after = sum(step < 0 for step in away.values()), sum(step > 0 for step in away.values())
    seen = int(readers["readers"].sum())
    said = f"{plain(root, 50)} is made from {fmt.counted(before, 'table')} and goes into {after:,}; {seen:,} read them"
    row = made.late.get(root)
    if row is None:
        return Finding(said)
    return Finding(f"{said}; {plain(row.cause, 30)} {row.state}", "act")


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def _cut(graph: Graph) -> list[Note]:
    return [Note(f"Drawn are the {MOST} nearest.")] if graph.left_out else []
