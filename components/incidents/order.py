"""What happened around an incident, in order: changes, failed runs, findings, proposals and decisions, each in its lane. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

import pandas as pd

from approvals.reading.incidents import thing_at
from approvals.reading.thing_story import Step
from approvals.values.titles import titled
from components.figures.event_lanes import event_lanes
from components.incidents.known import Known
from components.incidents.words import called, each
from components.ledger.told import what as told
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.things.jobs import BAD
from components.things.timeline import step_in_words
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Finding, Frames, Grid, Note
from dimensions import DIMENSIONS
from things import Thing, ThingColumn

ACCESS, COMPUTE, DATA, PIPELINES, MODELS, MONEY, DECISIONS = LANES = (
    "Access", "Compute", "Data", "Pipelines", "Models and agents", "Money", "Decisions",
)  # fmt: skip
MOST_THINGS = 4  # whose changes are asked
BEFORE = dt.timedelta(days=3)  # of the onset, from which changes are shown
RUNS, CHANGES, BETWEEN, WEIGHED = "runs", "changes", "run_changes", "hypotheses"  # the frames
COLUMNS = {
    "at": ("When", "time"), "lane": ("Lane", "text"), "what": ("What", "long"), "name": ("On", "text"), "who": ("By", "text"),
}  # fmt: skip
THING = ThingColumn("", ("workspace_id", "thing_id", "last_id"), "kind")
_OF_KIND = {
    "cluster": COMPUTE, "warehouse": COMPUTE, "job": PIPELINES, "pipeline": PIPELINES, "principal": ACCESS, "endpoint": MODELS,
    "model": MODELS,
}  # fmt: skip
# The lane of what an agent found, by its dimension, in their order.
_OF_DIMENSION = dict(zip(DIMENSIONS, (COMPUTE, DATA, PIPELINES, ACCESS, MODELS, MODELS, MONEY, ACCESS), strict=True))


@dataclass(frozen=True)
class Event:
    """One mark. ``name`` and what follows say on which thing; ``ours`` is what agents and people said, not what happened;
    ``change`` is a recorded change, ``cause`` one that explains it most likely."""

    at: dt.datetime
    lane: str
    what: str
    name: str | None = None
    who: str | None = None
    kind: str | None = None
    workspace_id: str | None = None
    thing_id: str | None = None
    last_id: str | None = None
    ours: bool = False
    change: bool = False
    cause: bool = False


def in_order(row: Any, shown: Known) -> Panel:
    """The panel of what happened around the incident of ``row``, of which ``shown`` has what the store knows. Its frames may all be
    missing: rows of things.changes in those whose name begins with :data:`CHANGES`, finished runs of its cause, what changed before
    the first one that failed, and the hypotheses about that."""

    @panel("What happened in order", height=320, waits=700)
    def in_order(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Changes of the things that are broken, failed runs, what agents found (rings), proposals and decisions (rings). Red is
        what most likely led to it, where something recorded does. Order by clock is no cause: sources arrive late, each by its own
        time."""
        since, failed = onset(row, frames.get(RUNS))
        happened = sorted({*_from_sources(frames, row, look)}, key=_place)
        every = sorted([*happened, *_from_store(shown)], key=lambda one: one.at)
        events = [one for one in every if _within(one, since, row)]
        rows = _frame(events)
        words = "first failure" if failed else "first found"
        drawn = event_lanes(
            rows.assign(text=_hover(rows)),
            look,
            at="at",
            lane="lane",
            lanes=LANES,
            text="text",
            hollow="ours",
            flagged="cause",
            since=(since, words),
            thing=THING,
        )
        known = {name: said for name, said in COLUMNS.items() if rows[name].notna().any()}
        return [
            _said(events, since, words),
            drawn,
            _lag(frames, look, len(broken(row, shown))),
            Grid(rows, known, things={"name": THING}),
        ]

    return in_order


def broken(row: Any, shown: Known) -> list[Thing]:
    """The things of an incident that have a page: its cause first, then what was found, in order."""
    return list(dict.fromkeys(filter(None, map(thing_at, [row, *each(shown.findings)]))))


def onset(row: Any, runs: pd.DataFrame | None) -> tuple[dt.datetime, bool]:
    """When it began, and whether that is the first failed run of its cause: else it is when an agent found it first."""
    first = None if runs is None else first_failed(runs, row.opened_at)
    return (row.opened_at, False) if first is None else (_ended(first), True)


def first_failed(runs: pd.DataFrame, until: dt.datetime) -> dict[Any, Any] | None:
    """The first of the failed runs in a row that were the newest ``until`` (UTC) an incident opened: ``runs`` has run_id, started,
    elapsed (seconds) and result_state. None where the newest did not fail."""
    ended = [
        one for one in runs.sort_values("started", ascending=False).to_dict("records") if fmt.known(one["elapsed"])
    ]
    first = None
    for one in (one for one in ended if _ended(one) <= until):
        if one["result_state"] not in BAD:
            break
        first = one
    return first


def _ended(run: dict[Any, Any]) -> dt.datetime:
    started: dt.datetime = run["started"]
    return started + dt.timedelta(seconds=float(run["elapsed"]))


def _place(one: Event) -> tuple[dt.datetime, str, str, str]:
    """Sources have no order within a second; what the store tells, has."""
    return one.at, one.lane, one.what, one.name or ""


def _within(one: Event, since: dt.datetime, row: Any) -> bool:
    """Whether it lies between what may have led to it and its end."""
    end = row.closed_at if row.reason else None
    return (since - BEFORE <= one.at and (end is None or one.at <= end)) or one.cause


