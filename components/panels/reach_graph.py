"""GovernanceOps: the paths of Reach as a graph, from people through groups to what their grants stand on, and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.graph.graph import Edge, Graph, Node
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn, thing_of

FROM = ThingColumn("", ("start_id",), "start_kind")
TO = ThingColumn("", ("end_id",), "end_kind")
COLUMNS = {
    "from": ("From", "text"),
    "says": ("How", "text"),
    "to": ("To", "text"),
    "many": ("People and services", "count"),
}
PLACES = ("metastore", "catalog", "schema", "table", "view", "volume", "function", "model")
HOW = "A click on a person, a group or a securable shows what is granted to it, or on it."


@panel("By which groups and grants", height=420, waits=760)
def reach_graph(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The same paths, from left to right: who is in which group, and on what a grant stands. People of one group are one node;
    what everybody holds is heavy. Grants that only let in (USE, BROWSE) are not drawn."""
    asked = frames["asked"].iloc[0]
    if "hop_edges" not in frames or frames["hop_edges"].empty:
        every = fmt.counted(int(frames["coverage"].iloc[0]["grants"]), "grant")
        return [Empty(f"0 of {every} lead to what was typed.", "Type the full name of a securable, or of a holder.")]
    nodes, edges = frames["hop_nodes"].set_index("key"), frames["hop_edges"]
    told = nodes.assign(
        label=[_label(row, look) for row in nodes.itertuples()],
        thing_kind=nodes["kind"].replace({"group": "principal", "person": "principal"}),
    )
    said = _said(asked, frames["reached"], nodes, edges, look)
    graph = Graph(
        [_node(str(row.Index), row) for row in told.itertuples()],
        [Edge(str(a), str(b), str(how), bool(all_)) for a, b, how, all_ in edges.itertuples(index=False, name=None)],
        said,
    )
    here, places = int(nodes["kind"].isin(PLACES).sum()), int(frames["reached"]["place"].nunique(dropna=False))
    wide = f"Drawn are the {here:,} of {places:,} places that open most. " if asked["who"] and places > here else ""
    return [Finding(said), graph, Note(f"{wide}{HOW}"), _grid(told, edges)]


def _said(asked: pd.Series, found: pd.DataFrame, nodes: pd.DataFrame, edges: pd.DataFrame, look: ViewContext) -> str:
    """How many groups and people hold what leads there."""
    groups = fmt.counted(int((nodes["kind"].eq("group") & ~nodes["is_root"]).sum()), "group")
    given = edges[edges["end"].map(nodes["kind"]).isin(PLACES)]
    if asked["who"]:
        places = fmt.counted(int(found["place"].nunique(dropna=False)), "place")
        return f"{plain(look.names.called(asked['who']), 60)} comes to {places}, with {groups} on the way"
    own = nodes.loc[given["start"].unique()]
    named = int(own["kind"].eq("person").sum() + own.loc[own["kind"].eq("people"), "many"].sum())
    people = fmt.counted(named, "person or service", "people and services")
    return f"{plain(asked['place'], 60)}: {groups} and {people} by name hold what leads to it"


def _label(row: object, look: ViewContext) -> str:
    kind, name, many = row.kind, row.name, int(row.many)  # type: ignore[attr-defined]
    if kind == "people":
        return fmt.counted(many, "person or service", "people and services")
    if kind == "metastore":
        return "the metastore"
    return look.names.called(name) if kind == "person" else str(name)


def _node(key: str, row: object) -> Node:
    kind, label = str(row.kind), str(row.label)  # type: ignore[attr-defined]
    detail = {"group": f"group of {int(row.many):,}", "people": "", "person": ""}.get(kind, kind)  # type: ignore[attr-defined]
    above = label.rpartition(".")[0]
    detail += f" in {above}" if above and kind in PLACES else ""
    thing = thing_of(ThingColumn("", ("name",), "thing_kind"), {"name": row.name, "thing_kind": row.thing_kind})  # type: ignore[attr-defined]
    own = label.rpartition(".")[2] if kind not in ("group", "person", "people") else label
    return Node(key, own, thing, detail, chosen=bool(row.is_root), spoken=label)  # type: ignore[attr-defined]


def _grid(nodes: pd.DataFrame, edges: pd.DataFrame) -> Grid:
    start, end = nodes.loc[edges["start"]], nodes.loc[edges["end"]]
    rows = pd.DataFrame(
        {
            "from": start["label"].to_numpy(), "start_id": start["name"].to_numpy(), "start_kind": start["thing_kind"].to_numpy(),
            "says": edges["says"].to_numpy(), "to": end["label"].to_numpy(), "end_id": end["name"].to_numpy(),
            "end_kind": end["thing_kind"].to_numpy(), "many": start["many"].where(start["many"] > 0).to_numpy(),
        }
    )  # fmt: skip
    return Grid(rows, COLUMNS, things={"from": FROM, "to": TO})
