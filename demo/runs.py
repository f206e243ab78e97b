"""When jobs and pipelines ran and how it went: schedules, failures, repairs, what is still running. Facts only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from demo.actions_done import since
from demo.faults import Fault, every_fault, faults_of, struck
from demo.names import PROD, uuids
from demo.organisation import Organisation
from demo.prices import PRICES
from demo.rhythm import DAY, Frame, Ints, days, first_day, generator, level, moments, seconds, working_times
from demo.twins import ago, spoil_runs, twins
from demo.workloads import ALIKE, MENDED, MOVED, MOVED_DAYS

LAG = 3600  # rows younger than this (seconds) have not landed yet
CODES = ("RUN_EXECUTION_ERROR", "DRIVER_ERROR", "CLUSTER_ERROR", "LIBRARY_INSTALLATION_ERROR", "CLOUD_FAILURE",
         "STORAGE_ACCESS_ERROR", "INTERNAL_ERROR")  # fmt: skip
CODE_WEIGHTS = (0.5, 0.14, 0.1, 0.08, 0.1, 0.05, 0.03)
START_CODES = ("CLOUD_FAILURE", "CLUSTER_ERROR", "CLUSTER_REQUEST_LIMIT_EXCEEDED", "LIBRARY_INSTALLATION_ERROR")
HOURS_APART = {"four_hourly": 4, "hourly": 1}
SUBMITTED = -1  # position of a run that belongs to no job: submitted once by a tool outside


def quartz(job: Any) -> str:
    """The job's schedule as Databricks writes it."""
    clock = {"four_hourly": f"{job.hour % 4}/4", "hourly": "*"}.get(job.cadence, str(job.hour))
    day = {"weekday": "? * MON-FRI", "weekly": "? * SUN"}.get(job.cadence, "* * ?")
    return f"0 {job.minute} {clock} {day}"


def scheduled(job: Any, world: Organisation) -> Ints:
    """When the schedule fires (seconds since 1970), from the job's creation (or the first day) until now."""
    begin = max(pd.Timestamp(first_day(world.now)), job.create_time.tz_convert(None).normalize())
    local = pd.date_range(begin, world.now.tz_convert(None).normalize() + pd.Timedelta(days=1), freq="1D")
    if job.cadence == "weekday":
        local = local[local.day_of_week < 5]
    if job.cadence == "weekly":
        local = local[local.day_of_week == 6]
    apart = HOURS_APART.get(job.cadence, 24)
    hour = job.hour % apart
    times = np.sort(
        np.concatenate([local + pd.Timedelta(hours=int(h), minutes=int(job.minute)) for h in range(hour, 24, apart)])
    )
    utc = pd.DatetimeIndex(times).tz_localize(job.zone, nonexistent="shift_forward", ambiguous=True).tz_convert("UTC")
    fired = seconds(utc)
    made: Ints = fired[(fired < int(world.now.timestamp()) - LAG) & (fired >= int(job.create_time.timestamp()))]
    return made[made < int(job.paused_at.timestamp())] if job.paused_at is not pd.NaT else made


def runs(world: Organisation) -> Frame:
    """Every attempt in order of start: position (of the job), workspace_id, job_id, run (number, one for a run and its
    repair), attempt (0 the run, 1 its repair), start (seconds since 1970), seconds, queue, setup, state, code (both None
    while running), trigger, runs_on, dbu (an hour)."""
    faults = [fault for fault in every_fault(world) if fault.entity_type == "job"]
    parts = [_submitted(world)]
    for job in world.jobs.itertuples():
        own = {f.kind: f for f in faults if (f.entity_id, f.workspace_id) == (job.job_id, job.workspace_id)}
        rng, fired = generator(world.seed, 20, job.position), scheduled(job, world)
        missed = rng.random(len(fired)) < 0.003  # now and then one is
        fired = fired[~missed | _told_of(own, fired, world)]
        if "not_started" in own:
            fired = fired[fired < own["not_started"].begin]
        if len(fired):
            parts.append(_job_runs(job, fired, own, rng, world))
    made: Frame = pd.concat(parts, ignore_index=True).sort_values(["start", "position"], ignore_index=True)
    rng = generator(world.seed, 21)
    made["run"] = 10**14 + np.cumsum(rng.integers(1000, 9_000_000, len(made)))
    made["job_id"] = made.job_id.fillna((made.run * 3 + 7).astype("str"))
    both = pd.concat([made.assign(attempt=0), _repairs(made, rng)], ignore_index=True)
    both = both[both.start < int(world.now.timestamp()) - LAG].drop(columns="repaired")
    return _as_done(_still_running(both.sort_values(["start", "run"], ignore_index=True), world), world)


