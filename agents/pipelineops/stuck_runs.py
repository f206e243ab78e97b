"""Proposes to cancel a run that hangs: its deadline is lost, and a new run would be done sooner than this one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

import pandas as pd

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.detectors.miss_risk import FEW, Past, miss_probability
from agents.detectors.promises import Declared
from agents.pipelineops.failed_runs import BESIDE, PROMISE, READER, READERS
from agents.pipelineops.known_jobs import KnownJobs, known_jobs
from agents.pipelineops.repairs import Job
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

MOST = 8  # running runs whose history is read, the longest by their own usual first
ACT = 0.8  # chance that the deadline is missed from which it is acted on: below, such warnings are wrong too often
LIKELY = Decimal("0.6")  # chance that a new run would be done sooner, from which it is proposed
HANGING = Decimal(20)  # assumed worth of compute that is not kept waiting until somebody looks, to rank by only
ENDED = ("SUCCEEDED", "FAILED", "ERROR", "TIMED_OUT", "CANCELLED", "CANCELED")
METHOD = (
    "Not put into money: what the run goes on to cost, and who waits for it, ends sooner. What it has done by now is lost, "
    "unless its tasks left it in tables."
)
RUNNING = window("pipelineops.running_now", days=30, ahead=1, workspaces="")
HISTORY = window("pipelineops.run_list", days=90, ahead=1, workspaces="", limit=400)
NEVER = pd.DataFrame(columns=["started", "result_state", "elapsed"])


@dataclass(frozen=True)
class Chances:
    """What a run's ``past`` says of it (seconds): its ``usual`` time, the chance to ``miss`` its deadline, which is ``due``
    in words, and the chance that a new run would be done ``sooner`` than this one."""

    past: int
    usual: float
    miss: float
    due: str
    sooner: float


def histories(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """The earlier runs of the jobs whose run takes longer than usual, and who waits for them; nothing where none does."""
    found = [row for row in rows(frames["running"]) if _longer(row)][:MOST]
    if not found:
        return {}
    own = {_history(row): HISTORY.ask(now, workspace_id=row.workspace_id, job_id=row.job_id) for row in found}
    jobs = ",".join(sorted({f"{row.workspace_id}/{row.job_id}" for row in found}))
    beside = {name: BESIDE[name].ask(now) for name in ("schedules", "learned")}
    return {**own, **beside, "readers": READERS.ask(now, jobs=jobs)}


def stuck_runs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per running run; ``running`` are rows of pipelineops.running_now, the histories those of
    pipelineops.run_list; what else there may be, :func:`known_jobs` says. Pure."""
    known = known_jobs(frames)
    return [_judged(row, frames, known, now) for row in rows(frames["running"])]


def _longer(row: Row) -> bool:
    return bool(text(row.ratio)) and float(row.ratio) > 1


def _history(row: Row) -> str:
    return f"history {row.workspace_id}/{row.job_id}"


def _judged(row: Row, frames: Frames, known: KnownJobs, now: dt.datetime) -> Observation:
    if not text(row.ratio):
        return CAPABILITY.leaves(row, "no run of its job ended well in 30 days: how long it may take is not known")
    if not _longer(row):
        return CAPABILITY.leaves(row, "it has not run for longer than usual")
    if _history(row) not in frames:
        return CAPABILITY.leaves(row, f"more than {MOST} runs take longer than usual: the others more so")
    chances = _chances(row, frames)
    if isinstance(chances, str):
        return CAPABILITY.leaves(row, chances)
    if chances.miss < ACT:
        return CAPABILITY.leaves(row, f"it misses its deadline with a chance of {share(chances.miss)}: less than {ACT}")
    sooner = share(chances.sooner)
    if sooner < LIKELY:
        return CAPABILITY.leaves(row, f"a new run would be done sooner with a chance of {sooner}: less than {LIKELY}")
    job: Job = (row.workspace_id, row.job_id)
    seen = known.readers.get(job)
    readers = int(seen.readers) if seen is not None else 0
    confidence = min(share(chances.miss), sooner)
    value = worth(confidence, HANGING + (PROMISE if job in known.declared else 0) + READER * readers, HANGING)
    if value <= 0:
        return CAPABILITY.leaves(row, "not worth a look: nobody is known to wait for it", value)
    _, again = known.next_run(job, now)
    wanted = _cancel(row, chances, confidence, (again, _waits(readers)), value)
    cause = Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.name)[:200])
    return CAPABILITY.proposes(row, now, wanted, cause=cause, began=moment(row.started))


def _waits(readers: int) -> str:
    return f"{readers} readers wait for what it writes" if readers else "nobody is seen to read what it writes"


