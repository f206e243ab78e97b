"""Did a job keep its promise on a day? One state per job and day, and the error budget it leaves.

A day's promise comes from a declared deadline (done by HH:MM in a zone) or, when nobody declared one, from a learned
deadline, always labelled so. What was promised is worked out in :mod:`agents.detectors.promises`, which run kept it in
:mod:`agents.detectors.fulfilment`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import compress
from operator import itemgetter
from typing import Any, Literal

import pandas as pd

from agents.detectors.fulfilment import DONE, Run, kept
from agents.detectors.in_force import Days, Key, in_force
from agents.detectors.promises import Deadline, Plan, Promise, promises
from warehouse.coverage import WHOLE, Coverage

State = Literal[
    "met",
    "pending",
    "late",
    "skipped",
    "blocked",
    "cancelled",
    "missing",
    "failed",
    "unknown",
    "schedule not understood",
]
ORDER: tuple[State, ...] = (
    "met", "pending", "late", "skipped", "blocked", "cancelled", "missing", "failed", "unknown", "schedule not understood",
)  # fmt: skip  # a day's state is that of its worst promise; what could not be judged hides nothing
RANK = {state: rank for rank, state in enumerate(ORDER)}
OPEN = ("pending", "unknown", "schedule not understood")  # neither kept nor missed
NOT_DONE: Mapping[str, State] = {"SKIPPED": "skipped", "BLOCKED": "blocked", "CANCELLED": "cancelled"}
COLUMNS = ["workspace_id", "job_id", "name", "day", "state", "due", "ended", "minutes_late", "source", "run_id"]
EVER = dt.datetime(1970, 1, 2, tzinfo=dt.UTC), dt.datetime(2199, 1, 1, tzinfo=dt.UTC)


def _moment(value: Any, otherwise: dt.datetime) -> dt.datetime:
    return otherwise if value is None or pd.isna(value) else pd.Timestamp(value).tz_convert(dt.UTC).to_pydatetime()


def _runs(frame: pd.DataFrame) -> dict[Key, list[Run]]:
    """The runs of each job in order of their start."""
    found = _packed(frame) if "runs" in frame.columns else _single(frame)
    for own in found.values():
        own.sort(key=lambda run: (run.started, run.run_id))
    return found


def _packed(frame: pd.DataFrame) -> dict[Key, list[Run]]:
    """Of the rows of pipelineops.run_ends, one for each job: thousands of texts are read where each is used, once."""
    rows = zip(frame["workspace_id"].tolist(), frame["job_id"].tolist(), frame["runs"].tolist(), strict=True)
    return {(workspace, job): list(map(_unpacked, packed)) for workspace, job, packed in rows}


def _unpacked(one: str) -> Run:
    started, ended, state, run_id = one.split(" ")  # a blank each, also around nothing
    at = dt.datetime.fromtimestamp(int(started) / 1000, dt.UTC)
    return Run(run_id, at, dt.datetime.fromtimestamp(int(ended) / 1000, dt.UTC) if ended else None, state or None)


def _single(frame: pd.DataFrame) -> dict[Key, list[Run]]:
    """Of rows of one run each."""
    found: dict[Key, list[Run]] = {}
    if frame.empty:
        return found
    started, ended = (pd.to_datetime(frame[name], utc=True).dt.to_pydatetime() for name in ("started", "ended"))
    states = [state if isinstance(state, str) else None for state in frame["result_state"].tolist()]
    keys = zip(*(map(str, frame[name].tolist()) for name in ("workspace_id", "job_id")), strict=True)
    there = [None if at is pd.NaT else at for at in ended]
    for key, run in zip(keys, map(Run, frame["run_id"].tolist(), started, there, states), strict=True):
        found.setdefault(key, []).append(run)
    return found


def _plans(schedules: pd.DataFrame) -> dict[Key, tuple[str, list[Plan]]]:
    """Each job's name and its plans in order of time. A plan ends where the next begins, at the latest."""
    found: dict[Key, tuple[str, list[Plan]]] = {}
    rows: list[Any] = [(_moment(row.since, EVER[0]), row) for row in schedules.itertuples()]
    for since, row in sorted(rows, key=itemgetter(0), reverse=True):
        key = (str(row.workspace_id), str(row.job_id))
        plans = found.setdefault(key, (str(row.name), []))[1]
        ends = (_moment(getattr(row, "until", None), EVER[1]), _moment(row.deleted, EVER[1]))
        until = min(*ends, plans[0].since if plans else EVER[1])
        quartz, zone = (value if isinstance(value, str) else "" for value in (row.quartz, row.zone))
        paused = not pd.isna(row.paused) and bool(row.paused)
        plans.insert(0, Plan(quartz, zone, paused, since, until))
    return found