def _from_sources(frames: Frames, row: Any, look: ViewContext) -> Iterator[Event]:
    likely = _likely(frames.get(WEIGHED))
    for name, frame in frames.items():
        if name == BETWEEN or name.startswith(CHANGES):
            yield from (_change(one, likely, look) for one in frame.to_dict("records"))
    runs = frames.get(RUNS)
    if runs is not None:
        yield from _runs(runs, row)


def _likely(weighed: pd.DataFrame | None) -> tuple[str, str] | None:
    """The thing and the words of the change that most likely led to it."""
    if weighed is None or weighed.empty:
        return None
    first = weighed.iloc[0]
    there = first["standing"] == "likely" and isinstance(first["thing_id"], str)
    return (first["thing_id"], str(first["support"])) if there else None


def _change(one: dict[Any, Any], likely: tuple[str, str] | None, look: ViewContext) -> Event:
    what, kind, ident = str(one["what"]), str(one["kind"]), str(one["thing_id"])
    right = " granted to " in what or " taken from " in what
    return Event(
        at=pd.Timestamp(one["at"]).to_pydatetime(),
        lane=ACCESS if right else _OF_KIND.get(kind, DATA),
        what=plain(change_in_words(what, look.names), 200),
        name=plain(one["name"] if isinstance(one["name"], str) else ident, 120),
        who=plain(look.names.called(one["who"]), 80) if isinstance(one["who"], str) else None,
        kind=kind,
        workspace_id=one["workspace_id"],
        thing_id=ident,
        last_id=ident,
        change=True,
        cause=likely is not None and likely[0] == ident and likely[1].startswith(what),
    )


def _runs(runs: pd.DataFrame, row: Any) -> Iterator[Event]:
    """Those that failed, and the last good one before; an update of a pipeline has no page."""
    good = False
    for one in runs.sort_values("started", ascending=False).to_dict("records"):
        bad = one["result_state"] in BAD
        if not fmt.known(one["elapsed"]) or (not bad and (good or _ended(one) > row.opened_at)):
            continue
        good = good or not bad
        state = in_words(one["result_state"]).lower()
        of_job = row.type == "job"
        yield Event(
            pd.Timestamp(_ended(one)).to_pydatetime(),
            PIPELINES,
            f"run: {state}" if bad else f"last good run before: {state}",
            name=called(row),
            kind="run" if of_job else row.type,
            workspace_id=row.workspace_id,
            thing_id=row.thing_id,
            last_id=one["run_id"] if of_job else row.thing_id,
        )


def _from_store(shown: Known) -> Iterator[Event]:
    """What agents found, then what was done; of one moment in its order."""
    by_agent = groupby(
        each(shown.findings.sort_values(["agent", "first_at"])), key=lambda one: (one.agent, one.first_at)
    )
    for (agent, at), part in by_agent:
        several = list(part)
        more = f" and {len(several) - 1:,} more" if len(several) > 1 else ""
        yield Event(
            at,
            _OF_DIMENSION.get(agent.partition(".")[0], DATA),
            f"found: {plain(several[0].said, 160)}",
            name=f"{called(several[0])}{more}",
            who=plain(agent, 64),
            ours=True,
        )
    for one in shown.steps:
        words = ": ".join(filter(None, (told(one.event), plain(one.words, 160))))
        yield Event(one.at, DECISIONS, words, who=plain(one.who, 80) or None, ours=True)
    yield from map(_step, reversed(shown.story))


def _step(one: Step) -> Event:
    return Event(
        one.at,
        DECISIONS,
        step_in_words(one.what),
        name=plain(titled(one.title), 120),
        who=plain(one.who, 80) or None,
        kind="proposal",
        last_id=one.proposal_id,
        ours=True,
    )


def _said(events: Sequence[Event], since: dt.datetime, words: str) -> Finding:
    """What came before it began, and by how long; the cause first."""
    changes = [one for one in events if one.change and one.at <= since]
    cause = next((one for one in changes if one.cause), None)
    if cause is not None:
        return Finding(
            f"{plain(cause.what, 60)}: {fmt.age(since - cause.at)} before the {words}, its likely cause", "act"
        )
    if changes:
        last = changes[-1]
        counted = fmt.counted(len(changes), "change")
        return Finding(
            f"{counted} before the {words}, the last {fmt.age(since - last.at)} before; none is known to be its cause"
        )
    return Finding(f"0 changes of its things are recorded before the {words}")


def _lag(frames: Frames, look: ViewContext, things: int) -> Note:
    """How far the sources reach, and of how many things nothing was asked."""
    until: dict[str, dt.datetime] = {}
    for name, one in frames.coverage.items():
        sort = RUNS if name == RUNS else CHANGES if name == BETWEEN or name.startswith(CHANGES) else ""
        if sort and one.until is not None:
            until[sort] = min(one.until, until.get(sort, one.until))
    known = [f"{sort} up to {fmt.moment(end, look.zone)}" for sort, end in sorted(until.items())]
    reach = f" Known are {' and '.join(known)}: what came later is not in the sources yet." if known else ""
    more = f" Changes of {things - MOST_THINGS:,} further things are not asked." if things > MOST_THINGS else ""
    return Note(f"Order by clock is not cause.{reach}{more}")


def _hover(rows: pd.DataFrame) -> list[str]:
    parts = zip(rows["what"], rows["name"], rows["who"], strict=True)
    return ["".join((what, f" · {name}" if name else "", f" · by {who}" if who else "")) for what, name, who in parts]


def _frame(events: Iterable[Event]) -> pd.DataFrame:
    listed = list(events)
    columns = {one.name: [getattr(event, one.name) for event in listed] for one in fields(Event)}
    made = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    return made.assign(at=pd.to_datetime(columns["at"], utc=True), ours=columns["ours"], cause=columns["cause"])
