"""Proposes to give a job's identity back the right whose loss makes every run fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pandas as pd

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.detectors.cause_weights import NONE, SECURABLES
from agents.detectors.error_classes import RIGHTS
from agents.detectors.root_cause import STANDINGS, root_cause
from agents.pipelineops.failed_runs import DEAR, FAILED, PROMISE, READER, READERS
from agents.pipelineops.known_jobs import KnownJobs, known_jobs
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Evidence, Scalar, Target
from warehouse.interface import Ask

NOWHERE = "0"  # tables belong to the metastore, not to a workspace
RIGHT = "a right was taken away"  # a hypothesis of agents.detectors.root_cause
MOST = 8  # jobs whose changes are read at a time
METHOD = "Not put into money: nothing that the job writes is new until it may read again, and whoever reads it waits."
CHANGES = {
    "compare": window("pipelineops.run_compare", days=30, ahead=1, workspaces=""),
    "tasks": window("pipelineops.run_tasks", days=30, ahead=1, workspaces=""),
    "changed": window("pipelineops.run_changes", days=30, ahead=1, workspaces="", limit=250),
}
RIGHTS_CHANGED = window("governanceops.privilege_changes", days=30, ahead=4, limit=2000)
LASTS = 24 * 3600  # seconds for which its rows are young enough


@dataclass(frozen=True)
class Lost:
    """``privileges`` that ``by`` took ``at`` from the job's identity on a ``kind`` of thing called ``name``; ``read``: the job
    is seen to use that thing."""

    kind: str
    name: str
    privileges: tuple[str, ...]
    by: str
    at: dt.datetime
    read: bool
    event: str
    grantee: str


def failures(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Which jobs' newest run failed, once any did in two days."""
    return {"failed": FAILED.ask(now)} if any(moment(row.newest) for row in rows(frames["newest"])) else {}


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What changed before the failed runs that a lost right could explain, and who waits for their jobs."""
    found = [row for row in rows(frames["failed"]) if not _out_of_question(row)][:MOST]
    if not found:
        return {}
    asked: dict[str, Ask] = {}
    for row in found:
        run = {"workspace_id": row.workspace_id, "job_id": row.job_id, "run_id": row.run_id}
        asked |= {f"{name} {_key(row)}": one.ask(now, **run) for name, one in CHANGES.items()}
    return {
        **asked,
        "rights": RIGHTS_CHANGED.ask(now),
        "readers": READERS.ask(now, jobs=",".join(sorted(map(_key, found)))),
    }


def lost_permissions(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job whose newest run failed: ``failed`` are rows of pipelineops.failed_runs; what changed before,
    rows of pipelineops.run_compare, run_tasks and run_changes, and ``rights`` of governanceops.privilege_changes. Pure."""
    known = known_jobs(frames)
    return [_judged(row, frames, known, now) for row in rows(frames.get("failed"))]


def _key(row: Row) -> str:
    return f"{row.workspace_id}/{row.job_id}"


def _out_of_question(row: Row) -> str:
    """The first reason against a lost right that the failed run itself gives; empty when there is none."""
    code = text(row.termination_code)
    if bool(row.paused):
        return "the job is paused"
    if code not in RIGHTS:
        return f"it failed with {code or 'no code'}, not for lack of a right"
    return "" if moment(row.last_success) else "no run succeeded in 30 days: which right it had is not known"


def _judged(row: Row, frames: Frames, known: KnownJobs, now: dt.datetime) -> Observation:
    def leaves(why: str) -> Observation:
        return CAPABILITY.leaves(SimpleNamespace(kind="job", name=row.job_id, place=row.workspace_id), why)

    if reason := _out_of_question(row):
        return leaves(reason)
    if f"changed {_key(row)}" not in frames:
        return leaves(f"more than {MOST} jobs fail for lack of a right: look at what they share")
    changed = frames[f"changed {_key(row)}"]
    own = list(_lost(row, rows(frames["rights"]), {text(one.name).lower() for one in rows(changed)}))
    changes = pd.concat(
        [changed, pd.DataFrame([_as_change(one, row) for one in own if not one.read], columns=changed.columns)]
    )
    causes = root_cause(frames[f"compare {_key(row)}"], frames[f"tasks {_key(row)}"], changes)
    likely = {one.hypothesis for one in rows(causes) if one.standing == STANDINGS[3]}
    if RIGHT not in likely:
        return leaves("no right on its tables was taken since its last good run: no cause is recorded")
    if not own:
        return leaves("the right was taken from somebody else: whether the job had it from there is not known")
    own = [one for one in own if one.read] or own
    if len(own) > 1:
        return leaves(f"rights on {len(own)} things were taken from it: which one it needs is for its owner to say")
    first = own[0]
    failures = int(row.failures)
    sure = share((failures + 1) / (failures + (2 if first.read else 3)))
    seen = known.readers.get((row.workspace_id, row.job_id))
    readers = int(seen.readers) if seen is not None else 0
    promised = PROMISE if (row.workspace_id, row.job_id) in known.declared else Decimal(0)
    value = worth(sure, DEAR + promised + READER * (readers + failures), Decimal(0))
    made = SimpleNamespace(kind=first.kind, name=first.name, place=NOWHERE, event=first.event, grantee=first.grantee)
    rejected = [one for one in rows(causes) if one.hypothesis != RIGHT]
    job = Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.name)[:200])
    seen_so = CAPABILITY.proposes(
        made, now, _grant(row, first, readers, rejected, sure, value), cause=job, began=first.at
    )
    assert seen_so.draft is not None
    both = (*seen_so.draft.evidence, _still_failing(row, now))
    return replace(seen_so, draft=seen_so.draft.model_copy(update={"evidence": both}))


