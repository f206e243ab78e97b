"""SQL warehouses of the emulated workspace: /api/2.0/sql/warehouses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from demo.faults import struck
from demo.names import EUROPE
from demo.organisation import Organisation
from demo.workspace.passing import SOON, at, ms, through, told
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

SIZES = ("2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large", "4X-Large", "5X-Large")
REPORTED = ("id", "workspace_id", "creator_name", "state", "num_clusters", "num_active_sessions")  # not settings
DEFAULTS: Json = {
    "auto_stop_mins": 120, "min_num_clusters": 1, "max_num_clusters": 1, "enable_photon": True, "tags": {},
    "enable_serverless_compute": False, "spot_instance_policy": "COST_OPTIMIZED", "warehouse_type": "CLASSIC",
    "channel": {"name": "CHANNEL_NAME_CURRENT"},
}  # fmt: skip
LONGEST, MOST = 100_000, 40


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Every warehouse as it is now (``now``, UTC). Every second one runs, and those that hardly ever stop: the emulator
    does not know the tables' events."""
    home = world.warehouses[world.warehouses.workspace_id != EUROPE].warehouse_id
    edited = str(home.iloc[4])  # whose largest number of clusters was raised this morning
    made: dict[str, Json] = {}
    for place, row in enumerate(world.warehouses.itertuples()):
        size = "X_LARGE" if struck(world, "cost_rise", row.warehouse_id) else row.warehouse_size
        runs = place % 2 == 0 or row.auto_stop_minutes > 60
        made[row.warehouse_id] = DEFAULTS | {
            "id": row.warehouse_id,
            "workspace_id": row.workspace_id,
            "name": row.warehouse_name,
            "cluster_size": spoken(size),
            "auto_stop_mins": int(row.auto_stop_minutes),
            "min_num_clusters": int(row.min_clusters),
            "max_num_clusters": 5 if row.warehouse_id == edited else int(row.max_clusters),
            "enable_serverless_compute": row.warehouse_type == "SERVERLESS",
            "warehouse_type": "CLASSIC" if row.warehouse_type == "CLASSIC" else "PRO",
            "creator_name": row.created_by,
            "tags": {"custom_tags": [{"key": key, "value": value} for key, value in row.tags.items()]},
            "_states": [[0, "RUNNING" if runs else "STOPPED"]],
        }
    return {"warehouses": made}


def spoken(size: str) -> str:
    """A size of the system tables (X_SMALL) in the words of the API (X-Small)."""
    return "-".join(part if part[0].isdigit() else part.capitalize() for part in size.split("_"))


def _found(state: State, identifier: str) -> Json:
    found = state.objects.get("warehouses", {}).get(identifier)
    if found is None or at(found["_states"], ms(state.clock())) == "DELETED":
        raise missing("SQL warehouse", identifier)
    return state.get("warehouses", identifier)


def _shown(state: State, found: Json) -> Json:
    shown = told(found, ms(state.clock()))
    running = shown["state"] == "RUNNING"
    return shown | {"num_clusters": 1 if running else 0, "num_active_sessions": 0}


def _get(state: State, request: Request, identifier: str) -> Json:
    return _shown(state, _found(state, identifier))


def _list(state: State, request: Request) -> Json:
    every = state.objects.get("warehouses", {})
    return {"warehouses": [_shown(state, state.get("warehouses", one)) for one in sorted(every)]}


def _edit(state: State, request: Request, identifier: str) -> Json:
    """Replaces all settings; what is not sent gets its default."""
    before = _found(state, identifier)
    sent = {name: value for name, value in request.body.items() if name not in REPORTED}
    kept = {name: value for name, value in before.items() if name in REPORTED or name.startswith("_")}
    after = kept | DEFAULTS | sent
    after.setdefault("name", before["name"])
    after.setdefault("cluster_size", before["cluster_size"])
    _valid(after)
    if after != before:
        state.put("warehouses", identifier, after)
        _note(state, request, "edit", before, after)
    return {}


def _valid(after: Json) -> None:
    def invalid(what: str) -> ApiRefused:
        return ApiRefused(400, "INVALID_PARAMETER_VALUE", what)

    minutes, low, high = after["auto_stop_mins"], after["min_num_clusters"], after["max_num_clusters"]
    if after["cluster_size"] not in SIZES:
        raise invalid(f"Invalid cluster size: {after['cluster_size']}")
    if not isinstance(minutes, int) or minutes < 0 or minutes > LONGEST:
        raise invalid(f"Invalid auto_stop_mins: {minutes}")
    if 0 < minutes < (least := 1 if after["enable_serverless_compute"] else 10):
        raise invalid(f"auto_stop_mins must be 0 or at least {least} minutes, found {minutes}")
    if not 1 <= low <= high <= MOST:
        raise invalid(f"Invalid number of clusters: min {low}, max {high}")


def _start(state: State, request: Request, identifier: str) -> Json:
    return _switch(state, request, identifier, "start", ("STOPPED", "STOPPING"), ("STARTING", "RUNNING"))


def _stop(state: State, request: Request, identifier: str) -> Json:
    return _switch(state, request, identifier, "stop", ("RUNNING", "STARTING"), ("STOPPING", "STOPPED"))


def _switch(
    state: State, request: Request, identifier: str, action: str, when: tuple[str, ...], then: tuple[str, ...]
) -> Json:
    """Nothing happens when it is there already or on its way."""
    before, now = _found(state, identifier), ms(state.clock())
    if at(before["_states"], now) in when:
        after = before | {"_states": through(now, *then, each=SOON)}
        state.put("warehouses", identifier, after)
        _note(state, request, action, before, after)
    return {}


def _note(state: State, request: Request, action: str, before: Json, after: Json) -> None:
    now = ms(state.clock())
    detail: dict[str, Any] = {"object": told(after, now), "before": told(before, now)}
    state.effect(f"warehouses.{action}", "warehouse", after["id"], request.by, after["workspace_id"], **detail)


_ONE = r"/api/2\.0/sql/warehouses/([^/]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", r"/api/2\.0/sql/warehouses", _list),
    ("GET", _ONE, _get),
    ("POST", _ONE + r"/edit", _edit),
    ("POST", _ONE + r"/start", _start),
    ("POST", _ONE + r"/stop", _stop),
)
