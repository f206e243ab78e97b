"""GovernanceOps: what the page asks of access as rules, each with how much of what it speaks of could be looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from components.panels import attempts as tries
from components.panels.privileges import EVERYBODY, URGENT, sorted_out
from components.panels.sensitive import BARE
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Finding, Frames, Grid, Note, Sets
from spelling import folded
from warehouse.coverage import Coverage

HOLDS, BROKEN, UNKNOWN = "holds", "does not hold", "not measured"
ENOUGH = 0.9  # of what a rule speaks of has to be looked at before "nothing found" means that it holds
COLUMNS = {
    "rule": ("Rule", "text"), "result": ("Result", "text"), "found": ("Found", "text"), "part": ("Looked at", "share"),
    "of": ("Of", "text"), "days": ("Days", "text"), "lead": ("", "text"),
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What a rule came to: ``bad`` of the ``seen`` things stand against it; there are ``all`` of what it speaks of, called
    ``of``. ``name`` is that of the frame it is read from, ``view`` where its rows are."""

    rule: str
    name: str
    view: str
    bad: int
    seen: int
    all: int
    of: str


def rules(frames: Frames) -> Iterator[Rule]:
    """Every rule of which the frames are there."""
    if {"grants", "broad", "coverage"} <= frames.keys():
        given, groups = int(frames["coverage"].iloc[0]["grants"]), frames["coverage"].iloc[0]
        public = sum(folded(one) in EVERYBODY for one in frames["broad"]["grantee"])
        yield Rule("Nothing is granted to everybody", "grants", "Reach", public, given, given, "grants")
        known, every = int(groups["known"]), int(groups["groups"])
        if "stronger" in frames:
            able = int((frames["stronger"]["privilege"] == "MANAGE").sum())
            said = "Nobody can open to themselves by MANAGE what they do not read"
            yield Rule(said, "grants", "Reach", able, known, every, "groups that hold something")
    if "privilege_changes" in frames:
        changes = frames["privilege_changes"]
        sorts = sorted_out(changes)["sort"]
        urgent, many = int(sorts.isin(URGENT).sum()), len(changes)
        said = "Nobody gives rights to themselves or to everybody"
        yield Rule(said, "privilege_changes", "Changes", urgent, many, many, "changes of rights")
        told = "proposal_id" in changes  # else the app's own database did not say which proposals did what
        outside = int(changes["proposal_id"].isna().sum()) if told else 0
        said = "Rights change by proposals only"
        yield Rule(said, "privilege_changes", "Changes", outside, many if told else 0, many, "changes of rights")
    if "attempts" in frames:
        tried = tries.judged(frames["attempts"])
        judged = int((tried["usual"].notna() | tried["odd"]).sum())
        said = "Nobody tries far more often than usual"
        yield Rule(said, "attempts", "Attempts", int(tried["odd"].sum()), judged, len(tried), "subjects with a usual")
    if "sensitive_columns" in frames:
        columns = frames["sensitive_columns"]
        bare = int(columns["protection"].isin(BARE).sum())
        said = "Every sensitive column is protected"
        yield Rule(
            said, "sensitive_columns", "Sensitive", bare, len(columns), len(columns), "columns that were classified"
        )
    if "held_rights" in frames:
        states = frames["held_rights"]["state"].value_counts()
        unused, used = int(states.get("unused", 0)), int(states.get("used", 0))
        of = "direct rights on tables"
        yield Rule(
            "No right stays unused for 90 days", "unused_grants", "Unused", unused, unused + used, int(states.sum()), of
        )


def part_of_days(known: Coverage, start: dt.date, end: dt.date) -> tuple[float, str]:
    """Which part of the days from ``start`` to ``end`` (exclusive) is in what was read, and how many of how many; none of them
    where something may be lacking in between."""
    days = (end - start).days
    since = max(start, known.since.date()) if known.since else start
    until = min(end, known.until.date()) if known.until else end
    seen = 0 if known.patchy else max(0, (until - since).days)
    return (seen / days if days else 0.0), f"{seen:,} of {days:,}"


def judged(frames: Frames) -> pd.DataFrame:
    """A row of :data:`COLUMNS` for each rule, what does not hold first, then what was not measured, with its ``score`` by which it
    counts in the coverage, and ``words`` of the address of its rows. ``asked`` has the first and the last day of what has a time."""
    asked = frames["asked"].iloc[0]
    rows = []
    for one in rules(frames):
        known = frames.covered(one.name)
        share, days = 1.0, None
        if one.name in ("privilege_changes", "attempts"):
            share, days = part_of_days(known, asked["start"], asked["end"])
        elif known.patchy:
            share = 0.0
        dated = days is not None
        part = share * (one.seen / one.all if one.all else float(dated))  # that nothing happened is found by looking
        result = BROKEN if one.bad else HOLDS if part >= ENOUGH else UNKNOWN
        found = f"{one.bad:,} of {one.seen:,}" if one.bad <= one.seen else f"{one.bad:,}"
        of, words = f"{one.all:,} {one.of}", {"view": one.view}
        rows.append((one.rule, result, found, part, of, days, "Rows", words))
    told = pd.DataFrame(rows, columns=[*COLUMNS, "words"])
    order = told["result"].map({BROKEN: 0, UNKNOWN: 1, HOLDS: 2})
    return told.iloc[order.argsort(kind="stable")].reset_index(drop=True)


@panel("What of the rules was looked at", height=330)
def access_rules(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """What this page asks, as rules. One holds where nothing stands against it and nine tenths of what it speaks of could be
    looked at; else it is not measured, which is no pass. One that is broken is broken, however little was seen."""
    found = judged(frames)
    if found.empty:
        return [Note("0 rules could be measured: none of what they speak of could be read.", "unknown")]
    counts = {one: int((found["result"] == one).sum()) for one in (HOLDS, BROKEN, UNKNOWN)}
    said = (
        f"{counts[HOLDS]} of {fmt.counted(len(found), 'rule')} hold, {counts[BROKEN]} do not, {counts[UNKNOWN]} not measured; "
        f"{fmt.percent(float(found['part'].mean()), 0)} of what they speak of was looked at"
    )
    note = "Of rights only what this app may see is known, of sensitive data only what data classification looked at."
    columns = {name: label for name, label in COLUMNS.items() if found[name].notna().any()}
    return [
        Finding(said, "watch" if counts[BROKEN] else "plain"),
        Note(note),
        Grid(found, columns, sets={"lead": Sets("words")}),
    ]
