"""Proposes to repair the failed run of a job that matters, when a second try is likely to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from agents import proposing
from agents.proposing import BASIS, CURRENCY, Capability, Frames, Observation, money, said, share, text
from approvals.proposal import Agent, Benefit, Draft, Evidence, Ooda, Option, Scalar, Target
from queries.kinds import Param
from warehouse.interface import Ask, ask
from warehouse.reader import Reader

AGENT = Agent(id="pipelineops.failed_run", version="1.0", principal="agent:pipelineops")
QUERY = "pipelineops.failed_runs"
DAYS, AHEAD = 30, 4  # the window ends after a decision must have come, so that a later run is seen then
RECENT = dt.timedelta(hours=24)  # since the failure: after that somebody has dealt with it, or nobody waits
PERMANENT = 3  # failures in a row that no second try mends
LIKELY = Decimal("0.6")  # chance of a repair from which it is proposed: one that failed is not enough against it
DEAR = Decimal(10)  # cost of a run that matters for that alone
PROMISE, READER = Decimal(50), Decimal(1)  # assumed worth of a kept deadline and of each reader, to rank by only

# What passes by itself; successes and failures it is credited with before this account's own repairs are counted.
TRANSIENT = frozenset(
    {
        "CLOUD_FAILURE", "CLUSTER_ERROR", "CLUSTER_REQUEST_LIMIT_EXCEEDED", "DRIVER_ERROR", "INTERNAL_ERROR",
        "LIBRARY_INSTALLATION_ERROR", "MAX_CONCURRENT_RUNS_EXCEEDED", "MAX_JOB_QUEUE_SIZE_EXCEEDED",
        "MAX_SPARK_CONTEXTS_EXCEEDED", "REPOSITORY_CHECKOUT_FAILED", "STORAGE_ACCESS_ERROR",
        "WORKSPACE_RUN_LIMIT_EXCEEDED",
    }
)  # fmt: skip
UNKNOWN = frozenset({"", "RUN_EXECUTION_ERROR"})  # the code does not say: only this account's repairs can
CREDIT = {True: (7, 3), False: (5, 5)}  # transient or not: (successes, failures)


def _params(now: dt.datetime) -> dict[str, Param]:
    today = now.date()
    return {
        "start": today - dt.timedelta(days=DAYS), "end": today + dt.timedelta(days=AHEAD), "workspaces": "",
        "currency": CURRENCY, "basis": BASIS, "limit": 200,
    }  # fmt: skip


def asks(now: dt.datetime) -> Mapping[str, Ask]:
    def days(back: int) -> dt.date:
        return now.date() - dt.timedelta(days=back)

    return {
        "failed": ask(QUERY, **_params(now)),
        "learned": ask("pipelineops.learned_deadlines", start=days(37), end=days(7), workspaces=""),
        "repairs": ask("pipelineops.repair_outcomes", start=days(90), end=days(0), workspaces=""),
    }


@dataclass(frozen=True)
class _Known:
    """What is known beside the failed runs: promises by job, repairs and rescues by code."""

    promises: Mapping[tuple[str, str], str]
    repairs: Mapping[str, tuple[int, int]]

    def chance(self, code: str) -> Decimal:
        """That a repair after ``code`` succeeds: this account's own, with the credit of its class."""
        tried, rescued = self.repairs.get(code or "unknown", (0, 0))
        good, bad = CREDIT[code in TRANSIENT]
        return share((good + rescued) / (good + bad + tried))


