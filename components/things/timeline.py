"""What happened to a thing, in one list: its changes, its runs, what was proposed and decided about it, the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import groupby

import pandas as pd

from approvals.reading.thing_story import Step
from approvals.values.titles import titled
from components.inbox import words
from components.panels.changes import near
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.things.asks import CHANGING
from components.things.jobs import BAD
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import KINDS, Thing, ThingColumn

CHANGES, RUNS = "changes", "runs"  # the frames: rows of things.changes, and finished runs
LOST = "What was proposed and decided about it is missing here: the app's own database did not answer."
COLUMNS = {
    "at": ("When", "time"), "what": ("What", "text"), "name": ("On", "text"), "who": ("By", "text"),
    "proposal": ("Proposal", "text"),
}  # fmt: skip
THINGS = {
    "name": ThingColumn("", ("workspace_id", "thing_id", "last_id"), "kind"),
    "who": ThingColumn("", ("who",), "who_kind"),
    "proposal": ThingColumn("proposal", ("proposal_id",)),
}
LAPTOP = "dev:"  # before the names of people whom nobody has checked: no page knows them


@dataclass(frozen=True)
class Event:
    """A row of the list. ``name`` and what follows say on which thing, where it is not the page's own; ``last_id`` is the id
    of a run, whose ``thing_id`` is its job, else as ``thing_id``."""

    at: dt.datetime
    what: str
    who: str | None = None
    who_kind: str | None = None
    proposal: str | None = None
    proposal_id: str | None = None
    name: str | None = None
    kind: str | None = None
    workspace_id: str | None = None
    thing_id: str | None = None
    last_id: str | None = None
    good: bool = False  # a run that succeeded: several in a row are one line


def timeline(thing: Thing, steps: Sequence[Step] | None, key: str) -> Panel:
    """The panel of what happened to ``thing``, whose frames :data:`CHANGES` and :data:`RUNS` may both be missing. ``steps``
    are those of proposals; None where these could not be read. ``key`` is that of the thing as the target of actions; empty
    where it can be none, so that nothing is ever proposed about it."""

    @panel("What happened", height=440)
    def happened(frames: Frames, look: ViewContext) -> list[Body]:
        """Changes, from what to what and by whom; runs; proposals, votes and what was done: the newest first. Changes and
        runs are those of the period, proposals of all time."""
        changes, runs = frames.get(CHANGES), frames.get(RUNS)
        own = [
            one for one in steps or () if one.what in ("act", "undo") and one.resource_key.casefold() == key.casefold()
        ]
        events = [] if changes is None else list(_changes(changes, thing, own, look))
        caused = {(one.proposal_id, one.at) for one in own if _made(events, one)}
        events += [] if runs is None else list(_runs(runs, thing, look))
        events += [_stepped(one, thing) for one in steps or () if (one.proposal_id, one.at) not in caused]
        missing: list[Body] = [Note(LOST, "unknown")] if steps is None else []
        if not events:
            return [*missing, _nothing(thing, _looked(frames, steps, key), bool(key))]
        rows = _rows(_folded(sorted(events, key=lambda one: one.at, reverse=True), look))
        columns = {name: said for name, said in COLUMNS.items() if name in ("at", "what") or rows[name].notna().any()}
        things = {name: which for name, which in THINGS.items() if name in columns}
        return [_said(changes, runs, steps, key), *missing, Grid(rows, columns, things=things)]

    return happened


def _looked(frames: Frames, steps: Sequence[Step] | None, key: str) -> list[str]:
    """What was looked at."""
    looked = [word for name, word in ((CHANGES, "changes"), (RUNS, "runs")) if name in frames]
    return [*looked, "proposals"] if key and steps is not None else looked


def _nothing(thing: Thing, looked: Sequence[str], proposed: bool) -> Empty:
    """Where nothing is there: because nothing happened, nothing could be read, or nothing is recorded of its kind."""
    if not looked and (proposed or thing.kind in CHANGING):
        return Empty("What happened to it could not be read: 0 sources answered.")
    if not looked:
        return Empty(f"What happened to {KINDS[thing.kind].plural} is recorded nowhere: 0 sources were looked at.")
    return Empty("Nothing is known to have happened to it in this period.", f"Looked at: {', '.join(looked)}.")


def _said(changes: pd.DataFrame | None, runs: pd.DataFrame | None, steps: Sequence[Step] | None, key: str) -> Finding:
    """``3 changes, 28 runs (2 failed), 1 proposal (open)``: of what could be read."""
    told = [] if changes is None else [fmt.counted(len(changes), "change")]
    if runs is not None:
        failed = int(runs["result_state"].isin(BAD).sum())
        told.append(f"{fmt.counted(len(runs), 'run')}" + (f" ({failed:,} failed)" if failed else ""))
    state = {one.proposal_id: one.state for one in steps or ()}
    waiting = sum(one == "open" for one in state.values())
    if steps or (key and steps is not None):
        told.append(f"{fmt.counted(len(state), 'proposal')}" + (f" ({waiting:,} open)" if waiting else ""))
    return Finding(", ".join(told), "watch" if waiting else "plain")


def _changes(changes: pd.DataFrame, thing: Thing, calls: Sequence[Step], look: ViewContext) -> Iterator[Event]:
    """Each with the proposal whose call is nearest in time."""
    for row in changes.to_dict("records"):
        call = near(calls, row["at"])
        made = Event(
            row["at"],
            change_in_words(row["what"], look.names),
            who=row["who"] if isinstance(row["who"], str) else None,
            who_kind="principal",
            proposal=titled(call.title) if call else None,
            proposal_id=call.proposal_id if call else None,
        )
        kind, ident = row["kind"], row["thing_id"]
        if kind == thing.kind and ident.casefold() == thing.id.casefold():
            yield made
        else:
            name = f"{row['name'] if isinstance(row['name'], str) else ident} ({_noun(kind)})"
            yield replace(made, name=name, kind=kind, workspace_id=row["workspace_id"], thing_id=ident, last_id=ident)


def _noun(kind: str) -> str:
    return KINDS[kind].title.lower() if kind in KINDS else kind


def _made(events: Iterable[Event], call: Step) -> bool:
    """Whether a change in ``events`` is what ``call`` did: then it is told once."""
    return any(one.proposal_id == call.proposal_id and near([call], one.at) for one in events)


def _runs(runs: pd.DataFrame, thing: Thing, look: ViewContext) -> Iterator[Event]:
    """``runs`` has run_id, started, elapsed (seconds) and result_state; each is told at its end."""
    job = thing.id.partition("/")[0]
    ended = runs[runs["result_state"].notna() & runs["elapsed"].notna()]
    for row in ended[["run_id", "started", "elapsed", "result_state"]].to_dict("records"):
        state, seconds = row["result_state"], float(row["elapsed"])
        made = Event(
            row["started"] + dt.timedelta(seconds=seconds),
            f"run {in_words(state).lower()} after {fmt.duration(seconds)}",
            name=f"run of {fmt.moment(row['started'], look.zone)}",
            good=state == "SUCCEEDED",
        )
        if thing.kind == "pipeline":  # an update has no page
            yield made
        else:
            yield replace(made, kind="run", workspace_id=thing.workspace, thing_id=job, last_id=row["run_id"])


def _folded(events: Sequence[Event], look: ViewContext) -> Iterator[Event]:
    """``events``, the newest first, with good runs that follow each other in one line, which leads to the newest."""
    for good, part in groupby(events, key=lambda one: one.good):
        several = list(part)
        if good and len(several) > 1:
            since = fmt.moment(several[-1].at, look.zone)
            yield replace(several[0], what=f"{len(several):,} runs succeeded since {since}")
        else:
            yield from several


def _stepped(one: Step, thing: Thing) -> Event:
    """A step of a proposal, about a run where the thing is its job. People on a laptop have no page: nobody has checked
    their names."""
    known = "agent" if one.by_agent else "principal"
    told = Event(
        one.at,
        step_in_words(one.what),
        who=plain(one.who, 80) or ("executor" if one.what in ("act", "undo") else None),
        who_kind=known if one.who and not one.who.startswith(LAPTOP) else None,
        proposal=titled(one.title),
        proposal_id=one.proposal_id,
    )
    place, sort, ident = one.resource_key.split("/", 2)
    if sort != "run" or thing.kind != "job":
        return told
    return replace(told, name=f"run {ident}", kind="run", workspace_id=place, thing_id=thing.id, last_id=ident)


def step_in_words(what: str) -> str:
    """The step in words."""
    sort, _, state = what.partition(".")
    if sort == "vote":
        return words.EVENT[what]
    if sort == "decision":
        return words.VERB.get(state, state).lower()
    if sort == "execution":
        return words.STATE[state].lower()
    return {"act": "began to carry it out", "undo": "began to undo it"}.get(what, what)


def _rows(events: Iterable[Event]) -> pd.DataFrame:
    told = list(events)
    columns = {one.name: [getattr(event, one.name) for event in told] for one in fields(Event)}
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()}).assign(
        at=pd.to_datetime(columns["at"], utc=True)
    )
