"""Jobs of the emulated workspace: /api/2.2/jobs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from demo.clusters import clusters_of
from demo.faults import faults_of
from demo.organisation import Organisation
from demo.runs import LAG, quartz
from demo.workspace import job_runs, run_output
from demo.workspace.job_runs import job_key, number
from demo.workspace.passing import ms, told
from demo.workspace.past_runs import facts
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

PAGE = 100  # tasks and other list elements of one answer
FAILS = {"permission_lost": "UNAUTHORIZED_ERROR", "never_succeeded": "RUN_EXECUTION_ERROR"}
KEYED = {"tasks": "task_key", "job_clusters": "job_cluster_key"}  # lists that are merged, not replaced
FROM_GIT = 9  # one job in so many takes its code from a repository
STARTERS = {"schedule": ("quartz_cron_expression", "timezone_id"), "trigger": (), "continuous": ()}


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Every job as it is now (``now``, UTC); its runs of the past are worked out when they are asked for."""
    fails = {(one.entity_id, one.workspace_id): code for kind, code in FAILS.items() for one in faults_of(world, kind)}
    made: dict[str, Json] = {}
    for row, cluster in zip(world.jobs.itertuples(), clusters_of(world), strict=True):
        key = row.job_id if row.job_id not in made else f"{row.job_id}@{row.workspace_id}"
        made[key] = {
            "job_id": int(row.job_id), "workspace_id": row.workspace_id, "creator_user_name": row.creator_user_name,
            "run_as_user_name": row.run_as_user_name, "created_time": ms(row.create_time),
            "settings": _settings(row, cluster), "_fails": fails.get((row.job_id, row.workspace_id), ""),
        }  # fmt: skip
    own = facts(world) | {"ended_ms": (int(world.now.timestamp()) - LAG) * 1000}
    return {"jobs": made, "runs": {}, "organisation": {"facts": own}}


def _settings(row: Any, cluster: str) -> Json:
    paused = row.paused_at == row.paused_at and row.paused_at is not None  # not-a-time is not equal to itself
    where_: Json = {"job_cluster_key": "main"} if row.compute == "job" else {}
    if row.compute == "all_purpose":
        where_ = {"existing_cluster_id": cluster}
    own = {"new_cluster": {"spark_version": "16.4.x-scala2.12", "node_type_id": "m5.xlarge", "num_workers": 2}}
    tasks = [
        {
            "task_key": f"task_{place}",
            "run_if": "ALL_SUCCESS",
            "timeout_seconds": 0,
            "email_notifications": {},
            "notebook_task": {
                "notebook_path": f"/Workspace/{row.team}/task_{place}",
                "source": "WORKSPACE",
                "base_parameters": {},
            },
        }
        | where_
        | ({"depends_on": [{"task_key": f"task_{place - 1}"}]} if place else {})
        | ({"max_retries": 1, "min_retry_interval_millis": 60_000} if place == 0 and row.position % 4 == 0 else {})
        for place in range(row.tasks)
    ]
    return (
        {
            "name": row.name,
            "description": f"scheduled work of {row.team}",
            "format": "MULTI_TASK",
            "max_concurrent_runs": 1,
            "timeout_seconds": round(row.seconds * 2.2) if row.limit else 0,
            "email_notifications": {},
            "webhook_notifications": {},
            "tags": dict(row.tags),
            "tasks": tasks,
            "schedule": {
                "quartz_cron_expression": quartz(row),
                "timezone_id": row.zone,
                "pause_status": "PAUSED" if paused else "UNPAUSED",
            },
        }
        | ({"job_clusters": [{"job_cluster_key": "main", **own}]} if row.compute == "job" else {})
        | _source(row)
    )


def _source(row: Any) -> Json:
    """Some jobs run what is in their team's repository."""
    if row.position % FROM_GIT != FROM_GIT - 1:
        return {}
    url = f"https://git.example.com/{row.team}/pipelines"
    return {"git_source": {"git_url": url, "git_provider": "gitHubEnterprise", "git_branch": "main"}}


def _get(state: State, request: Request) -> Json:
    """The job; long lists in pages of a hundred."""
    found = state.get("jobs", job_key(state, request, number(request.query.get("job_id"), "job_id")))
    begin = int(request.query.get("page_token") or 0)
    settings, more = dict(found["settings"]), False
    for name in ("tasks", "job_clusters", "parameters", "environments"):
        every = settings.get(name, [])
        more |= len(every) > begin + PAGE
        if name in settings:
            settings[name] = every[begin : begin + PAGE]
    shown = told(found, ms(state.clock())) | {"settings": settings}
    return shown | ({"next_page_token": str(begin + PAGE), "has_more": True} if more else {})


