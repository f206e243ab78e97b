"""What changed, as a feed, and which proposal did it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import pandas as pd

from approvals.reading.effects import Effect
from approvals.values.titles import titled
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.names import told_apart
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Leading
from queries.catalogue import catalogue
from things import KINDS, ThingColumn

AFTER = dt.timedelta(minutes=5)  # a change is at most so long after the call that made it
BEFORE = dt.timedelta(minutes=1)  # clocks differ
_WITHIN = [key for key, kind in KINDS.items() if kind.in_workspace]  # others have one name in the whole account
WORTH = (Lead("Value", "value.py", "Worth", "promised"), Lead("By hand", "value.py", "By hand", "by_hand"))
NAMELESS = "By –: the tables that tell of it name nobody"
ADDED = {"proposal_title": ("Proposal", "text")}


def with_proposals(changes: pd.DataFrame, done: Iterable[Effect]) -> pd.DataFrame:
    """``changes`` with ``proposal_id`` and ``proposal_title`` of the call to the same thing that is nearest in time; None
    where none is near. Names of Unity Catalog are compared in small letters."""
    calls: dict[str, list[Effect]] = {}
    for one in done:
        calls.setdefault(one.resource_key.casefold(), []).append(one)
    found = [
        near(calls.get(f"{place}/{kind}/{key}".casefold(), ()), at)
        for place, kind, key, at in zip(
            changes["workspace_id"], changes["kind"], changes["thing_id"], changes["at"], strict=True
        )
    ]
    said = {
        "proposal_id": [one and one.proposal_id for one in found],
        "proposal_title": [one and titled(one.title) for one in found],
    }
    return changes.assign(**{name: pd.Series(values, changes.index, dtype=object) for name, values in said.items()})


class Call(Protocol):
    """A call to the workspace, announced ``at`` (UTC)."""

    @property
    def at(self) -> dt.datetime: ...


C = TypeVar("C", bound=Call)


def near(calls: Iterable[C], at: dt.datetime) -> C | None:
    """The one of ``calls`` to a thing that made the change of it at ``at``: the nearest in time; None where none is near."""
    within = [one for one in calls if -BEFORE <= at - one.at <= AFTER]
    return min(within, key=lambda one: abs(at - one.at), default=None)


@panel("What changed", height=420)
def changes(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Most slowdowns, failures and cost steps begin with a change."""
    frame = frames["changes"]
    if frame.empty:
        return Empty(
            "Nothing changed in this time: 7 kinds of things were looked at.",
            "Jobs, pipelines, clusters, warehouses, serving endpoints, privileges and permissions.",
        )
    if "proposal_id" not in frame:
        frame = with_proposals(frame, ())
    names, things = _things(frame)
    query = catalogue()["overview.changes"]
    table = Grid(
        frame.assign(name=names, what=_said(frame, look)),
        {**labelled(query.name), **ADDED},
        NAMELESS if frame["who"].isna().any() else "",
        things={**query.things, "proposal_title": ThingColumn("proposal", ("proposal_id",))},
    )
    ours = int(frame["proposal_id"].notna().sum())
    said = Finding(f"{fmt.counted(len(frame), 'change')} of {things}, {ours:,} by proposals")
    return [said, table, Leading("What changes were worth, by proposals and by hand, is measured.", leads=WORTH)]


def _said(frame: pd.DataFrame, look: ViewContext) -> pd.Series:
    """What was changed, in words."""
    return frame["what"].map(lambda what: change_in_words(what, look.names), na_action="ignore")


def _things(frame: pd.DataFrame) -> tuple[pd.Series, str]:
    """What was changed, by names that tell it apart, and how many things that are."""
    within = frame["workspace_id"].where(frame["kind"].isin(_WITHIN), "")
    names = told_apart(frame["name"], within, frame["thing_id"], frame["kind"])
    return names, fmt.counted(len(frame[["kind", "thing_id"]].assign(place=within).drop_duplicates()), "thing")


@panel("What changed since the last good run", height=240)
def between(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """In the job, the compute it used and the tables it reads and writes, up to the end of this run; and which job that writes what
    it reads had failed when it started."""
    frame, query = frames["run_changes"], "pipelineops.run_changes"
    if frame.empty:
        return Empty(
            "0 changes of the job, its compute and its tables since the last good run.",
            "Code is not seen, and what a job reads by its path leaves no lineage.",
        )
    names, things = _things(frame)
    said = f"{fmt.counted(len(frame), 'change')} of {things} between the last good run and this one"
    return [
        Finding(said),
        Grid(frame.assign(name=names, what=_said(frame, look)), labelled(query), things=things_of(query)),
    ]
