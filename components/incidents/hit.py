"""Who is hit by an incident: who read lately what its things are or write, and whose promise hangs on them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

QUESTION, DAYS, MOST = "dataops.lineage_hops", 30, 20_000  # of lineage; steps of it, as the page of lineage asks
SHOWN = 12  # rows; how many more there are is said
# Steps over which a promise is looked for: who was promised nothing is named where they read it themselves only.
FAR = 4
DOES = ("job", "pipeline")
SPARED = ("right",)  # a right that was taken: the table is as it was
PEOPLE = "people"
COLUMNS = {
    "who": ("Who", "text"), "kind": ("Kind", "code"), "through": ("Reads", "text"), "tables": ("Tables", "count"),
    "last_at": ("Last read", "lately"), "due": ("Promised by", "text"), "steps": ("Steps away", "count"),
}  # fmt: skip
THINGS = {
    "who": ThingColumn("", ("workspace_id", "consumer_id"), "kind"),
    "through": ThingColumn("table", ("through",)),
}
Who = tuple[str, str, str]  # kind, workspace, id


def hit(incident: Any, findings: pd.DataFrame, hops: pd.DataFrame, promised: pd.DataFrame) -> pd.DataFrame:
    """A row for each who is hit, those to whom something is promised first, then by the newest read: ``who``, ``kind``,
    ``workspace_id``, ``consumer_id`` (NULL for people who only read), ``through`` (a table that they read, the first by name),
    ``tables`` (how many), ``readers`` (people at least; else 1), ``last_at`` (UTC), ``due`` ("06:00 Europe/Berlin"; NULL where nothing
    is promised) and ``steps`` (1: they read it themselves).

    ``incident`` and ``findings`` are rows of :mod:`approvals.reading.incidents`, ``hops`` of dataops.lineage_hops (reads of its days
    only), ``promised`` of :func:`approvals.deciding.deadlines.frame`. Of a job whose tables were found broken those count, else all
    that it writes. Further away than one step are only jobs of which a promise was declared.
    """
    due = {(str(row.workspace_id), str(row.job_id)): f"{row.due_time} {row.zone}" for row in promised.itertuples()}
    rows = [row for row in hops.itertuples() if isinstance(row.source, str)]
    doers = _doers(incident, findings)
    tables = _broken(findings) or _written(hops, doers)
    made, known = [], {*doers}
    for steps in range(1, FAR + 1):
        reads: dict[Who, list[Any]] = {}
        for row in rows:
            if row.source in tables and (who := _who(row)) not in known:
                reads.setdefault(who, []).append(row)
        own = [_row(who, read, due, steps) for who, read in reads.items()]
        made += own if steps == 1 else [one for one in own if one["due"] is not None]
        known |= reads.keys()
        tables = {row.target for row in rows if isinstance(row.target, str) and _who(row) in reads} - tables
    made += _themselves(incident, doers, due)
    frame = pd.DataFrame(made, columns=_COLUMNS)
    place = {"first": frame["due"].isna(), "away": frame["steps"]}
    order = ["first", "away", "last_at", "who"]
    frame = frame.assign(**place).sort_values(order, ascending=[True, True, False, True], kind="stable")
    return frame[_COLUMNS].reset_index(drop=True)


_COLUMNS = ["who", "kind", "workspace_id", "consumer_id", "through", "tables", "readers", "last_at", "due", "steps"]


def _doers(incident: Any, findings: pd.DataFrame) -> set[Who]:
    """The jobs and pipelines that it is about."""
    about = [incident, *findings.itertuples()]
    return {(row.type, row.workspace_id, row.thing_id) for row in about if row.type in DOES}


def _broken(findings: pd.DataFrame) -> set[str]:
    """The tables in which something was found wrong, as lineage calls them."""
    return {
        str(row.thing_id).casefold() for row in findings.itertuples() if row.type == "table" and row.sort not in SPARED
    }


def _written(hops: pd.DataFrame, doers: set[Who]) -> set[str]:
    return {row.target for row in hops.itertuples() if isinstance(row.target, str) and _who(row) in doers}


def _who(row: Any) -> Who:
    if not isinstance(row.consumer_id, str):
        return PEOPLE, "", ""
    return row.consumer_kind, row.workspace_id if isinstance(row.workspace_id, str) else "", row.consumer_id


def _row(who: Who, read: Sequence[Any], due: dict[tuple[str, str], str], steps: int) -> dict[str, Any]:
    kind, place, ident = who
    many = kind == PEOPLE
    readers = max(int(one.readers) for one in read)
    name = fmt.counted(readers, "person", "people") if many else str(read[0].consumer)
    return {
        "who": name,
        "kind": "person" if many else kind,
        "workspace_id": place or None,
        "consumer_id": None if many else ident,
        "through": min(one.source for one in read),
        "tables": len({one.source for one in read}),
        "readers": readers if many else 1,
        "last_at": max(one.last_at for one in read),
        "due": due.get((place, ident)) if kind == "job" else None,
        "steps": steps,
    }


def _themselves(incident: Any, doers: Iterable[Who], due: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    """The jobs that are broken themselves, of which something is promised."""
    return [
        {
            "who": incident.name if ident == incident.thing_id else ident,
            "kind": kind,
            "workspace_id": place,
            "consumer_id": ident,
            "through": None,
            "tables": 0,
            "readers": 1,
            "last_at": pd.NaT,
            "due": due[place, ident],
            "steps": 0,
        }
        for kind, place, ident in sorted(doers)
        if kind == "job" and (place, ident) in due
    ]


def hit_by(incident: Any, findings: pd.DataFrame, promised: pd.DataFrame) -> Panel:
    """The panel about who is hit by ``incident``; see :func:`hit`."""

    @panel("Who is hit", height=320)
    def who_is_hit(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
        """Who read in the last 30 days (before it opened, and until it closed) what is broken or was not written: jobs, pipelines,
        dashboards and people, one step away by lineage; further on only jobs of which a deadline is declared. Who could read it and
        did not is not hit."""
        if not has_readers(incident, findings):
            return Empty("Who uses such a thing is on its page: lineage tells it of tables, jobs and pipelines only.")
        rows = hit(incident, findings, frames["lineage_hops"], promised)
        if rows.empty:
            return Empty("Nobody is seen to have read it in 30 days, and no deadline hangs on it.")
        shown = rows.head(SHOWN).assign(who=[plain(one, 120) for one in rows["who"].head(SHOWN)])
        more = len(rows) - len(shown)
        left = [Note(f"And {more:,} more, who read it earlier.")] if more else []
        return [
            Finding(sentence(rows), "act" if rows["due"].notna().any() else "plain"),
            Grid(shown, COLUMNS, things=THINGS),
            *left,
        ]

    return who_is_hit


def has_readers(incident: Any, findings: pd.DataFrame) -> bool:
    """Whether it is about things of which lineage tells who reads them."""
    return not {incident.type, *findings["type"]}.isdisjoint({"table", "run", *DOES})


def sentence(rows: pd.DataFrame) -> str:
    """How many are hit, and whose promise comes first; ``rows`` are of :func:`hit`."""
    said = counts(rows)
    return f"Hit: {said}" if said else "Nobody is hit"


def counts(rows: pd.DataFrame) -> str:
    """:func:`sentence` without its verb; empty where nobody is hit."""
    counts = rows[rows["kind"].ne("person")]["kind"].value_counts()
    people = int(rows[rows["consumer_id"].isna()]["readers"].max() or 0) if rows["consumer_id"].isna().any() else 0
    people += int((rows["kind"].eq("person") & rows["consumer_id"].notna()).sum())
    said = [fmt.counted(int(counts[kind]), kind) for kind in sorted(counts.index)]
    said += (
        [fmt.counted(people, "person", "people") if people == 1 else f"at least {people:,} people"] if people else []
    )
    promises = rows[rows["due"].notna()]
    if len(promises):
        first = promises.iloc[0]
        said.append(f"{fmt.counted(len(promises), 'promise')}, the first {plain(first['who'], 60)} by {first['due']}")
    return ", ".join(said)