def _state(one: Promise, run: Run | None, now: dt.datetime, covered: Coverage, patchy: bool) -> State | None:
    """What became of a promise; None where there was none after all. ``patchy`` is that of ``covered``."""
    if one.unclear:
        return "schedule not understood" if one.due - dt.timedelta(days=1) <= now else None
    if patchy:
        return "unknown" if now >= one.due else "pending"
    if run is not None and run.ended is not None and run.result_state == DONE:
        return "met" if run.ended <= one.due else "late"
    if now < one.due:
        return "failed" if run is not None and run.weight == 3 else "pending"
    begun = one.fire.since if one.fire else one.due
    if not covered.reaches(begun, one.due):
        lags = covered.complete and covered.until is not None and one.due > covered.until
        return "pending" if lags else "unknown"  # the tables lag as usual: it will be known
    if run is None:
        return None if one.loose else "missing"
    return "late" if run.ended is None else NOT_DONE.get(run.result_state or "", "failed")


def _judged(
    plans: list[Plan],
    deadline: Deadline,
    runs: list[Run],
    days: Days,
    now: dt.datetime,
    covered: Coverage,
) -> Iterator[tuple[Promise, Run | None, State]]:
    first, last = days
    promised, patchy = list(promises(plans, deadline, first, last)) if first < last else [], covered.patchy
    unclear = [(one, None) for one in promised if one.unclear]
    for one, run in (*kept(promised, runs), *unclear):
        if first <= one.day < last and (state := _state(one, run, now, covered, patchy)) is not None:
            yield one, run, state


def job_days(
    runs: pd.DataFrame,
    schedules: pd.DataFrame,
    deadlines: pd.DataFrame,
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    covered: Coverage = WHOLE,
) -> pd.DataFrame:
    """One row per job and day (of the promise's own zone, from the date of ``start`` to before that of ``end``) with the
    worst state of its promises.

    ``runs``: workspace_id, job_id, run_id, started, ended (NaT while running), result_state, or a row for each job as
    pipelineops.run_ends has them; UTC, from two days before ``start`` to three after ``end``, so that a day's verdict is the
    same whatever period it is looked at in.
    ``schedules``: workspace_id, job_id, name, quartz, zone, paused, since, until, deleted: a row for each version.
    ``deadlines``: workspace_id, job_id, due_time ("HH:MM" or ""), zone, seconds (after the fire time), source
    ("declared" or "learned"), week (the Monday from which a learned one holds; or a row for each job with ``weeks``, as
    pipelineops.learned_by_week has them), since and until (when a declared one
    began and ceased to be in force; none: ever). Only jobs with a deadline appear.
    ``covered``: what the runs speak of; where that is not enough the state is "unknown".
    Returns :data:`COLUMNS`; ``minutes_late`` is negative when early, NaN when the run never ended.
    """
    by_job, plans, days = _runs(runs), _plans(schedules), (start.date(), end.date())
    worst: dict[tuple[Key, dt.date], tuple[Any, ...]] = {}
    for key, part in ((key, part) for key, parts in in_force(deadlines).items() for part in parts):
        if key not in plans:
            continue
        name, own = plans[key]
        for one, run, state in _judged(own, part.deadline, by_job.get(key, []), part.within(days), now, covered):
            known = worst.get((key, one.day))
            if known is not None and RANK[known[4]] >= RANK[state]:
                continue
            ended = run.ended if run is not None else None
            late = (ended - one.due).total_seconds() / 60 if ended is not None else float("nan")
            run_id = run.run_id if run is not None else None
            worst[key, one.day] = (*key, name, one.day, state, one.due, ended, late, part.deadline.source, run_id)
    return pd.DataFrame([worst[place] for place in sorted(worst)], columns=COLUMNS)


def judged(days: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``days`` that are kept or missed."""
    return days[~days["state"].isin(OPEN)]


def error_budget(days: pd.DataFrame, target: float) -> pd.DataFrame:
    """Budget per job: columns workspace_id, job_id, name, promised, kept, missed, allowed, left, burnt, source.

    ``allowed`` = (1 - target) x promised days; ``left`` = allowed - missed, may be negative; ``burnt`` = missed /
    allowed. Days that are pending or could not be judged are not counted. Formula: the error budget of the Google SRE
    book, chapter 3.
    """
    done = judged(days)
    jobs = ["workspace_id", "job_id", "name", "source"]
    columns = [*jobs, "promised", "kept", "missed", "allowed", "left", "burnt"]
    if done.empty:
        return pd.DataFrame(columns=columns)
    of_days = list(zip(*(done[name].tolist() for name in jobs), strict=True))
    promised, kept = Counter(of_days), Counter(compress(of_days, done["state"].eq("met")))
    grouped = pd.DataFrame(
        [(*job, number, kept[job]) for job, number in promised.items()], columns=[*jobs, "promised", "kept"]
    )
    grouped["missed"] = grouped["promised"] - grouped["kept"]
    grouped["allowed"] = grouped["promised"] * (1 - target)
    grouped["left"] = grouped["allowed"] - grouped["missed"]
    grouped["burnt"] = grouped["missed"] / grouped["allowed"]
    return grouped[columns].sort_values(["left", "job_id"]).reset_index(drop=True)
