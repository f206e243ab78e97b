"""Declarative pipelines of the emulated workspace: /api/2.0/pipelines. An update takes three seconds of its clock."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from demo.faults import struck
from demo.organisation import Organisation
from demo.workspace.passing import Timeline, at, ms, told
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

STARTS, TAKES, STOPS = 500, 3000, 300  # milliseconds: until it runs, until its end, from the stop to the end
ENDED = ("COMPLETED", "FAILED", "CANCELED")
DAY = 24 * 3600 * 1000


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Every pipeline as it is now (``now``, UTC) with one update of yesterday, so that none is new."""
    updates, made = {}, {}
    for row in world.pipelines.itertuples():
        begun = ms(now) - DAY
        yesterday = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{row.pipeline_id} of yesterday"))
        fails = bool(struck(world, "pipeline_failing", row.pipeline_id))
        end = "FAILED" if fails else "COMPLETED"
        made[row.pipeline_id] = {
            "pipeline_id": row.pipeline_id,
            "workspace_id": row.workspace_id,
            "name": row.name,
            "creator_user_name": row.created_by,
            "run_as_user_name": row.created_by,
            "last_modified": ms(row.create_time),
            "spec": {
                "id": row.pipeline_id,
                "name": row.name,
                "catalog": "main",
                "schema": f"{row.team}_silver",
                "serverless": bool(row.serverless),
                "development": bool(row.development),
                "continuous": False,
                "photon": True,
                "edition": "ADVANCED",
                "channel": "CURRENT",
                "tags": dict(row.tags),
                "libraries": [{"glob": {"include": f"/Workspace/{row.team}/{row.name}/**"}}],
            },
            "_fails": fails,
            "_updates": [yesterday],
        }
        updates[yesterday] = _update(yesterday, row.pipeline_id, {}, begun, [[begun, "RUNNING"], [begun + TAKES, end]])
    return {"pipelines": made, "pipeline_updates": updates}


def _update(identifier: str, pipeline: str, asked: Json, begun: int, states: Timeline) -> Json:
    return {
        "update_id": identifier,
        "pipeline_id": pipeline,
        "cause": asked.get("cause") or "API_CALL",
        "creation_time": begun,
        "validate_only": bool(asked.get("validate_only")),
        "full_refresh": bool(asked.get("full_refresh")),
        "refresh_selection": list(asked.get("refresh_selection") or []),
        "_states": states,
    }


def _found(state: State, identifier: str) -> Json:
    if identifier not in state.objects.get("pipelines", {}):
        raise ApiRefused(404, "RESOURCE_DOES_NOT_EXIST", f"The specified pipeline {identifier} was not found.")
    return state.get("pipelines", identifier)


def _updates(state: State, pipeline: Json) -> list[Json]:
    """Its updates, newest first."""
    return [state.objects["pipeline_updates"][one] for one in reversed(pipeline["_updates"])]


def _active(state: State, pipeline: Json) -> Json | None:
    now = ms(state.clock())
    return next((one for one in _updates(state, pipeline) if at(one["_states"], now) not in ENDED), None)


def _shown(state: State, pipeline: Json) -> Json:
    now, active = ms(state.clock()), _active(state, pipeline)
    latest = [
        {
            "update_id": one["update_id"],
            "state": at(one["_states"], now),
            "creation_time": dt.datetime.fromtimestamp(one["creation_time"] / 1000, dt.UTC).isoformat(),
        }
        for one in _updates(state, pipeline)[:5]
    ]
    failed = bool(latest) and latest[0]["state"] == "FAILED"
    return told(pipeline, now) | {
        "state": "RUNNING" if active else "FAILED" if failed else "IDLE",
        "latest_updates": latest,
        "health": "UNHEALTHY" if failed else "HEALTHY",
    }


def _get(state: State, request: Request, identifier: str) -> Json:
    return _shown(state, _found(state, identifier))


def _list(state: State, request: Request) -> Json:
    every = sorted(state.objects.get("pipelines", {}))
    begin, size = int(request.query.get("page_token") or 0), int(request.query.get("max_results") or 25)
    shown = [_shown(state, state.get("pipelines", one)) for one in every[begin : begin + size]]
    more = {"next_page_token": str(begin + size)} if begin + size < len(every) else {}
    return {"statuses": [{k: v for k, v in one.items() if k != "spec"} for one in shown]} | more


