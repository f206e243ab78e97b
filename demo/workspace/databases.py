"""Lakebase database instances of the emulated workspace: /api/2.0/database/instances."""

from __future__ import annotations

import datetime as dt

from demo.names import PROD
from demo.organisation import Organisation
from demo.workspace.passing import SOON, at, ms, through, told
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

INSTANCES = ("lakebase-1", "lakebase-trial")  # the second one is stopped, and in no bill
_ONE = r"/api/2\.0/database/instances/([^/]+)"


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """One that runs and one that is stopped."""
    owner = world.people.email.iloc[0]
    states = dict(zip(INSTANCES, ("AVAILABLE", "STOPPED"), strict=True))
    made = {
        name: {"name": name, "workspace_id": PROD, "creator": owner, "capacity": "CU_1", "_states": [[0, state]]}
        for name, state in states.items()
    }
    return {"databases": made}


def _shown(state: State, name: str) -> Json:
    shown = told(state.get("databases", name, "Database instance"), ms(state.clock()))
    stopped = shown["state"] == "STOPPED"
    return {**shown, "stopped": stopped, "effective_stopped": stopped}


def _get(state: State, request: Request, name: str) -> Json:
    return _shown(state, name)


def _update(state: State, request: Request, name: str) -> Json:
    """Takes what the mask names: whether it is stopped. One that is changing is refused."""
    before, now = state.get("databases", name, "Database instance"), ms(state.clock())
    if request.query.get("update_mask") != "stopped" or not isinstance(request.body.get("stopped"), bool):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "update_mask names the fields of the body: stopped.")
    stop, is_now = request.body["stopped"], at(before["_states"], now)
    if is_now not in ("AVAILABLE", "STOPPED"):
        raise ApiRefused(400, "INVALID_STATE", f"Database instance {name} is {is_now}.")
    if stop != (is_now == "STOPPED"):
        steps = ("UPDATING", "STOPPED") if stop else ("STARTING", "AVAILABLE")
        after = before | {"_states": through(now, *steps, each=SOON)}
        state.put("databases", name, after)
        action = "stopDatabaseInstance" if stop else "startDatabaseInstance"
        seen = {"object": told(after, now), "before": told(before, now)}
        state.effect(f"databases.{action}", "database", name, request.by, before["workspace_id"], **seen)
    return _shown(state, name)


ROUTES: tuple[Route, ...] = (("GET", _ONE, _get), ("PATCH", _ONE, _update))