def _as_done(made: Frame, world: Organisation) -> Frame:
    """Of a schedule that is paused nothing starts; who is moved makes a cluster for each run."""
    rows = made.workspace_id, made.job_id, made.start
    paused = since(world, "job.pause_schedule", *rows) & (made.trigger != "ONETIME")
    moved = since(world, "job.set_compute", *rows) & (made.runs_on == "all_purpose")
    made.loc[moved, "runs_on"] = "job"
    return made[~paused].reset_index(drop=True) if paused.any() else made


def _repairs(made: Frame, rng: np.random.Generator) -> Frame:
    """The second attempts: most succeed; they keep the run's number."""
    again = made[made.repaired].assign(attempt=1, trigger="RETRY", queue=0.0)
    again["start"] = again.start + again.seconds.round().astype("int64") + rng.integers(600, 2400, len(again))
    fine = (rng.random(len(again)) < 0.9) | again.position.isin(ALIKE)
    again["seconds"], again["state"] = again.seconds * 0.6 + 60, np.where(fine, "SUCCEEDED", again.state)
    again["code"] = np.where(fine, "SUCCESS", again.code)
    return again


def _submitted(world: Organisation) -> Frame:
    """One-time runs from a scheduler outside: no job behind them."""
    rng = generator(world.seed, 24)
    start = working_times(rng, days(world.now), 4 * world.size)
    count = len(start)
    failed = rng.random(count) < 0.06
    return pd.DataFrame(
        {
            "position": SUBMITTED,
            "workspace_id": PROD,
            "job_id": None,
            "start": start,
            "dbu": rng.uniform(3, 9, count),
            "seconds": np.exp(rng.uniform(np.log(200), np.log(3000), count)),
            "queue": 0.0,
            "runs_on": "job",
            "setup": rng.uniform(60, 240, count),
            "state": np.where(failed, "FAILED", "SUCCEEDED"),
            "trigger": "ONETIME",
            "code": np.where(failed, "RUN_EXECUTION_ERROR", "SUCCESS"),
            "repaired": False,
        }
    )