def _chances(row: Row, frames: Frames) -> Chances | str:
    """Of the earlier runs of its job; in words why nothing can be said."""
    started, elapsed = moment(row.started), float(row.elapsed)
    past = [one for one in rows(frames[_history(row)]) if one.result_state in ENDED and one.run_id != row.run_id]
    past.sort(key=lambda one: one.started)
    known = [Past(float(one.elapsed), one.started.weekday(), one.result_state != "SUCCEEDED") for one in past]
    good = [one.seconds for one in known if not one.censored]
    if started is None or len(good) < FEW:
        return f"only {len(good)} of its runs ended well in 90 days: too few to tell how long it may take"
    if elapsed <= max(good):
        return f"a run of it took {_hours(max(good))} and ended well: so long it may take"
    due = _due(row, started, frames)
    if due is None:
        return "no deadline is declared, and none is learned from its runs"
    day = started.weekday()
    return Chances(
        past=len(good),
        usual=median(good),
        miss=miss_probability(known, elapsed, due[0], day),
        due=due[1],
        sooner=miss_probability(known, elapsed, elapsed + median(good), day),
    )


def _due(row: Row, started: dt.datetime, frames: Frames) -> tuple[float, str] | None:
    """Seconds after its start by which it must be done, declared else learned, and that in words."""

    def mine(name: str) -> Row | None:
        found = rows(frames.get(name))
        return next((one for one in found if (one.workspace_id, one.job_id) == (row.workspace_id, row.job_id)), None)

    if (said := mine("declared")) is not None:
        _, due = Declared(dt.time.fromisoformat(said.due_time), ZoneInfo(said.zone)).after(started)
        return (due - started).total_seconds(), f"due at {due:%Y-%m-%d %H:%M} UTC (declared)"
    if (habit := mine("learned")) is not None:
        due = started + dt.timedelta(seconds=float(habit.seconds))
        return float(habit.seconds), f"usually done by {due:%Y-%m-%d %H:%M} UTC (learned from {int(habit.runs)} runs)"
    return None


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


def _cancel(row: Row, of: Chances, confidence: Decimal, around: tuple[str, ...], value: Decimal) -> Recommendation:
    elapsed, again = float(row.elapsed), around[0]
    seen = (
        f"it started at {row.started:%Y-%m-%d %H:%M} UTC and has run for {_hours(elapsed)}",
        f"the {of.past} runs that ended well in 90 days took {_hours(of.usual)} (median); it takes "
        f"{elapsed / of.usual:.1f} times as long",
        f"{of.due}: missed with a chance of {share(of.miss)}",
    )
    sooner = f"a new run takes {_hours(of.usual)}: it would be done before this one with a chance of {share(of.sooner)}"
    lost = f"lost: {_hours(elapsed)} of work, unless its tasks left it in tables; what was written stays"
    return Recommendation(
        params={},
        confidence=confidence,
        worth=value,
        benefit=Benefit(kind="sla", currency=CURRENCY, method=METHOD),
        title="It still runs, and has for far longer than its job does",
        scalars=(
            Scalar(
                column="usual",
                observed=Decimal(str(round(float(row.usual), 3))),
                threshold=Decimal(str(round(elapsed, 3))),
                unit="s",
            ),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(sooner, *around),
            options=(
                Option(what="cancel the run", expected=f"{lost}; {again}, or it is run anew by hand"),
                Option(
                    what="wait",
                    expected=f"done within another {_hours(of.usual)} with a chance of {share(1 - of.sooner)}",
                    rejected_because="of runs that went on for so long, few ended soon",
                ),
                Option(
                    what="do nothing",
                    expected="it goes on until its time limit, if it has one, and is paid for until then",
                    rejected_because="its compute is billed, and the next run may have to wait for it",
                ),
            ),
            why=f"Confidence {confidence}: the lesser of both chances, from {of.past} runs by their own lengths; runs of "
            "the same weekday and newer ones weigh more.",
        ),
        narrative=". ".join((*seen, sooner, *around, lost, "A cancelled run can be repaired or run anew")) + ".",
    )


CAPABILITY = Capability(
    name="pipelineops.stuck_run",
    version="1.0",
    kind="job.cancel_run",
    target=lambda row: Target(workspace_id=row.workspace_id, type="run", id=row.run_id, name=text(row.name)[:200]),
    opens={"running": RUNNING},
    then=(histories,),
    evidence=RUNNING,
    match=("workspace_id", "job_id", "run_id"),
    max_age_s=6 * 3600,
    live=True,
    incident="late",
    judge=stuck_runs,
)
