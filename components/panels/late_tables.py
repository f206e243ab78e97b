"""DataOps: which tables are late, who waits for them, and what they follow from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.marks import things_in
from components.figures.scatter import Axis, scatter
from components.graph.graph import Edge, Graph, Node
from components.graph.tables import table_node
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes
from things import Thing, ThingColumn, named_by

QUERY = "dataops.freshness"
TABLE = ThingColumn("table", ("table_name",))
WRITER = ThingColumn("", ("workspace_id", "writer_id"), "writer_kind")
# What a button acts on: a run, a job or a pipeline, or the table itself.
ACTS_ON = ThingColumn("", ("workspace_id", "writer_id", "run_id", "table_name"), "act_kind")
BUTTON = Proposes("acts_on", "act")
CAUSE = {"cause": ("Cause", "text"), "state": ("How it stands", "text"), "since": ("Since", "time")}
ACTS = {  # of a writer and how it stands: the kind of action, and of thing
    ("job", "fails"): ("job.repair_run", "run"),
    ("job", "succeeds, writes nothing"): ("job.run_now", "job"),
    ("job", "has not run since"): ("job.run_now", "job"),
    ("job", "was cancelled"): ("job.run_now", "job"),
    ("pipeline", "fails"): ("pipeline.refresh", "pipeline"),
    ("pipeline", "succeeds, writes nothing"): ("pipeline.refresh", "pipeline"),
    ("pipeline", "has not run since"): ("pipeline.refresh", "pipeline"),
    ("pipeline", "was cancelled"): ("pipeline.refresh", "pipeline"),
}
DRAWN_TABLES, DRAWN_READERS, DRAWN_CAUSES = 4, 2, 6  # of a cause, of a table, of all


@panel("Which late table hurts most", height=360, waits=700)
def late_tables(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """How long each table is beyond the habit of its own writes, and how many read it since: they got the old one. Those who
    came before it was late do not count. As far as lineage has come."""
    every, late = frames["freshness"], frames["late"]
    if late.empty:
        return [_none_late(every)]
    rows = with_acts(late)
    first = rows.iloc[0]
    said = Finding(
        f"{plain(first['table_name'], 80)} is {_for(first['hours'])} beyond its habit and "
        f"{fmt.counted(int(first['readers']), 'reader')} came since; "
        f"{fmt.counted(int(first['late']), 'table is', 'tables are')} late",
        "act",
    )
    drawn = rows.assign(told=[f"{row.cause} {row.state}" for row in rows.itertuples()], seconds=rows["hours"] * 3600)
    drawn = drawn.loc[drawn.duplicated(["seconds", "readers"]).sort_values(kind="stable").index]  # named ones lie apart
    figure = scatter(
        drawn,
        look,
        x=Axis("seconds", "seconds", "beyond its habit"),
        y=Axis("readers", "count", "readers since"),
        label="table_name",
        detail="told",
        thing=TABLE,
        height=300,
    )
    first_columns = labelled(QUERY, ("table_name", "hours", "readers"))
    rest = labelled(QUERY, ("last_written", "habit", "owner"))
    columns = {**first_columns, "readers": ("Readers", "count"), **CAUSE, "propose": ("", "text"), **rest}
    things = {**_shown(things_of(QUERY), columns), "cause": WRITER, "acts_on": ACTS_ON}
    return [said, _judged(every), figure, Grid(rows, columns, things=things, proposes={"propose": BUTTON})]


@panel("One cause or many", height=320, waits=620)
def late_causes(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """What became of who writes each late table: it fails, was cancelled, is paused, did not run, or succeeds, writes nothing;
    else the late table that it is made from. Where nothing is recorded, that is said."""
    causes, late = frames["causes"], frames["late"]
    if causes.empty:
        return [_none_late(frames["freshness"])]
    first = causes.iloc[0]
    count = fmt.counted(len(causes), "cause")
    said = Finding(
        f"{count}, {len(late):,} late tables: {plain(first['cause'], 60)} {first['state']} and makes "
        f"{int(first['tables']):,} of them late",
        "act",
    )
    rows = with_acts(causes)
    columns = {
        **CAUSE,
        "tables": ("Tables late", "count"),
        "readers": ("Readers since", "count"),
        "table_name": ("Most of all", "text"),
        "propose": ("", "text"),
    }
    things = {"cause": WRITER, "table_name": TABLE, "acts_on": ACTS_ON}
    return [said, _graph(causes, late, look), Grid(rows, columns, things=things, proposes={"propose": BUTTON})]


def late_said(frames: Frames, look: ViewContext) -> Said:
    """The part of the first row about late tables."""
    late, causes = frames["late"], frames["causes"]
    if late.empty:
        return Said(f"none of {_count(frames['freshness'], 'judged'):,} tables with a habit is late", "ok")
    waiting = {one for some in late["waiting"].dropna() for one in some.split(",")}
    first = causes.iloc[0]
    why = f"; {plain(first['cause'], 60)} explains {int(first['tables']):,}" if len(late) > 1 else ""
    tables = fmt.counted(len(late), "table is", "tables are")
    names = (name_in(first, "cause", WRITER),) if why else ()
    return Said(
        f"{tables} late and {fmt.counted(len(waiting), 'reader waits', 'readers wait')} on them{why}", "act", names
    )


def with_acts(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with the ``act`` that fits how their writer stands, what it ``acts_on`` and the word on its button."""
    found = [ACTS.get((str(row.writer_kind), str(row.state)), ("ticket.open", "table")) for row in rows.itertuples()]
    rows = rows.assign(
        act=pd.Series([act for act, _ in found], rows.index, dtype=object),
        act_kind=pd.Series([kind for _, kind in found], rows.index, dtype=object),
    )
    return rows.assign(
        acts_on=rows["table_name"].where(rows["act_kind"] == "table", rows["cause"]),
        propose="Propose",
    )


