"""Quality monitors of the emulated workspace: those of the eighty tables that ``data_quality_monitoring`` reports on, and
those of schemas, which are made and taken away.

A refresh waits, runs and ends within two seconds; that is worked out from the clock when somebody looks.
"""

from __future__ import annotations

import datetime as dt

from demo.names import PROD
from demo.organisation import GOLD, Organisation
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

WAITS, TAKES = dt.timedelta(seconds=0.5), dt.timedelta(seconds=2)
MONITORS = r"/api/data-quality/v1/monitors/([^/]+)/([^/]+)"
PAGE = 50
_STATE = "MONITOR_REFRESH_STATE_"


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``monitors``: id of the table to its monitor, with the refreshes so far, oldest first."""
    scanned = int(now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000) - 15 * 3_600_000
    monitored = world.tables.iloc[GOLD : GOLD + 80]
    return {
        "schema_monitors": {},
        "monitors": {
            one.table_id: {
                "full_name": one.full_name,
                "workspace_id": PROD,
                "refreshes": [
                    {"refresh_id": 1, "start_time_ms": scanned, "trigger": "MONITOR_REFRESH_TRIGGER_SCHEDULE"}
                ],
            }
            for one in monitored.itertuples()
        },
    }


def monitor(state: State, request: Request, kind: str, table_id: str) -> Json:
    """The monitor of a table, or of a schema."""
    if kind == "schema":
        return _told_of_schema(state.get("schema_monitors", table_id, "Monitor of schema"))
    found = _monitor(state, kind, table_id)
    return {
        "object_type": "table",
        "object_id": table_id,
        "data_profiling_config": {
            "output_schema_id": "monitoring",
            "monitored_table_name": found["full_name"],
            "status": "DATA_PROFILING_STATUS_ACTIVE",
        },
    }


def create(state: State, request: Request) -> Json:
    """A monitor of a schema; refused where there is one."""
    kind, number = str(request.body.get("object_type")), str(request.body.get("object_id"))
    config = request.body.get("anomaly_detection_config")
    named = [one["name"] for one in state.objects["securables"].values() if one.get("schema_id") == number]
    if kind != "schema" or config is None:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "A schema is monitored with anomaly_detection_config.")
    if not named:
        raise missing("Schema", number)
    if number in state.objects.get("schema_monitors", {}):
        raise ApiRefused(409, "ALREADY_EXISTS", f"Schema {named[0]} has a monitor already.")
    after = {"id": number, "full_name": named[0], "config": config}
    state.put("schema_monitors", number, after)
    state.effect("data_quality.create_monitor", "schema", named[0], request.by, PROD, object=after, before=None)
    return _told_of_schema(after)


def delete(state: State, request: Request, kind: str, number: str) -> Json:
    """No monitor of the schema any more; what it measured stays."""
    if kind != "schema":
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"{kind} is not monitored this way.")
    before = state.get("schema_monitors", number, "Monitor of schema")
    state.drop("schema_monitors", number)
    name = before["full_name"]
    state.effect("data_quality.delete_monitor", "schema", name, request.by, PROD, object=None, before=before)
    return {}


def _told_of_schema(found: Json) -> Json:
    return {"object_type": "schema", "object_id": found["id"], "anomaly_detection_config": found["config"]}


def refreshes(state: State, request: Request, kind: str, table_id: str) -> Json:
    """All refreshes, newest first, page by page."""
    every = [_told(state, table_id, one) for one in reversed(_monitor(state, kind, table_id)["refreshes"])]
    start = int(request.query.get("page_token") or 0)
    size = int(request.query.get("page_size") or PAGE)
    rest = {"next_page_token": str(start + size)} if start + size < len(every) else {}
    return {"refreshes": every[start : start + size], **rest}


def refresh(state: State, request: Request, kind: str, table_id: str, number: str) -> Json:
    """One refresh."""
    for one in _monitor(state, kind, table_id)["refreshes"]:
        if one["refresh_id"] == int(number):
            return _told(state, table_id, one)
    raise missing("Refresh", number)


def create_refresh(state: State, request: Request, kind: str, table_id: str) -> Json:
    """Begin a refresh; refused while one is under way."""
    before = _monitor(state, kind, table_id)
    last = before["refreshes"][-1]
    if _state(state, last) in ("PENDING", "RUNNING"):
        raise ApiRefused(409, "RESOURCE_CONFLICT", f"A refresh of {before['full_name']} is under way.")
    new = {
        "refresh_id": last["refresh_id"] + 1,
        "start_time_ms": int(state.clock().timestamp() * 1000),
        "trigger": "MONITOR_REFRESH_TRIGGER_MANUAL",
    }
    after = before | {"refreshes": [*before["refreshes"], new]}
    state.put("monitors", table_id, after)
    state.effect(
        "data_quality.create_refresh",
        "table",
        before["full_name"],
        request.by,
        before["workspace_id"],
        object=after,
        before=before,
        refresh_id=new["refresh_id"],
    )
    return _told(state, table_id, new)


def _monitor(state: State, kind: str, table_id: str) -> Json:
    if kind != "table":
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"{kind} is not monitored this way.")
    return state.get("monitors", table_id, "Monitor of table")


def _state(state: State, one: Json) -> str:
    age = state.clock().timestamp() - one["start_time_ms"] / 1000
    if age < WAITS.total_seconds():
        return "PENDING"
    return "RUNNING" if age < TAKES.total_seconds() else "SUCCESS"


def _told(state: State, table_id: str, one: Json) -> Json:
    now = _state(state, one)
    end = {"end_time_ms": one["start_time_ms"] + int(TAKES.total_seconds() * 1000)} if now == "SUCCESS" else {}
    return {"object_type": "table", "object_id": table_id, "state": _STATE + now, **one, **end}


ROUTES: tuple[Route, ...] = (
    ("GET", MONITORS, monitor),
    ("POST", r"/api/data-quality/v1/monitors", create),
    ("DELETE", MONITORS, delete),
    ("GET", rf"{MONITORS}/refreshes", refreshes),
    ("POST", rf"{MONITORS}/refreshes", create_refresh),
    ("GET", rf"{MONITORS}/refreshes/(\d+)", refresh),
)