def _list(state: State, request: Request) -> Json:
    query = request.query
    every = sorted(state.objects.get("jobs", {}).values(), key=lambda job: -int(job["created_time"]))
    if wanted := query.get("name"):
        every = [one for one in every if one["settings"]["name"].lower() == wanted.lower()]
    begin, size = int(query.get("page_token") or query.get("offset") or 0), min(int(query.get("limit") or 20), 100)
    wide = query.get("expand_tasks") == "true"
    shown = []
    for one in every[begin : begin + size]:
        kept = {name: value for name, value in one["settings"].items() if wide or name not in ("tasks", "job_clusters")}
        shown.append(told(one, 0) | {"settings": kept})
    more = begin + size < len(every)
    return {"jobs": shown, "has_more": more} | ({"next_page_token": str(begin + size)} if more else {})


def _update(state: State, request: Request) -> Json:
    """Top-level fields are replaced whole, tasks and clusters by their key; ``fields_to_remove`` go."""
    key = job_key(state, request, number(request.body.get("job_id"), "job_id"))
    before, sent = state.get("jobs", key), dict(request.body.get("new_settings") or {})
    settings = dict(before["settings"])
    for path in request.body.get("fields_to_remove") or []:
        name, _, element = str(path).partition("/")
        if element and name in KEYED:
            settings[name] = [one for one in settings.get(name, []) if one[KEYED[name]] != element]
        else:
            settings.pop(name, None)
    for name, by in KEYED.items():
        if name in sent:
            sent[name] = _merged(settings.get(name, []), sent[name], by)
    return _write(state, request, "update", key, before, settings | sent)


def _reset(state: State, request: Request) -> Json:
    key = job_key(state, request, number(request.body.get("job_id"), "job_id"))
    settings = dict(request.body.get("new_settings") or {})
    before = state.get("jobs", key)
    return _write(state, request, "reset", key, before, {"name": "Untitled", "max_concurrent_runs": 1} | settings)


def _merged(known: list[Json], sent: list[Json], by: str) -> list[Json]:
    """Elements with the same key are replaced where they stand, new ones come last."""
    if any(by not in one for one in sent):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"Missing required field: {by}")
    new = {one[by]: one for one in sent}
    return [new.pop(one[by], one) for one in known] + list(new.values())


def _write(state: State, request: Request, action: str, key: str, before: Json, settings: Json) -> Json:
    _valid(settings)
    after = before | {"settings": settings}
    if after != before:
        state.put("jobs", key, after)
        state.effect(
            f"jobs.{action}",
            "job",
            str(before["job_id"]),
            request.by,
            before["workspace_id"],
            object=told(after, 0),
            before=told(before, 0),
        )
    return {}


def _valid(settings: Json) -> None:
    def invalid(what: str) -> ApiRefused:
        return ApiRefused(400, "INVALID_PARAMETER_VALUE", what)

    used = [name for name in STARTERS if settings.get(name)]
    if len(used) > 1:
        raise invalid(f"A job cannot have both {used[0]} and {used[1]}.")
    for name in used:
        if lacking := [field for field in STARTERS[name] if not settings[name].get(field)]:
            raise invalid(f"Missing required field: settings.{name}.{lacking[0]}")
        if settings[name].get("pause_status", "UNPAUSED") not in ("PAUSED", "UNPAUSED"):
            raise invalid(f"Invalid pause_status: {settings[name]['pause_status']}")
    if (git := settings.get("git_source")) and sum(
        bool(git.get(f"git_{one}")) for one in ("branch", "tag", "commit")
    ) != 1:
        raise invalid("git_source takes exactly one of git_branch, git_tag and git_commit.")
    if not isinstance(settings.get("timeout_seconds", 0), int) or settings.get("timeout_seconds", 0) < 0:
        raise invalid(f"Invalid timeout_seconds: {settings['timeout_seconds']}")
    for task in settings.get("tasks", []):
        if task.get("max_retries", 0) < -1:
            raise invalid(f"Invalid max_retries: {task['max_retries']}")
        if not any(name.endswith("_task") for name in task):
            raise invalid(f"Task {task['task_key']} does not say what it runs.")


_AT = r"/api/2\.[12]/jobs"
ROUTES: tuple[Route, ...] = (
    ("GET", _AT + r"/get", _get),
    ("GET", _AT + r"/list", _list),
    ("POST", _AT + r"/update", _update),
    ("POST", _AT + r"/reset", _reset),
    *job_runs.ROUTES,
    *run_output.ROUTES,
)