def _edit(state: State, request: Request, identifier: str) -> Json:
    """Replaces every setting, unless they were changed since the time that the request names."""
    before, sent = _found(state, identifier), dict(request.body)
    seen = sent.pop("expected_last_modified", None)
    if seen is not None and seen != before["last_modified"]:
        raise ApiRefused(409, "RESOURCE_CONFLICT", f"Pipeline {identifier} was modified after {seen}.")
    if not sent.get("name"):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Missing required field: name")
    spec = sent | {"id": identifier}
    if spec != before["spec"]:
        moved = max(ms(state.clock()), before["last_modified"] + 1)
        after = before | {"spec": spec, "name": sent["name"], "last_modified": moved}
        state.put("pipelines", identifier, after)
        _note(state, request, "update", before, told(after, moved), told(before, moved))
    return {}


def _start(state: State, request: Request, identifier: str) -> Json:
    """An update; refused while another one is active. A validation of a failing pipeline fails as well."""
    pipeline, now = _found(state, identifier), ms(state.clock())
    if active := _active(state, pipeline):
        raise ApiRefused(
            409,
            "RESOURCE_CONFLICT",
            f"An active update {active['update_id']} already exists for pipeline {identifier}.",
        )
    made = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{identifier} {len(pipeline['_updates'])}"))
    states: Timeline = [
        [now, "WAITING_FOR_RESOURCES"],
        [now + STARTS, "RUNNING"],
        [now + TAKES, "FAILED" if pipeline["_fails"] else "COMPLETED"],
    ]
    update = _update(made, identifier, request.body, now, states)
    state.put("pipeline_updates", made, update)
    state.put("pipelines", identifier, pipeline | {"_updates": [*pipeline["_updates"], made]})
    _note(state, request, "validate" if update["validate_only"] else "start_update", pipeline, update, None)
    return {"update_id": made}


def _stop(state: State, request: Request, identifier: str) -> Json:
    """Ends the active update; nothing happens without one."""
    pipeline, now = _found(state, identifier), ms(state.clock())
    active = _active(state, pipeline)
    if active and at(active["_states"], now) != "STOPPING":
        states = [one for one in active["_states"] if one[0] <= now] + [[now, "STOPPING"], [now + STOPS, "CANCELED"]]
        after = active | {"_states": states}
        state.put("pipeline_updates", after["update_id"], after)
        _note(state, request, "stop", pipeline, after, active)
    return {}


def _note(state: State, request: Request, action: str, pipeline: Json, after: Json, before: Json | None) -> None:
    """Updates are noted as they are stored (``_states`` says when each ends and how)."""
    detail: dict[str, Any] = {"object": after, "before": before}
    state.effect(
        f"pipelines.{action}", "pipeline", pipeline["pipeline_id"], request.by, pipeline["workspace_id"], **detail
    )


def _get_update(state: State, request: Request, identifier: str, update: str) -> Json:
    if update not in _found(state, identifier)["_updates"]:
        raise ApiRefused(404, "RESOURCE_DOES_NOT_EXIST", f"The specified update {update} was not found.")
    return {"update": told(state.get("pipeline_updates", update), ms(state.clock()))}


def _list_updates(state: State, request: Request, identifier: str) -> Json:
    every = _updates(state, _found(state, identifier))
    begin, size = int(request.query.get("page_token") or 0), int(request.query.get("max_results") or 25)
    shown = [told(one, ms(state.clock())) for one in every[begin : begin + size]]
    return {"updates": shown} | ({"next_page_token": str(begin + size)} if begin + size < len(every) else {})


_ONE = r"/api/2\.0/pipelines/([^/]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", r"/api/2\.0/pipelines", _list),
    ("GET", _ONE, _get),
    ("PUT", _ONE, _edit),
    ("POST", _ONE + r"/updates", _start),
    ("GET", _ONE + r"/updates", _list_updates),
    ("GET", _ONE + r"/updates/([^/]+)", _get_update),
    ("POST", _ONE + r"/stop", _stop),
)