def failed_runs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job whose newest run failed. ``failed``, ``learned``, ``repairs`` are rows of the questions of
    :func:`asks`; ``declared`` (may be missing) has workspace_id, job_id, due_time, zone. Pure."""
    declared = frames.get("declared", pd.DataFrame())
    promises = {
        (row.workspace_id, row.job_id): f"usually done {float(row.seconds) / 3600:.1f} h after its start (learned)"
        for row in proposing.rows(frames["learned"])
    }
    promises |= {
        (row.workspace_id, row.job_id): f"due at {row.due_time} {row.zone} (declared)"
        for row in proposing.rows(declared)
    }
    repairs = {row.termination_code: (int(row.repaired), int(row.rescued)) for row in proposing.rows(frames["repairs"])}
    known = _Known(promises, repairs)
    return [_judged(row, known, now) for row in proposing.rows(frames["failed"])]


def why_not(row: Any, chance: Decimal, matters: list[str], now: dt.datetime) -> str:
    """The first reason against a repair; empty when there is none."""
    code, failures, ended = text(row.termination_code), int(row.failures), proposing.moment(row.ended)
    if bool(row.paused):
        return "the job is paused"
    if ended is None or now - ended > RECENT:
        return "it failed more than a day ago"
    if int(row.attempts) > 1:
        return "repaired already, and failed again"
    if failures >= PERMANENT:
        return f"failed {failures} times in a row: its owner must look, a second try will not do"
    if proposing.moment(row.last_success) is None:
        return f"no run succeeded in {DAYS} days"
    if code not in TRANSIENT | UNKNOWN:
        return f"{code} does not pass by itself"
    if chance < LIKELY:
        return f"a repair after {code or 'such a failure'} succeeds with {chance}: less than {LIKELY}"
    return "" if matters else "no deadline, nobody reads what it writes, and a run costs little"


def _judged(row: Any, known: _Known, now: dt.datetime) -> Observation:
    entity, cost = f"{row.workspace_id}/run/{row.run_id}", money(row.cost_per_run)
    promise = known.promises.get((row.workspace_id, row.job_id))
    matters = [promise] if promise else []
    if int(row.readers):
        matters.append(f"{int(row.readers)} readers of the {int(row.tables)} tables it writes")
    if cost >= DEAR:
        matters.append(f"a run costs {CURRENCY} {cost}")
    chance = known.chance(text(row.termination_code))
    if reason := why_not(row, chance, matters, now):
        return Observation(entity, reason)
    value = proposing.worth(chance, cost + (PROMISE if promise else 0) + READER * int(row.readers), cost)
    return Observation(entity, draft=_draft(row, matters, chance, now), worth=value)


def _draft(row: Any, matters: list[str], chance: Decimal, now: dt.datetime) -> Draft:
    code, cost, failures = text(row.termination_code) or "no code", money(row.cost_per_run), int(row.failures)
    tasks = [] if row.failed_tasks is None else [str(task) for task in row.failed_tasks]
    seen = (
        f"its newest run ended at {row.ended:%Y-%m-%d %H:%M} UTC as {row.result_state} ({code})",
        f"failed tasks: {', '.join(tasks)[:300] or 'not known'}",
        f"last success {row.last_success:%Y-%m-%d %H:%M} UTC; {failures} failures since",
    )
    return Draft(
        kind="job.repair_run",
        target=Target(workspace_id=row.workspace_id, type="run", id=row.run_id, name=text(row.name)[:200]),
        params={"rerun_all_failed_tasks": True}, agent=AGENT, confidence=chance,
        benefit=Benefit(
            kind="sla", low=Decimal(0), high=cost, currency=CURRENCY,
            method="Once, not monthly: at most the cost of one run (its mean in 30 days, list price) is not spent again, "
                   "because finished tasks are kept. The deadline kept and the readers served are not put into money.",
        ),
        evidence=(
            Evidence(
                title="The job's newest run failed and has not been run again", query=QUERY, params=said(_params(now)),
                match={"workspace_id": row.workspace_id, "job_id": row.job_id, "run_id": row.run_id},
                scalars=(
                    Scalar(column="result_state", observed=row.result_state),
                    Scalar(column="attempts", observed=Decimal(int(row.attempts)), tolerance=Decimal(0)),
                    Scalar(column="failures", observed=Decimal(failures), tolerance=Decimal(0),
                           threshold=Decimal(PERMANENT)),
                ),
                max_age_s=6 * 3600,
            ),
        ),
        ooda=Ooda(
            observe=seen, orient=(*matters, f"a repair after {code} succeeds with a chance of {chance}"),
            options=(
                Option(what="repair the run: its failed tasks again", expected=f"done with a chance of {chance}"),
                Option(what="run the whole job again", expected=f"the same chance, for about {CURRENCY} {cost}",
                       rejected_because="finished tasks would be done twice"),
                Option(what="do nothing", expected="until the next scheduled run: " + "; ".join(matters),
                       rejected_because="what it writes stays as old as the last success"),
            ),
            why="Tasks that append without merging must not run twice: whoever knows the job decides.",
        ),
        narrative=". ".join((*seen, *matters))[:4_000],
    )  # fmt: skip


CAPABILITY = Capability(AGENT, asks, failed_runs)


def observe(reader: Reader, now: dt.datetime, declared: pd.DataFrame | None = None) -> list[Draft]:
    """What this agent would propose at ``now`` (UTC); ``declared`` are deadlines people declared."""
    given = {} if declared is None else {"declared": declared}
    return proposing.look(CAPABILITY, reader, now, given).drafts