def _job_runs(job: Any, fired: Ints, own: dict[str, Fault], rng: np.random.Generator, world: Organisation) -> Frame:
    """A job's runs at the times ``fired``, with what is wrong with it (``own``)."""
    count = len(fired)
    growth = level(moments(fired), weekend=0.9, month_end=1.25, growth=0.15)
    took = job.seconds * np.exp(rng.normal(0, job.spread, count)) * growth
    took = np.where(rng.random(count) < 0.002, took * 4, took)  # one hangs now and then
    made = pd.DataFrame(
        {
            "position": job.position,
            "workspace_id": job.workspace_id,
            "job_id": job.job_id,
            "start": fired + rng.integers(0, 20, count),
            "seconds": took,
            "queue": rng.exponential(12, count),
            "setup": rng.uniform(5, 25, count) if job.compute == "serverless" else rng.uniform(120, 330, count),
            "failed": rng.random(count) < job.failing,
            "code": rng.choice(CODES, count, p=CODE_WEIGHTS),
            "dbu": job.dbu,
            "runs_on": job.compute,
            "trigger": np.where(rng.random(count) < 0.01, "ONETIME", "CRON"),
        }
    )
    if isinstance(job.ghost_id, str):
        made["job_id"] = np.where(fired < int(job.remade.timestamp()), job.ghost_id, job.job_id)
    if job.position in MOVED:
        _move(made, MOVED[job.position], ago(world, MOVED_DAYS))
    _spoil(made, own, world)
    spoil_runs(made, job.position, world)
    ended_early = made.failed & (made.code != "UNAUTHORIZED_ERROR")
    made["seconds"] = np.where(ended_early, made.seconds * rng.uniform(0.2, 0.9, count), made.seconds)
    made["seconds"] = np.where(made.code == "UNAUTHORIZED_ERROR", rng.uniform(20, 60, count), made.seconds)
    made["repaired"] = made.failed & (rng.random(count) < 0.35) & (made.code != "UNAUTHORIZED_ERROR")
    if job.position in ALIKE:
        made["repaired"] = made.failed & (job.position == MENDED)
    for kind in {"flaky", "failed_starts"} & own.keys():
        made["repaired"] |= made.failed & (fired >= own[kind].begin)
    if "never_succeeded" in own:
        made["repaired"] = False
    if "broken_off" in own:
        made.loc[made.index[-1], "repaired"] = False
    return _outcomes(made, job, rng, ~_told_of(own, made.start, world))


def _move(made: Frame, ratio: float, moved: int) -> None:
    """Until it ``moved`` a job made a cluster for each run; there it needs fewer of dearer units."""
    before = made.start < moved
    made.loc[before, "runs_on"] = "job"
    made.loc[before, "setup"] *= 15
    made.loc[~before, "dbu"] *= (
        ratio * float(PRICES["ENTERPRISE_JOBS_COMPUTE"][0]) / float(PRICES["ENTERPRISE_JOBS_SERVERLESS_COMPUTE"][0])
    )


def _spoil(made: Frame, own: dict[str, Fault], world: Organisation) -> None:
    """Plant the job's faults into its runs."""
    after = {kind: fault.during(world, made.start) for kind, fault in own.items()}
    if "permission_lost" in own:
        made["failed"] |= after["permission_lost"]
        made.loc[after["permission_lost"], "code"] = "UNAUTHORIZED_ERROR"
    if "slower" in own:
        made.loc[after["slower"], "seconds"] *= 1 + 0.8 * own["slower"].size
    if "flaky" in own:
        broken = after["flaky"] & (np.arange(len(made)) % 2 == 0)
        made["failed"] |= broken
        made.loc[broken, "code"] = "RUN_EXECUTION_ERROR"
    if "late_start" in own:
        made.loc[after["late_start"], "queue"] += 7200
    if "failed_starts" in own:
        broken = after["failed_starts"] & (np.arange(len(made)) % 3 > 0)
        made.loc[broken, ["failed", "code", "seconds"]] = [
            True,
            START_CODES[made.position.iloc[0] % len(START_CODES)],
            300.0,
        ]
    if "never_succeeded" in own:
        made["failed"], made["code"] = True, "RUN_EXECUTION_ERROR"
    if "broken_off" in own:  # at once, so that it has ended by now
        made.loc[made.index[-1], ["failed", "code", "seconds"]] = [True, "CLOUD_FAILURE", 90.0]
    if "cost_spike" in own:
        made.loc[after["cost_spike"], ["seconds", "dbu"]] *= (1 + 3 * own["cost_spike"].size) ** 0.5
        made["failed"] &= ~after["cost_spike"]  # a run that fails early is cheap


def _told_of(own: dict[str, Fault], at: Any, world: Organisation) -> Any:
    """Which of the moments ``at`` are of the one night that a fault is about: without its run there would be none."""
    return own["cost_spike"].during(world, at) if "cost_spike" in own else np.zeros(len(at), dtype=bool)


