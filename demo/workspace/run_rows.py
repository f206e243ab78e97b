"""Runs of jobs and updates of pipelines that an effect began or ended: their rows in the timelines, once they are over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from demo.names import ACCOUNT
from demo.organisation import Organisation
from demo.workspace.state import Effect, Json

Ask = Callable[[str, dict[str, str]], Json | None]
Moment = dt.datetime

RESULTS = {"SUCCESS": "SUCCEEDED", "TIMEDOUT": "TIMED_OUT", "CANCELED": "CANCELLED", "FAILED": "FAILED"}
CODES = {"SUCCEEDED": "SUCCESS", "CANCELLED": "USER_CANCELED"}
OVER = ("TERMINATED", "SKIPPED", "INTERNAL_ERROR")  # life cycle states of a run that has ended
UPDATES_OVER = ("COMPLETED", "FAILED", "CANCELED")


@dataclass(frozen=True)
class Pending:
    """A run, a repair of one, or an update of a pipeline that was still going on when last looked at."""

    kind: str  # run, repair, update
    id: str
    within: str  # run of a repair, pipeline of an update
    effect: Effect


def begun(effect: Effect) -> dict[str, Pending]:
    """What to look after since ``effect``."""
    after = effect.detail.get("object") or {}
    if effect.action in ("jobs.run_now", "jobs.cancel_run"):
        run = str(after["run_id"])
        return {f"run {run}": Pending("run", run, "", effect)}
    if effect.action == "jobs.repair_run":
        run, repair = str(after["run_id"]), str(after["_attempts"][-1]["id"])
        return {f"repair {repair}": Pending("repair", repair, run, effect)}
    if effect.action in ("pipelines.start_update", "pipelines.stop") and not after.get("validate_only"):
        return {f"update {after['update_id']}": Pending("update", after["update_id"], effect.id, effect)}
    return {}


def ended(pending: Pending, ask: Ask, world: Organisation, now: Moment) -> Mapping[str, list[Json]] | None:
    """Rows by table when it has ended (none when it is not known), None while it goes on."""
    if pending.kind == "update":
        return _update(pending, ask, world, now)
    run = ask("/api/2.2/jobs/runs/get", {"run_id": pending.within or pending.id, "include_history": "true"})
    if run is None:
        return {}
    part = run
    if pending.kind == "repair":
        repairs = [one for one in run.get("repair_history") or () if str(one.get("id", "")) == pending.id]
        part = repairs[-1] if repairs else run
    state = part.get("state") or {}
    if state.get("life_cycle_state") not in OVER:
        return None
    return _run(pending, run, part)


def _run(pending: Pending, run: Json, part: Json) -> Mapping[str, list[Json]]:
    begin, end = _moment(part.get("start_time")), _moment(part.get("end_time") or run.get("end_time"))
    begin = begin or pending.effect.at
    end = max(end or begin, begin + dt.timedelta(seconds=1))
    outcome = _outcome(part["state"], part.get("status") or {})
    shared = {"account_id": ACCOUNT, "workspace_id": pending.effect.workspace_id, "job_id": str(run["job_id"])}
    own: Json = shared | {
        "run_id": str(run["run_id"]),
        "run_type": str(run.get("run_type") or "JOB_RUN"),
        "compute_ids": [],
        "run_name": run.get("run_name"),
        "trigger_type": "ONETIME" if run.get("trigger") == "ONE_TIME" else "CRON",
    }
    took = int((end - begin).total_seconds())
    lasts = {"run_duration_seconds": took, "execution_duration_seconds": took, "setup_duration_seconds": 0,
             "queue_duration_seconds": 0, "cleanup_duration_seconds": 0}  # fmt: skip
    tasks: list[Json] = []
    for task in run.get("tasks") or ():
        first, last = _moment(task.get("start_time")), _moment(task.get("end_time"))
        if first is None or last is None or first < begin - dt.timedelta(seconds=1):
            continue  # of an earlier attempt
        mine = shared | {"run_id": str(task.get("run_id")), "job_run_id": str(run["run_id"]), "compute_ids": [],
                         "parent_run_id": str(run["run_id"]), "task_key": task["task_key"]}  # fmt: skip
        seconds = {"execution_duration_seconds": int((last - first).total_seconds())}
        tasks += _by_hour(mine, first, last, _outcome(task["state"], task.get("status") or {}) | seconds)
    return {
        "system.lakeflow.job_run_timeline": _by_hour(own, begin, end, outcome | lasts),
        "system.lakeflow.job_task_run_timeline": tasks,
    }


def _outcome(state: Json, status: Json) -> Json:
    result = RESULTS.get(str(state.get("result_state")), str(state.get("result_state") or state["life_cycle_state"]))
    code = (status.get("termination_details") or {}).get("code") or CODES.get(result, "RUN_EXECUTION_ERROR")
    return {
        "result_state": result,
        "termination_code": code,
        "termination_type": "SUCCESS" if result == "SUCCEEDED" else "CLIENT_ERROR",
    }


def _update(pending: Pending, ask: Ask, world: Organisation, now: Moment) -> Mapping[str, list[Json]] | None:
    answer = ask(f"/api/2.0/pipelines/{pending.within}/updates/{pending.id}", {})
    if answer is None:
        return {}
    update = answer.get("update") or answer
    if update.get("state") not in UPDATES_OVER:
        return None
    known = world.pipelines[world.pipelines.pipeline_id == pending.within]
    own: Json = {
        "account_id": ACCOUNT,
        "workspace_id": pending.effect.workspace_id,
        "pipeline_id": pending.within,
        "update_id": pending.id,
        "request_id": pending.id,
        "trigger_type": "API_CALL",
        "refresh_selection": [],
        "update_type": "FULL_REFRESH" if update.get("full_refresh") else "REFRESH",
        "run_as_user_name": known.created_by.iloc[0] if len(known) else pending.effect.by,
        "compute": {"type": "SERVERLESS" if len(known) and known.serverless.iloc[0] else "CLUSTER"},
    }
    begin = _moment(update.get("creation_time")) or pending.effect.at
    end = _moment(pending.effect.detail["object"]["_states"][-1][0]) or now  # the API does not say it
    rows = _by_hour(own, begin, max(end, begin + dt.timedelta(seconds=1)), {"result_state": update["state"]})
    return {"system.lakeflow.pipeline_update_timeline": rows}


def _by_hour(own: Json, begin: Moment, end: Moment, outcome: Json) -> list[Json]:
    """One row for each clock hour; the last one says how it went."""
    rows: list[Json] = []
    start = begin
    while start < end:
        stop = min(start.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1), end)
        rows.append(own | {"period_start_time": start.isoformat(), "period_end_time": stop.isoformat()})
        start = stop
    rows[-1] |= outcome
    return rows


def _moment(milliseconds: Any) -> Moment | None:
    """Milliseconds since 1970 as a time, UTC."""
    return dt.datetime.fromtimestamp(int(milliseconds) / 1000, dt.UTC) if milliseconds else None
