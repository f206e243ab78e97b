"""Runs of jobs in the emulated workspace: started, repaired, cancelled, listed. Routes of ``jobs``.

A run takes three seconds of the workspace's clock; a job that is planted as failing fails again.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Any

from demo.workspace.passing import ms, told
from demo.workspace.past_runs import past
from demo.workspace.state import ApiRefused, Json, Request, Route, State

WAITS, TAKES, STOPS = 400, 3000, 300  # milliseconds: pending, until the end, from the cancellation to the end
FIRST, APART = 200_000_000_000_000, 1009  # numbers of new runs; those of the past lie below
PAGE, LARGEST = 20, 25
TOKEN = 64
PARAMETERS = ("job_parameters", "notebook_params", "jar_params", "python_params", "python_named_params", "sql_params",
              "spark_submit_params", "dbt_commands", "pipeline_params")  # a repair takes them and does not remember them  # fmt: skip


def job_key(state: State, request: Request, job_id: Any) -> str:
    """Where the job lies. One number may be a job's in two workspaces: the request's own comes first, then the first."""
    own = f"{job_id}@{request.workspace_id}"
    for key in (own, str(job_id)):
        if key in state.objects.get("jobs", {}):
            return key
    raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Job {job_id} does not exist.")


def number(given: Any, name: str) -> int:
    """An id from a body or a query string."""
    try:
        return int(given)
    except (TypeError, ValueError):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"{name} must be a number, found {given!r}") from None


def shown(run: Json, now: int, history: bool = False) -> Json:
    """The run as the API shows it at ``now`` (milliseconds since 1970)."""
    attempts, last = run["_attempts"], run["_attempts"][-1]
    state, made = _state(last, now), told(run, now) | {"tasks": _tasks(attempts, now)}
    made |= {
        "state": state,
        "status": _status(last, state),
        "number_in_job": run["run_id"],
        "job_run_id": run["run_id"],
    }
    if _over(last, now):
        made |= {"end_time": last["end"], "run_duration": last["end"] - run["start_time"]}
    if history:
        made["repair_history"] = [_history(one, now) for one in attempts]
    return made


def _over(attempt: Json, now: int) -> bool:
    return attempt["end"] is not None and int(attempt["end"]) <= now


def _state(attempt: Json, now: int) -> Json:
    """Life cycle and result, as the older half of the API says them."""
    if not _over(attempt, now):
        begun = now - attempt["start"] >= WAITS
        life = "TERMINATING" if attempt.get("cancelled") else "RUNNING" if begun else "PENDING"
        return {"life_cycle_state": life, "state_message": ""}
    if attempt["result"] == "SKIPPED":
        return {"life_cycle_state": "SKIPPED", "state_message": "The maximum number of runs was reached."}
    life = "INTERNAL_ERROR" if attempt.get("internal") else "TERMINATED"
    message = "" if attempt["code"] == "SUCCESS" else f"The run ended with {attempt['code']}."
    return {"life_cycle_state": life, "result_state": attempt["result"], "state_message": message}


def _status(attempt: Json, state: Json) -> Json:
    """The same as the newer half of the API says it."""
    life = state["life_cycle_state"]
    if life in ("PENDING", "RUNNING", "TERMINATING"):
        return {"state": life}
    kind = {"SUCCESS": "SUCCESS", "CLOUD_FAILURE": "CLOUD_FAILURE", "INTERNAL_ERROR": "INTERNAL_ERROR"}
    details = {"code": attempt["code"], "type": kind.get(attempt["code"], "CLIENT_ERROR")}
    return {"state": "TERMINATED", "termination_details": details}


def _tasks(attempts: list[Json], now: int) -> list[Json]:
    """The latest run of every task."""
    latest: dict[str, Json] = {}
    for order, attempt in enumerate(attempts):
        over = _over(attempt, now)
        for task in attempt["tasks"]:
            state = _state(attempt, now)
            if over and attempt["result"] != "SKIPPED":
                state = {"life_cycle_state": "TERMINATED", "result_state": task["result"], "state_message": ""}
            latest[task["task_key"]] = {
                "task_key": task["task_key"], "run_id": task["run_id"], "attempt_number": order,
                "start_time": attempt["start"], "state": state,
            } | ({"end_time": attempt["end"]} if over else {})  # fmt: skip
    return list(latest.values())


def _history(attempt: Json, now: int) -> Json:
    made = {
        "type": "REPAIR" if attempt["id"] else "ORIGINAL",
        "start_time": attempt["start"],
        "state": _state(attempt, now),
        "task_run_ids": [task["run_id"] for task in attempt["tasks"]],
    }
    made |= {"id": attempt["id"]} if attempt["id"] else {}
    return made | ({"end_time": attempt["end"]} if _over(attempt, now) else {})


def _found(state: State, given: Any) -> Json:
    """The run, from the state or from the past."""
    wanted = number(given, "run_id")
    if str(wanted) in state.objects.get("runs", {}):
        return state.get("runs", str(wanted))
    found = past(state).run(wanted) if wanted < FIRST else None
    if found is None or not state.here(found):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Run {wanted} does not exist.")
    return found


def _of_job(state: State, job: Json, since: int, active: bool) -> Iterator[Json]:
    """The job's runs, newest first. Runs of the past are not even worked out when none can be new enough."""
    stored = {one["run_id"]: one for one in state.objects.get("runs", {}).values() if _belongs(one, job)}
    own: tuple[str, str] = (str(job["job_id"]), job["workspace_id"])
    old: Iterator[Json] = iter(())
    if since < int(state.objects["organisation"]["facts"]["ended_ms"]):
        old = iter(past(state).open_of(*own)) if active else past(state).of_job(*own, since)
    fresh = sorted(stored.values(), key=_place, reverse=True)
    every = merge(fresh, (one for one in old if one["run_id"] not in stored), key=_place, reverse=True)
    return (one for one in every if one["start_time"] >= since)


