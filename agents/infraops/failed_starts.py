"""Tells of jobs whose machines do not come: the owner where it is one job's, the group for InfraOps where it is many jobs' at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from math import sqrt

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, moment, rows, share, text
from agents.messages import group, note, plain, telling
from agents.pipelineops import job_messages as jobs
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

NOW, BEFORE = 7, 28  # days that are judged, the last of them today, and days before with which they are compared
LEAST = 3  # failed starts: fewer are chance
LATELY = dt.timedelta(days=3)  # since the last one: what came back by itself is over
MANY = 3  # jobs of a workspace with the same code: then it is no job's own
SURE = 2.576  # deviations of a 99 % interval
EACH, TOP = Decimal(10), Decimal(80)  # assumed worth of a start that comes, and of all, to rank by only
METHOD = "Not put into money: what was to be done by those runs is done later, or not at all."
STARTS = window(
    "infraops.failed_starts", days=NOW - 1 + BEFORE, ahead=1, split=dt.timedelta(days=1 - NOW), workspaces="", limit=500
)
# What one changes, by code.
WAYS: Mapping[str, str] = {
    "CLOUD_FAILURE": "the cloud gave no machines: let it choose the zone, take another node type, or a pool that keeps some",
    "CLUSTER_REQUEST_LIMIT_EXCEEDED": "too many clusters were asked for at once: spread the starts, or let the tasks share a cluster",
    "CLUSTER_ERROR": "the cluster did not come up: look at its event log, its network and the image it is made from",
    "LIBRARY_INSTALLATION_ERROR": "what is installed at the start was not: pin versions, and keep them where nobody outside is asked",
}


def owners(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Whose the jobs are, where one would be told of."""
    return {"owners": jobs.OWNERS.ask(now)} if any(not _why_not(row, now) for row in rows(frames["starts"])) else {}


def failed_starts(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job with a failed start: ``starts`` are rows of infraops.failed_starts, ``owners`` of
    pipelineops.success_by_job, ``groups`` those of the policy. What many jobs of a workspace have is one message. Pure."""
    found: list[Observation] = []
    together: dict[tuple[str, str], list[Row]] = {}
    for row in rows(frames["starts"]):
        if reason := _why_not(row, now):
            found.append(CAPABILITY.leaves(row, reason))
        else:
            together.setdefault((row.workspace_id, row.code), []).append(row)
    for own in together.values():
        if len(own) >= MANY:
            found.append(CAPABILITY.proposes(own[0], now, _told(own, group(frames, "infraops"))))
            told = f"told with {plain(own[0].name, 80) or own[0].job_id}: {len(own)} jobs of the workspace have it"
            found += [CAPABILITY.leaves(row, told) for row in own[1:]]
        else:
            found += [CAPABILITY.proposes(row, now, _told([row], jobs.owner(frames, jobs.job_of(row)))) for row in own]
    return found


def _why_not(row: Row, now: dt.datetime) -> str:
    """The first reason to leave a job alone; empty when there is none."""
    failed, runs, last = int(row.failed), int(row.runs), moment(row.last_failed)
    if failed < LEAST:
        return f"{failed} of {runs} starts failed in {NOW} days: it may be chance"
    before = (int(row.failed_before) + 1) / (int(row.runs_before) + 2)
    if _at_least(failed / runs, runs) <= before:
        return f"{failed} of {runs} starts failed, {int(row.failed_before)} of {int(row.runs_before)} before: as ever"
    return "" if last is not None and now - last <= LATELY else "none has failed in three days: it is over"


def _at_least(part: float, runs: int) -> float:
    """The lower end of the 99 % interval (Wilson) of a share of so many runs."""
    z = SURE * SURE / runs
    return (part + z / 2 - SURE * sqrt(part * (1 - part) / runs + z / (4 * runs))) / (1 + z)


def _told(own: list[Row], whom: str) -> Recommendation:
    row = own[0]
    name, first, last = plain(row.name, 100) or row.job_id, moment(row.first_failed), moment(row.last_failed)
    assert first is not None and last is not None
    failed, runs = (sum(int(getattr(one, column)) for one in own) for column in ("failed", "runs"))
    of = f"{name}" if len(own) == 1 else f"{name} and {len(own) - 1} more jobs of the workspace"
    seen = (
        f"{failed} of {runs} starts of {of} failed in {NOW} days with {row.code}, the last at {last:%Y-%m-%d %H:%M} UTC",
        f"in the {BEFORE} days before: {sum(int(one.failed_before) for one in own)} of {sum(int(one.runs_before) for one in own)}",
    )
    sure = share((failed + 1) / (runs + 2)) if len(own) == 1 else share(0.95)
    way = WAYS.get(text(row.code), "look at the event log of its cluster")
    params = note(
        whom,
        f"The machines of {of} do not come since {first:%Y-%m-%d}",
        (
            f"{seen[0]}; {seen[1]}.",
            f"{way[:1].upper()}{way[1:]}.",
            "It is no job's own: others of the workspace met the same in these days."
            if len(own) > 1
            else "No other two jobs of the workspace met the same: it is this job's own.",
            "Repairs that came through are counted too: each start was tried and paid twice.",
            "Check: the next runs begin without a repair (PipelineOps, Failures, Repairs).",
        ),
    )
    return telling(
        params,
        sure=max(sure, share(0.7)),
        gain=min(EACH * failed, TOP),
        benefit=Benefit(kind="time", currency=CURRENCY, method=METHOD),
        title="Starts that failed",
        scalars=(
            Scalar(column="code", observed=text(row.code)),
            Scalar(
                column="failed",
                observed=Decimal(int(row.failed)),
                tolerance=Decimal("0.5"),
                threshold=Decimal(LEAST - 1),
            ),
        ),
        observe=seen,
        orient=("The code is of the first attempt of each run: its code had not begun.",),
        expected="whoever owns the compute changes what it asks for, and the runs begin in time",
        nothing="runs go on to begin late, or not at all",
        why="Confidence: the share of starts that fail (Beta from an even start), .7 at least, as so many were no chance in "
        "the interval of 99 % (Wilson) above what was before.",
        others=(
            Option(
                what="give it retries",
                expected="more attempts, each of which waits for machines",
                rejected_because="the cause stays, and is paid for each time",
            ),
        ),
    )


CAPABILITY = Capability(
    name="infraops.failed_starts",
    version="1.0",
    kind="notify.owner",
    target=jobs.target,
    opens={"starts": STARTS},
    then=(owners,),
    younger=frozenset({"starts"}),
    evidence=STARTS,
    match=("workspace_id", "job_id"),
    judge=failed_starts,
    incident="stopped",
)
