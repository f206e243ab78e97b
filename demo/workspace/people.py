"""Who may sign in to the emulated workspace, and the groups they are in: users, service principals, the workspace's SCIM API."""

from __future__ import annotations

import datetime as dt
import re

from demo.names import PROD, TEAMS
from demo.newcomers import newcomers
from demo.organisation import Organisation
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

APP, APP_TOKEN, APP_SECRET = "lakehelm-app", "dapi-lakehelm-app", "lakehelm-app-secret"
READER = "emulated-client"  # the principal that reads SQL in tests and drills
LOCAL = "1000"  # id of the user who sits before a laptop
APPROVERS = ("platform-approvers", "finops-approvers", "data-approvers", "ml-approvers", "governance-approvers")
# Group -> people by position, the approvers overlapping a little; LOCAL joins every group of approvers.
GROUPS: dict[str, tuple[int, ...]] = {
    "lakehelm-admins": (0, 1, 2),
    "platform-approvers": (3, 4, 5, 6, 14), "finops-approvers": (6, 7, 8, 20), "data-approvers": (8, 9, 10, 11, 12, 19),
    "ml-approvers": (12, 13, 14, 15), "governance-approvers": (15, 16, 17, 18, 3),
    "freeze-approvers": (0, 3, 7), "break-glass": (0, 1), "auditors": (21, 22), "viewers": tuple(range(23, 40)),
}  # fmt: skip
# Groups of groups, each named before those that it is in.
NESTED = {
    "data-eng": ("team-platform", "team-research"),
    "analysts": ("team-finance", "team-marketing"),
    "all-data": ("data-eng", "analysts"),
}
# Kept by the identity provider, under its own id: nobody changes here who is in them.
SYNCED = {"analysts": "2f1c6c0e-6f0b-4a53-9f2b-0f7a4f1d9a01", "all-data": "2f1c6c0e-6f0b-4a53-9f2b-0f7a4f1d9a02"}
SCIM = "/api/2.0/preview/scim/v2"
SORTS = {"Users": "users", "ServicePrincipals": "service_principals", "Groups": "groups"}
_FILTER = re.compile(r'\s*(\w+)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Users, service principals, groups and, under ``tokens``, who signs in with which token."""
    users = {
        str(p.user_id): {
            "id": str(p.user_id),
            "userName": p.email,
            "displayName": _name(p.email),
            "active": True,
            "emails": [{"value": p.email, "primary": True}],
        }
        for p in world.people.itertuples()
    }
    users[LOCAL] = {"id": LOCAL, "userName": "local", "displayName": "Local user", "active": True}
    users |= {
        str(p.user_id): {"id": str(p.user_id), "userName": p.email, "displayName": _name(p.email), "active": True}
        for p in newcomers(world).itertuples()
    }
    principals = {
        str(p.user_id): {"id": str(p.user_id), "applicationId": p.application_id, "displayName": p.name, "active": True}
        for p in world.principals.itertuples()
    }
    for identifier, name in (("1", READER), ("2", APP)):
        principals[identifier] = {"id": identifier, "applicationId": name, "displayName": name, "active": True}
    ids = [*map(str, world.people.user_id), LOCAL]
    members = {name: [ids[i] for i in places if i < len(ids) - 1] for name, places in GROUPS.items()}
    for name in (*APPROVERS, "freeze-approvers"):
        members[name].append(LOCAL)
    for team in TEAMS:
        members[f"team-{team}"] = [str(i) for i in world.people[world.people.team == team].user_id]
    new = newcomers(world)
    for team in sorted(set(new.team)):
        members[f"joiners-{team}"] = list(new.user_id[new.team == team])
        members[f"team-{team}"] += list(new.user_id[(new.team == team) & new.succeeded.notna()])
    groups = {
        str(9000 + n): {"id": str(9000 + n), "displayName": name, "members": [{"value": i} for i in found]}
        for n, (name, found) in enumerate(members.items())
    }
    numbers = {group["displayName"]: number for number, group in groups.items()}
    for n, (name, inside) in enumerate(NESTED.items(), 9500):
        numbers[name] = str(n)
        listed = [{"value": numbers[one]} for one in inside]
        synced = {"externalId": SYNCED[name]} if name in SYNCED else {}
        groups[str(n)] = {"id": str(n), "displayName": name, "members": listed, **synced}
    tokens: dict[str, Json] = {f"user-token-{i}": {"collection": "users", "id": i} for i in users}
    tokens |= {
        f"principal-token-{p['applicationId']}": {"collection": "service_principals", "id": i}
        for i, p in principals.items()
    }
    tokens[APP_TOKEN] = {"collection": "service_principals", "id": "2"}
    return {"users": users, "service_principals": principals, "groups": groups, "tokens": tokens}


def _name(email: str) -> str:
    return email.split("@")[0].replace(".", " ").title()


def signed_in(state: State, token: str) -> str | None:
    """The user name or application id that ``token`` stands for; None for an unknown one or who is not active."""
    with state.lock:
        found = state.objects["tokens"].get(token)
        person = state.objects[found["collection"]].get(found["id"]) if found else None
    return str(person.get("userName") or person["applicationId"]) if person and person["active"] else None


def _told(state: State, person: Json) -> Json:
    """A user or principal with the groups that have them as a member."""
    mine = [
        {"value": g["id"], "display": g["displayName"], "type": "direct", "$ref": f"Groups/{g['id']}"}
        for g in state.objects["groups"].values()
        if {"value": person["id"]} in g["members"]
    ]
    return person | {"userName": person.get("userName") or person["applicationId"], "groups": mine}


def _group(state: State, group: Json) -> Json:
    shown = [
        {
            "value": m["value"],
            "display": state.objects[sort][m["value"]].get("displayName", ""),
            "$ref": f"{ref}/{m['value']}",
        }
        for m in group["members"]
        for ref, sort in SORTS.items()
        if m["value"] in state.objects[sort]
    ]
    return group | {"members": shown}


def _found(objects: dict[str, Json], request: Request) -> list[Json]:
    """Those that the request's filter names; all without one."""
    wanted = request.query.get("filter", "")
    if not wanted:
        return list(objects.values())
    read = _FILTER.fullmatch(wanted)
    if read is None:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", 'A filter is: attribute eq "value".')
    name, text = read.group(1).lower(), re.sub(r"\\(.)", r"\1", read.group(2)).lower()
    return [o for o in objects.values() if str({k.lower(): v for k, v in o.items()}.get(name, "")).lower() == text]


def _page(request: Request, every: list[Json]) -> Json:
    first = max(int(request.query.get("startIndex") or 1), 1)
    part = every[first - 1 : first - 1 + int(request.query.get("count") or len(every) or 1)]
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": len(every),
        "startIndex": first,
        "itemsPerPage": len(part),
        "Resources": part,
    }