def _place(run: Json) -> int:
    return int(run["run_id"])


def _belongs(run: Json, job: Json) -> bool:
    return (run["job_id"], run["workspace_id"]) == (job["job_id"], job["workspace_id"])


def _active(state: State, job: Json, now: int) -> int:
    """How many runs of the job have not ended."""
    stored = {one["run_id"]: one for one in state.objects.get("runs", {}).values() if _belongs(one, job)}
    old = [one for one in past(state).open_of(str(job["job_id"]), job["workspace_id"]) if one["run_id"] not in stored]
    return sum(not _over(one["_attempts"][-1], now) for one in [*stored.values(), *old])


def _attempt(job: Json, run_id: int, order: int, tasks: list[str], now: int) -> Json:
    """What will happen: the tasks succeed, unless the job fails by nature; then its last task does."""
    code = job["_fails"] or "SUCCESS"
    result = "FAILED" if job["_fails"] else "SUCCESS"
    return {
        "id": run_id * 10 + order if order else None,
        "start": now,
        "end": now + TAKES,
        "result": result,
        "code": code,
        "tasks": [
            {
                "task_key": task,
                "run_id": run_id * 20 + place + order * 10,
                "result": result if place == len(tasks) - 1 else "SUCCESS",
            }
            for place, task in enumerate(tasks)
        ],
    }


def _run_now(state: State, request: Request) -> Json:
    """A run, or the one there is for the same token. With as many runs active as the job allows, it is skipped."""
    job = state.get("jobs", job_key(state, request, number(request.body.get("job_id"), "job_id")))
    token, now = str(request.body.get("idempotency_token") or ""), ms(state.clock())
    if len(token) > TOKEN:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"idempotency_token must have at most {TOKEN} characters.")
    place = f"{job['workspace_id']}/{token}"
    if token and place in state.objects.get("run_tokens", {}):
        return {"run_id": state.get("run_tokens", place)["run_id"]}
    names = [task["task_key"] for task in job["settings"]["tasks"]]
    only = request.body.get("only") or names
    if unknown := [name for name in only if name not in names]:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Task {unknown[0]} does not exist.")
    run_id = FIRST + (len(state.objects.get("runs", {})) + 1) * APART
    attempt = _attempt(job, run_id, 0, [name for name in names if name in only], now)
    if _active(state, job, now) >= job["settings"].get("max_concurrent_runs", 1):
        attempt |= {"end": now, "result": "SKIPPED", "code": "MAX_CONCURRENT_RUNS_EXCEEDED"}
    run = {
        "run_id": run_id, "job_id": job["job_id"], "workspace_id": job["workspace_id"], "start_time": now,
        "run_name": job["settings"]["name"], "creator_user_name": request.by, "trigger": "ONE_TIME",
        "run_type": "JOB_RUN", "_attempts": [attempt],
    }  # fmt: skip
    state.put("runs", str(run_id), run)
    if token:
        state.put("run_tokens", place, {"run_id": run_id})
    _note(state, request, "run_now", "job", str(job["job_id"]), run, None)
    return {"run_id": run_id, "number_in_job": run_id}


