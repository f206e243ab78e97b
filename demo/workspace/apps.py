"""Databricks apps of the emulated workspace: /api/2.0/apps."""

from __future__ import annotations

import datetime as dt

from demo.assistants import APPS
from demo.names import PROD
from demo.organisation import Organisation
from demo.workspace.passing import SOON, at, ms, through
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

COCKPIT = ("a-1", "cockpit")
PAGE = 2  # apps of one answer at most, so that whoever stops at the first page is found out
_ONE = r"/api/2\.0/apps/([^/]+)"


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Those that the bill knows; what was stopped last is stopped."""
    owner = world.people.email.iloc[4]
    every = [(*COCKPIT, ""), *APPS]
    return {
        "apps": {
            name: {
                "id": identifier,
                "name": name,
                "workspace_id": PROD,
                "creator": owner,
                "_states": [[0, "STOPPED" if last == "stopApp" else "ACTIVE"]],
            }
            for identifier, name, last in every
        }
    }


def _shown(state: State, found: Json) -> Json:
    now = at(found["_states"], ms(state.clock()))
    running = "RUNNING" if now == "ACTIVE" else "UNAVAILABLE"
    own = {name: value for name, value in found.items() if not name.startswith("_") and name != "workspace_id"}
    return own | {"compute_status": {"state": now}, "app_status": {"state": running}}


def _list(state: State, request: Request) -> Json:
    every = sorted(state.objects["apps"])
    begin, size = int(request.query.get("page_token") or 0), min(int(request.query.get("page_size") or PAGE), PAGE)
    more = {"next_page_token": str(begin + size)} if begin + size < len(every) else {}
    return {"apps": [_shown(state, state.objects["apps"][one]) for one in every[begin : begin + size]]} | more


def _get(state: State, request: Request, name: str) -> Json:
    return _shown(state, _found(state, name))


def _found(state: State, name: str) -> Json:
    if name not in state.objects["apps"]:
        raise missing("App", name)
    return state.get("apps", name)


def _start(state: State, request: Request, name: str) -> Json:
    return _switched(state, request, name, "startApp", "STOPPED", ("STARTING", "ACTIVE"))


def _stop(state: State, request: Request, name: str) -> Json:
    return _switched(state, request, name, "stopApp", "ACTIVE", ("STOPPING", "STOPPED"))


def _switched(state: State, request: Request, name: str, action: str, begins: str, steps: tuple[str, str]) -> Json:
    """One that is there already stays as it is; one that is changing is refused."""
    before, now = _found(state, name), ms(state.clock())
    is_now = at(before["_states"], now)
    if is_now not in ("ACTIVE", "STOPPED"):
        raise ApiRefused(400, "INVALID_STATE", f"App {name} is {is_now}.")
    if is_now == begins:
        after = before | {"_states": through(now, *steps, each=SOON)}
        state.put("apps", name, after)
        seen = {"object": _shown(state, after), "before": _shown(state, before)}
        state.effect(f"apps.{action}", "app", name, request.by, before["workspace_id"], **seen)
    return _shown(state, _found(state, name))


ROUTES: tuple[Route, ...] = (
    ("GET", r"/api/2\.0/apps", _list),
    ("GET", _ONE, _get),
    ("POST", _ONE + "/start", _start),
    ("POST", _ONE + "/stop", _stop),
)