def _graph(causes: pd.DataFrame, late: pd.DataFrame, look: ViewContext) -> Graph:
    """The causes that make most late, with the tables that hurt most and some of who came since."""
    nodes, edges = dict[str, Node](), dict[tuple[str, str], Edge]()
    drawn = causes.head(DRAWN_CAUSES)
    keys = pd.Series([_key(one) for one in late.itertuples()], late.index, dtype=object)
    causing: list[Any] = list(drawn.itertuples())
    for row, who in zip(causing, things_in(drawn, WRITER), strict=True):
        key, rest = _key(row), late[keys == _key(row)]
        detail = f"{row.state}, since {fmt.moment(row.since, look.zone)}"
        nodes[key] = Node(key, row.cause, who, detail, broken=True)
        for table in rest.head(DRAWN_TABLES).itertuples():
            _add_table(table, key, set(late["table_name"]), look, nodes, edges)
        if len(rest) > DRAWN_TABLES:
            nodes[f"{key} rest"] = Node(f"{key} rest", f"and {len(rest) - DRAWN_TABLES:,} more")
            edges[key, f"{key} rest"] = Edge(key, f"{key} rest", broken=True)
    alt = f"{len(drawn)} of {fmt.counted(len(causes), 'cause')}, the tables that hurt most and who came since"
    return Graph(list(nodes.values()), list(edges.values()), alt)


def _add_table(
    table: Any, cause: str, late: set[str], look: ViewContext, nodes: dict[str, Node], edges: dict[Any, Edge]
) -> None:
    """A late table behind its ``cause``, or behind the late table that the cause came through, before some of its readers."""
    name = table.table_name
    through = table.follows if table.follows in late and table.follows != name else ""
    since = f"late since {fmt.moment(table.due, look.zone)}"
    nodes[name] = table_node(name, since, broken=True)
    if through:
        nodes.setdefault(through, table_node(through, "late, before it", broken=True))
        edges[cause, through] = Edge(cause, through, broken=True)
    edges[through or cause, name] = Edge(through or cause, name, f"{_for(table.hours)} beyond its habit", broken=True)
    for reader in _readers(table.waiting)[:DRAWN_READERS]:
        nodes.setdefault(reader.key, reader)
        edges[name, reader.key] = Edge(name, reader.key, "came since")


def _readers(waiting: Any) -> list[Node]:
    """Readers as dataops.freshness writes them: kind/workspace/id/name, with commas between."""
    found = [one.split("/", 3) for one in waiting.split(",")] if isinstance(waiting, str) else []
    return [
        Node(f"{kind}/{place}/{ident}", _called(kind, ident, name), _reader(kind, place, ident), "came since")
        for kind, place, ident, name in found
    ]


def _called(kind: str, ident: str, name: str) -> str:
    """What has no name but its id says what it is."""
    return f"{kind} {ident}" if name == ident and kind != "person" else name


def _reader(kind: str, place: str, ident: str) -> Thing | None:
    return named_by("principal", [ident]) if kind == "person" else named_by(kind, [place, ident])


def _key(row: Any) -> str:
    return f"{row.writer_kind}/{row.workspace_id}/{row.writer_id}/{row.state}"


def _none_late(every: pd.DataFrame) -> Body:
    judged, unjudged = _count(every, "judged"), _count(every, "unjudged")
    return Empty(f"No table of {judged:,} with a habit is late; {unjudged:,} have too few writes for one.")


def _judged(every: pd.DataFrame) -> Note:
    return Note(
        f"{_count(every, 'judged'):,} tables have a habit; {_count(every, 'unjudged'):,} have too few writes for one."
    )


def _count(every: pd.DataFrame, name: str) -> int:
    return int(every[name].iloc[0]) if len(every) else 0


def _for(hours: float) -> str:
    return fmt.duration(float(hours) * 3600)


def _shown(things: Any, columns: Any) -> dict[str, ThingColumn]:
    return {name: thing for name, thing in things.items() if name in columns}