def _repair(state: State, request: Request) -> Json:
    """Runs failed or named tasks again. From the second repair on, the latest one must be named."""
    before, now = _found(state, request.body.get("run_id")), ms(state.clock())
    last, attempts = before["_attempts"][-1], before["_attempts"]
    if not _over(last, now):
        raise ApiRefused(400, "INVALID_STATE", f"Run {before['run_id']} is still active and cannot be repaired.")
    if str(request.body.get("latest_repair_id") or "") != str(last["id"] or ""):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "latest_repair_id is not the id of the latest repair.")
    job = state.get("jobs", job_key(state, request, before["job_id"]))
    latest = {task["task_key"]: task["result"] for attempt in attempts for task in attempt["tasks"]}
    failed = [name for name, result in latest.items() if result != "SUCCESS"]
    tasks = [str(one) for one in request.body.get("rerun_tasks") or []]
    if bool(tasks) == bool(request.body.get("rerun_all_failed_tasks")):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Give either rerun_tasks or rerun_all_failed_tasks.")
    if not tasks and not failed:
        raise ApiRefused(400, "INVALID_STATE", f"Run {before['run_id']} has no failed tasks.")
    if unknown := [one for one in tasks if one not in latest]:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Task {unknown[0]} does not exist.")
    attempt = _attempt(job, before["run_id"], len(attempts), tasks or failed, now)
    given = {name: request.body[name] for name in PARAMETERS if name in request.body}
    kept = {name: value for name, value in before.items() if name != "overriding_parameters"}
    after = kept | {"_attempts": [*attempts, attempt]} | ({"overriding_parameters": given} if given else {})
    state.put("runs", str(before["run_id"]), after)
    _note(state, request, "repair_run", "run", str(before["run_id"]), after, before)
    return {"repair_id": attempt["id"]}


def _cancel(state: State, request: Request) -> Json:
    """Asks for the end; nothing happens to a run that has ended or is about to."""
    before, now = _found(state, request.body.get("run_id")), ms(state.clock())
    last = before["_attempts"][-1]
    if not _over(last, now) and not last.get("cancelled"):
        tasks = [task | {"result": "CANCELED"} for task in last["tasks"]]
        ended = {"cancelled": now, "end": now + STOPS, "result": "CANCELED", "code": "USER_CANCELED", "tasks": tasks}
        after = before | {"_attempts": [*before["_attempts"][:-1], last | ended]}
        state.put("runs", str(before["run_id"]), after)
        _note(state, request, "cancel_run", "run", str(before["run_id"]), after, before)
    return {}


def _get(state: State, request: Request) -> Json:
    history = request.query.get("include_history") == "true"
    return shown(_found(state, request.query.get("run_id")), ms(state.clock()), history)


def _list(state: State, request: Request) -> Json:
    """Newest first, in pages. Without a job: what happened here, not the whole past."""
    query, now = request.query, ms(state.clock())
    since, until = int(query.get("start_time_from") or 0), int(query.get("start_time_to") or 10**15)
    active, completed = query.get("active_only") == "true", query.get("completed_only") == "true"
    if query.get("job_id"):
        job = state.get("jobs", job_key(state, request, number(query["job_id"], "job_id")))
        every = _of_job(state, job, since, active)
    else:
        known = sorted(state.objects.get("runs", {}).values(), key=_place, reverse=True)
        every = (one for one in known if one["start_time"] >= since)
    unwanted = ([True] if active else []) + ([False] if completed else [])  # whether a run is over
    wanted = (one for one in every if one["start_time"] <= until and _over(one["_attempts"][-1], now) not in unwanted)
    begin, size = int(query.get("page_token") or query.get("offset") or 0), int(query.get("limit") or PAGE)
    found = list(islice(wanted, begin, begin + min(size, LARGEST) + 1))
    chosen = found[: min(size, LARGEST)]
    rest = len(found) > len(chosen)
    more = {"has_more": rest} | ({"next_page_token": str(begin + len(chosen))} if rest else {})
    wide = query.get("expand_tasks") == "true"
    return {"runs": [_listed(shown(one, now), wide) for one in chosen]} | more


def _listed(run: Json, wide: bool) -> Json:
    return run if wide else {name: value for name, value in run.items() if name != "tasks"}


def _note(
    state: State, request: Request, action: str, kind: str, identifier: str, after: Json, before: Json | None
) -> None:
    """Runs are noted as they are stored (``_attempts`` says when each ends and how), for whoever shows them later."""
    state.effect(f"jobs.{action}", kind, identifier, request.by, after["workspace_id"], object=after, before=before)


_AT = r"/api/2\.[12]/jobs"
ROUTES: tuple[Route, ...] = (
    ("POST", _AT + r"/run-now", _run_now),
    ("GET", _AT + r"/runs/get", _get),
    ("GET", _AT + r"/runs/list", _list),
    ("POST", _AT + r"/runs/repair", _repair),
    ("POST", _AT + r"/runs/cancel", _cancel),
)
