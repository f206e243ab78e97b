"""DataOps: what a column is made from, what is made from it, and who uses it, over many steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.graph.around import around
from components.graph.graph import Edge, Graph, Node
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import named_by, thing_of

QUERY, LEVELS = "dataops.column_hops", 6


def column_lineage_of(find: str) -> Panel:
    """The panel about the column called ``find`` (its table, a point, its own name, or a part), else the one that is used most."""

    @panel("What a column is made from, and what needs it", height=420, waits=760)
    def column_lineage(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
        """By column lineage of 30 days alone: what table lineage tells of a table is never taken for its columns. Left what the
        column is written from, right what is written from it and who reads it. Who reads or writes by the path of files
        leaves no column: they are not here."""
        hops = _keyed(frames["column_hops"])
        root = chosen(hops, find)
        if not root:
            return Empty(
                f"No column of {hops['from'].nunique():,} in 30 days of column lineage is called {plain(find, 60)}."
            )
        steps = hops[hops["to"].notna()]
        away = around(root, zip(steps["from"], steps["to"], strict=True), LEVELS)
        near = steps[steps["from"].isin(away) & steps["to"].isin(away)]
        near = near[near["to"].map(away) > near["from"].map(away)]
        readers = hops[hops["to"].isna() & hops["from"].map(away).ge(0)]
        said = _said(root, away, near, readers)
        graph = _graph(root, away, near, readers, said.text, look)
        rows = pd.concat([near, readers])
        ends = rows["from"].map(away), rows["to"].map(away).fillna(rows["from"].map(away) + 1)
        rows = rows.assign(steps=pd.concat([one.abs() for one in ends], axis=1).max(axis=1).astype("int64"))
        rows = rows.sort_values(["steps", "last_at"], ascending=[True, False], kind="stable")
        columns = {**labelled(QUERY), "steps": ("Steps away", "count")}
        cut = [Note(graph.left_out)] if graph.left_out else []
        return [said, graph, *cut, Grid(rows, columns, things=things_of(QUERY))]

    return column_lineage


def _keyed(hops: pd.DataFrame) -> pd.DataFrame:
    """``hops`` with the names of both columns in full: ``from`` and ``to``."""
    return hops.assign(
        **{"from": hops["source"] + "." + hops["source_column"], "to": hops["target"] + "." + hops["target_column"]}
    )


def chosen(hops: pd.DataFrame, find: str) -> str:
    """The column that is called ``find`` in full, else the one most used of those whose full name has it."""
    names = pd.concat([hops["from"], hops["to"]]).dropna()
    word = find.strip().lower()
    counts = names[names.str.contains(word, regex=False)].value_counts()
    if counts.empty:
        return ""
    return word if word in counts.index else str(min(counts.index, key=lambda one: (-counts[one], one)))


def _graph(
    root: str, away: Mapping[str, int], near: pd.DataFrame, readers: pd.DataFrame, alt: str, look: ViewContext
) -> Graph:
    nodes = {name: _column(name, name == root) for name in away}
    edges = dict[tuple[str, str], Edge]()
    for hop in _rows(near):
        says = f"{hop.consumer_kind} {hop.consumer}, last {fmt.moment(hop.last_at, look.zone)}"
        edges[hop.start, hop.to] = Edge(hop.start, hop.to, says)
    for row in _rows(readers):
        many = not isinstance(row.consumer_id, str)
        key = f"people/{row.start}" if many else f"{row.consumer_kind}/{row.workspace_id}/{row.consumer_id}"
        called = row.consumer if row.consumer != row.consumer_id else f"{row.consumer_kind} {row.consumer}"
        label = fmt.counted(int(row.readers), "person", "people") if many else called
        read = f"read it {fmt.moment(row.last_at, look.zone)}"
        thing = None if many else thing_of(things_of(QUERY)["consumer"], row._asdict())
        nodes.setdefault(key, Node(key, label, thing, read))
        edges[row.start, key] = Edge(row.start, key, read)
    return Graph(list(nodes.values()), list(edges.values()), alt)


def _column(name: str, is_root: bool) -> Node:
    """A column by its own name, below it its table, which it leads to."""
    table, _, own = name.rpartition(".")
    return Node(name, own, named_by("table", [table]), table, chosen=is_root, spoken=name)


def _said(root: str, away: Mapping[str, int], near: pd.DataFrame, readers: pd.DataFrame) -> Finding:
    before, after = sum(step < 0 for step in away.values()), sum(step > 0 for step in away.values())
    behind = near[near["from"].map(away).ge(0)]
    users = pd.concat([behind, readers[readers["consumer_id"].notna()]])
    apart = users.drop_duplicates(["consumer_kind", "workspace_id", "consumer_id"])["consumer_kind"].value_counts()
    people = int(readers.loc[readers["consumer_id"].isna(), "readers"].sum())
    parts = [
        fmt.counted(int(apart.get(kind, 0)), kind) for kind in ("job", "pipeline", "dashboard") if apart.get(kind, 0)
    ]
    parts += [fmt.counted(people, "person", "people")] if people else []
    who = f"; {', '.join(parts)} need it" if parts else "; nobody is seen to need it"
    return Finding(f"{plain(root, 50)} is made from {fmt.counted(before, 'column')} and goes into {after:,}{who}")


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.rename(columns={"from": "start"}).itertuples())