def me(state: State, request: Request) -> Json:
    """Who asks, with groups."""
    everyone = [*state.objects["users"].values(), *state.objects["service_principals"].values()]
    return _told(state, next(p for p in everyone if request.by in (p.get("userName"), p.get("applicationId"))))


def users(state: State, request: Request) -> Json:
    """Users, one page of them."""
    return _page(request, [_told(state, person) for person in _found(state.objects["users"], request)])


def user(state: State, request: Request, identifier: str) -> Json:
    """One user."""
    return _told(state, state.get("users", identifier, "User"))


def patch_user(state: State, request: Request, identifier: str) -> Json:
    """Whether a user is active."""
    before = state.get("users", identifier, "User")
    after = dict(before)
    for operation in request.body.get("Operations", []):
        value = operation.get("value")
        if str(operation.get("op", "")).lower() != "replace" or not isinstance(value, dict) or set(value) != {"active"}:
            raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Only active can be replaced, by a value with its name.")
        after["active"] = bool(value["active"])
    if after != before:
        state.put("users", identifier, after)
        action = "users.activate" if after["active"] else "users.deactivate"
        state.effect(action, "user", identifier, request.by, PROD, object=after, before=before)
    return _told(state, after)


def principals(state: State, request: Request) -> Json:
    """Service principals, one page of them."""
    return _page(request, [_told(state, p) for p in _found(state.objects["service_principals"], request)])


def principal(state: State, request: Request, identifier: str) -> Json:
    """One service principal."""
    return _told(state, state.get("service_principals", identifier, "Service principal"))


def groups(state: State, request: Request) -> Json:
    """Groups, one page of them."""
    return _page(request, [_group(state, group) for group in _found(state.objects["groups"], request)])


def group(state: State, request: Request, identifier: str) -> Json:
    """One group with its members."""
    return _group(state, state.get("groups", identifier, "Group"))


ROUTES: tuple[Route, ...] = (
    ("GET", rf"{SCIM}/Me", me),
    ("GET", rf"{SCIM}/Users", users),
    ("GET", rf"{SCIM}/Users/([^/]+)", user),
    ("PATCH", rf"{SCIM}/Users/([^/]+)", patch_user),
    ("GET", rf"{SCIM}/ServicePrincipals", principals),
    ("GET", rf"{SCIM}/ServicePrincipals/([^/]+)", principal),
    ("GET", rf"{SCIM}/Groups", groups),
    ("GET", rf"{SCIM}/Groups/([^/]+)", group),
)