def _outcomes(made: Frame, job: Any, rng: np.random.Generator, free: Any) -> Frame:
    """State words from what happened; a few runs, of the ``free`` ones, are skipped or cancelled, or any cut off by the job's
    time limit."""
    roll, odd = rng.random(len(made)), ~made.failed & (made.code != "UNAUTHORIZED_ERROR")
    skipped, cancelled = odd & free & (roll < 0.004), odd & free & (roll >= 0.004) & (roll < 0.008)
    limit = 2.2 * job.seconds if job.limit else np.inf
    late = odd & (made.seconds > limit)
    state = np.select(
        [skipped, cancelled, late, made.failed & (made.code == "INTERNAL_ERROR"), made.failed],
        ["SKIPPED", "CANCELLED", "TIMED_OUT", "ERROR", "FAILED"],
        "SUCCEEDED",
    )
    code = np.select(
        [skipped, cancelled, late, made.failed],
        ["MAX_CONCURRENT_RUNS_EXCEEDED", "USER_CANCELED", "RUN_EXECUTION_ERROR", made.code],
        "SUCCESS",
    )
    made["seconds"] = np.where(skipped, 1.0, np.minimum(made.seconds, limit) + made.queue + made.setup)
    made["dbu"] = np.where(skipped, 0.0, made.dbu)
    return made.drop(columns="failed").assign(state=state, code=code)


def _still_running(made: Frame, world: Organisation) -> Frame:
    """Runs that have not ended by now have no state; the stuck one is still at it."""
    horizon = int(world.now.timestamp()) - LAG
    for stuck in faults_of(world, "stuck"):
        mine = made[(made.job_id == stuck.entity_id) & (made.workspace_id == stuck.workspace_id)]
        usual = float(mine.seconds.median())
        last = mine.start.idxmax()
        made.loc[last, "start"] = min(made.start[last], horizon - int(5 * usual))
        made.loc[last, "seconds"] = horizon - made.start[last] + 3600.0
    open_now = made.start + made.seconds > horizon
    made.loc[open_now, "seconds"] = horizon - made.start[open_now]
    made.loc[open_now, ["state", "code"]] = None
    return made


def updates(world: Organisation) -> Frame:
    """Pipeline updates in order of start: number, position (of the pipeline), update_id, start (seconds since 1970),
    seconds, state (None while running)."""
    twin, parts = twins(world)["pipeline_failing"], []
    for pipeline in world.pipelines.itertuples():
        rng = generator(world.seed, 22, pipeline.position)
        every = days(world.now)
        offsets = [(int(pipeline.hour) * 3600 + i * DAY // pipeline.a_day) % DAY for i in range(pipeline.a_day)]
        start = np.sort(np.concatenate([seconds(every) + o for o in offsets]))
        start = start[(start >= int(pipeline.create_time.timestamp())) & (start < int(world.now.timestamp()) - LAG)]
        count = len(start)
        failed = rng.random(count) < 0.02
        failed |= struck(world, "pipeline_failing", pipeline.pipeline_id, start)
        if pipeline.pipeline_id == twin.entity_id:
            failed = (start >= ago(world, 2)) & (start < ago(world, 2) + DAY // pipeline.a_day)
        took = pipeline.seconds * np.exp(rng.normal(0, 0.1, count)) * np.where(failed, 0.3, 1.0)
        took *= level(moments(start), weekend=0.8, month_end=1.2, growth=0.1)
        parts.append(
            pd.DataFrame(
                {
                    "position": pipeline.position,
                    "update_id": uuids(rng, count),
                    "start": start,
                    "seconds": took,
                    "state": np.where(failed, "FAILED", "COMPLETED"),
                }
            )
        )
    made = pd.concat(parts, ignore_index=True).sort_values(["start", "position"], ignore_index=True)
    horizon = int(world.now.timestamp()) - LAG
    made.loc[made.start + made.seconds > horizon, "state"] = None
    made["seconds"] = np.minimum(made.seconds, horizon - made.start)
    return made.assign(number=np.arange(len(made)) + 10**9)
