"""What the tasks of runs said, as the Jobs API gives it: of one task at a time, and for 60 days."""

from __future__ import annotations

from typing import Any

from demo.workspace.job_runs import FIRST, number, shown
from demo.workspace.passing import ms
from demo.workspace.past_runs import past
from demo.workspace.state import ApiRefused, Json, Request, Route, State

KEPT = 60 * 24 * 3600 * 1000  # milliseconds
SAID = {
    "RUN_EXECUTION_ERROR": (
        "AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `amount_eur` "
        "cannot be resolved. Did you mean one of the following? [`amount`, `amount_usd`]."
    ),
    "UNAUTHORIZED_ERROR": "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have SELECT on Table.",
    "CLUSTER_ERROR": "Could not reach driver of cluster.",
    "DRIVER_ERROR": "The Spark driver has stopped unexpectedly and is restarting.",
    "CLOUD_FAILURE": "Unexpected failure while waiting for the cluster to be ready: instance capacity is not available.",
    "RUN_EXECUTION_TIMEOUT": "Run timed out.",
}


def _output(state: State, request: Request) -> Json:
    """Of one task's run; that of a run of several tasks is refused."""
    wanted, now = number(request.query.get("run_id"), "run_id"), ms(state.clock())
    found = _task(state, wanted)
    if found is None or not state.here(found[0]) or now - found[0]["start_time"] > KEPT:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Run {wanted} does not exist.")
    run, attempt, task = found
    if task is None:
        several = (
            "Retrieving the output of runs with multiple tasks is not supported. Please retrieve the output of each "
        )
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"{several}individual task run instead.")
    made: Json = {"metadata": shown(run, now) | {"run_id": wanted, "task_key": task["task_key"]}}
    over = attempt["end"] is not None and int(attempt["end"]) <= now
    if not over or task["result"] in ("SUCCESS", "SKIPPED", "CANCELED"):
        return made
    text = SAID.get(attempt["code"], f"The run ended with {attempt['code']}.")
    return made | {
        "error": text,
        "error_trace": f"Traceback (most recent call last):\n  {task['task_key']}, line 12\n{text}",
    }


def _task(state: State, wanted: int) -> tuple[Json, Json, Json | None] | None:
    """Run, attempt and task of a task's run; no task where ``wanted`` is a run of several."""
    stored = state.objects.get("runs", {})
    candidates: list[Any] = [wanted, *range(wanted // 20, wanted // 20 - 4, -1)]
    for one in candidates:
        run = stored.get(str(one)) or (past(state).run(one) if 0 < one < FIRST else None)
        if run is None:
            continue
        for attempt in reversed(run["_attempts"]):
            for task in attempt["tasks"]:
                if task["run_id"] == wanted or (one == wanted and len(attempt["tasks"]) == 1):
                    return run, attempt, task
        if one == wanted:
            return run, run["_attempts"][-1], None
    return None


ROUTES: tuple[Route, ...] = (("GET", r"/api/2\.[12]/jobs/runs/get-output", _output),)
