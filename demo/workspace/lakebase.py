"""Lakebase of the emulated workspace: one project with one endpoint, and the passwords that are minted for it.

There is no Postgres behind it: who wants one (a test) listens to :attr:`demo.workspace.state.State.logins` and gives
the password to a Postgres of its own.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets

from demo.organisation import Organisation
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

ENDPOINT = "projects/lakehelm/branches/production/endpoints/primary"
LONGEST, SHORTEST = dt.timedelta(hours=1), dt.timedelta(minutes=5)
_TTL = re.compile(r"(\d+)(?:\.\d+)?s")


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """The endpoint."""
    status = {"current_state": "ACTIVE", "endpoint_type": "ENDPOINT_TYPE_READ_WRITE", "hosts": {"host": "127.0.0.1"}}
    return {"postgres_endpoints": {ENDPOINT: {"name": ENDPOINT, "uid": "ep-lakehelm-primary", "status": status}}}


def endpoint(state: State, request: Request, path: str) -> Json:
    """One endpoint."""
    return state.get("postgres_endpoints", path, "Endpoint")


def credential(state: State, request: Request) -> Json:
    """A password for the endpoint, good for an hour or the shorter time that was asked for."""
    path = str(request.body.get("endpoint") or "")
    state.get("postgres_endpoints", path, "Endpoint")
    span = LONGEST
    if said := request.body.get("ttl"):
        read = _TTL.fullmatch(str(said))
        span = dt.timedelta(seconds=int(read.group(1))) if read else dt.timedelta(0)
    if not SHORTEST <= span <= LONGEST:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "ttl is between 300s and 3600s.")
    password, ends = f"lakebase-{secrets.token_urlsafe(32)}", state.clock() + span
    for tell in state.logins:
        tell(path, password, ends)
    return {"token": password, "expire_time": ends.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


ROUTES: tuple[Route, ...] = (
    ("POST", r"/api/2\.0/postgres/credentials", credential),
    ("GET", r"/api/2\.0/postgres/(projects/[^/]+/branches/[^/]+/endpoints/[^/]+)", endpoint),
)