def _still_failing(row: Row, now: dt.datetime) -> Evidence:
    """The evidence that the job fails for lack of a right, beside that of the right."""
    asked, failures = FAILED.params(now).items(), Decimal(int(row.failures))
    return Evidence(
        title="The job fails for lack of a right",
        query=FAILED.query,
        params={name: one.isoformat() if isinstance(one, dt.date) else one for name, one in asked},
        match={"workspace_id": row.workspace_id, "job_id": row.job_id},
        scalars=(
            Scalar(column="termination_code", observed=text(row.termination_code)),
            Scalar(column="failures", observed=failures, tolerance=Decimal(1), threshold=Decimal(1), unit="runs"),
        ),
        max_age_s=LASTS,
    )


def _lost(row: Row, rights: Iterable[Row], used: set[str]) -> Iterable[Lost]:
    """What was taken from the identity of the job between its last good run and its newest, and not given back since, the
    oldest first; ``used`` are names of things that changed and that the job is seen to use."""
    since, until = moment(row.last_success), moment(row.started)
    assert since is not None and until is not None
    held: dict[tuple[str, str], Lost] = {}
    for one in sorted(rights, key=lambda one: one.at):
        at = moment(one.at)
        if (
            text(one.grantee) != text(row.owner).lower()
            or text(one.kind) not in SECURABLES
            or at is None
            or at <= since
        ):
            continue
        place = (text(one.kind), text(one.place))
        took = set(filter(None, text(one.took).split(", ")))
        if took and at <= until:
            by = text(one.who) or "somebody unknown"
            read = place[1].lower() in used
            held[place] = Lost(*place, tuple(sorted(took)), by, at, read, text(one.event), text(one.grantee))
        elif place in held:  # given back, all or some
            left = set(held[place].privileges) - set(text(one.gave).split(", "))
            held[place] = replace(held[place], privileges=tuple(sorted(left)))
    return [one for one in held.values() if one.privileges]


def _as_change(lost: Lost, row: Row) -> dict[str, Any]:
    """A right that was taken, as pipelineops.run_changes tells of it."""
    what = f"{', '.join(lost.privileges)} taken from {text(row.owner)}"
    told = {"at": pd.Timestamp(lost.at), "what": what, "name": lost.name, "who": lost.by}
    return told | {"kind": lost.kind, "workspace_id": NOWHERE, "thing_id": lost.name}


def _grant(row: Row, lost: Lost, readers: int, rejected: list[Any], sure: Decimal, value: Decimal) -> Recommendation:
    listed, who, failures = ", ".join(lost.privileges), text(row.owner), int(row.failures)
    seen = (
        f"job {text(row.name)[:120]} last succeeded at {row.last_success:%Y-%m-%d %H:%M} UTC and failed {failures} times since "
        f"with {row.termination_code}",
        f"{listed} on {lost.kind} {lost.name} was taken from {who} at {lost.at:%Y-%m-%d %H:%M} UTC by {lost.by}",
        f"it runs as {who}"
        + ("" if lost.read else f", and is not seen to use {lost.name}: what is read by its path leaves no lineage"),
    )
    others = tuple(
        f"{one.hypothesis}: {one.standing}{'; ' + one.against if one.against else ''}"[:200]
        for one in rejected
        if one.hypothesis != NONE
    )
    waits = f"{readers} readers wait for what it writes" if readers else "nobody is seen to read what it writes"
    return Recommendation(
        params={"principal": who, "privileges": list(lost.privileges)},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="sla", currency=CURRENCY, method=METHOD),
        title="The right that was taken away",
        scalars=(Scalar(column="took", observed=", ".join(lost.privileges)),),
        ooda=Ooda(
            observe=seen,
            orient=(
                f"No run succeeded since, and the runs before did: {waits}.",
                f"{lost.by} may have meant to take it away: whoever decides should know why.",
                *others,
            ),
            options=(
                Option(
                    what=f"give {listed} on {lost.name} back to {who}",
                    expected="the next run reads again, as before; revoked again in one step",
                ),
                Option(
                    what="repair the run",
                    expected="fails again: the right is still lacking",
                    rejected_because=f"{failures} runs have tried",
                ),
                Option(
                    what="do nothing",
                    expected=f"every run fails; {waits}",
                    rejected_because="nothing else that is recorded explains it",
                ),
            ),
            why=f"Confidence {sure}: {failures} of {failures} runs after the revoke failed for lack of a right (Beta from an "
            "even start). Only what was taken is given back, to nobody else.",
        ),
        narrative=f"{'; '.join(seen)}. {waits}. Given back, the job reads as before; it is undone by revoking it again. "
        f"Also weighed: {'; '.join(others)}; no recorded cause.",
    )


CAPABILITY = Capability(
    name="pipelineops.lost_permission",
    version="1.0",
    kind="grant.add",
    target=lambda row: Target(workspace_id=row.place, type=row.kind, id=row.name, name=row.name[:200]),
    opens={"newest": window("pipelineops.newest_failure", days=2, ahead=1)},
    then=(failures, about),
    evidence=RIGHTS_CHANGED,
    match=("event", "grantee"),
    max_age_s=LASTS,
    incident="right",
    judge=lost_permissions,
)
