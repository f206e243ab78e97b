"""Who is in the groups of the emulated account, and who is active: its SCIM API, as a workspace reaches it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from demo.names import PROD
from demo.organisation import Organisation
from demo.workspace.people import SORTS, group, patch_user, users
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

USERS = "/api/2.0/account/scim/v2/Users"
GROUPS = "/api/2.0/account/scim/v2/Groups"
_MEMBER = re.compile(r'members\[value eq "([^"]*)"\]')


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Nothing besides the groups themselves."""
    return {}


def shown(state: State, request: Request, identifier: str) -> Json:
    """One group of the account with its direct members; those of a workspace are not found."""
    _of_the_account(state, identifier)
    return group(state, request, identifier)


def patch(state: State, request: Request, identifier: str) -> Json:
    """Add members to a group and take members out; who is in already, or not in, changes nothing."""
    before = _of_the_account(state, identifier)
    members = [m["value"] for m in before["members"]]
    known = set().union(*(state.objects[sort] for sort in SORTS.values())) - {identifier}
    for operation in request.body.get("Operations", []):
        verb, named = str(operation.get("op", "")).lower(), _named(operation)
        if verb not in ("add", "remove"):
            raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Members are added and removed.")
        if verb == "add" and (strangers := set(named) - known):
            raise missing("User", sorted(strangers)[0])
        kept = [m for m in members if m not in named or verb == "add"]
        members = kept + [m for m in named if verb == "add" and m not in kept]
    if set(members) != {m["value"] for m in before["members"]}:
        if before.get("externalId"):
            said = f"Group {identifier} is synced from the identity provider: change it there."
            raise ApiRefused(403, "PERMISSION_DENIED", said)
        _changed(state, request, before, [{"value": m} for m in members])
    return group(state, request, identifier)


def _of_the_account(state: State, identifier: str) -> Json:
    found = state.get("groups", identifier, "Group")
    if found.get("meta", {}).get("resourceType") == "WorkspaceGroup":
        raise missing("Group", identifier)
    return found


def _changed(state: State, request: Request, before: Json, members: list[Json]) -> None:
    """The group as it is when ``members`` are in it, written and told of."""
    after, was, now = (
        before | {"members": members},
        *({m["value"] for m in own} for own in (before["members"], members)),
    )
    state.put("groups", before["id"], after)
    state.effect(
        "groups.patch",
        "group",
        before["id"],
        request.by,
        PROD,
        object=after,
        before=before,
        added=sorted(now - was),
        removed=sorted(was - now),
        names={one: name for one in now ^ was if (name := _called(state, one))},
    )


def _called(state: State, member: str) -> str:
    found = next((state.objects[sort][member] for sort in SORTS.values() if member in state.objects[sort]), {})
    return str(found.get("userName") or found.get("applicationId") or found.get("displayName") or "")


def _named(operation: Json) -> list[str]:
    """The members an operation names: in its path, or in its value with or without the word ``members``."""
    if found := _MEMBER.fullmatch(str(operation.get("path") or "")):
        return [found.group(1)]
    value: Any = operation.get("value")
    listed = value if isinstance(value, list) else [value] if value else []
    inner = [m for one in listed for m in one.get("members", [one])]
    return list(dict.fromkeys(str(m["value"]) for m in inner))


ROUTES: tuple[Route, ...] = (
    ("GET", USERS, users),
    ("PATCH", rf"{USERS}/([^/]+)", patch_user),
    ("GET", rf"{GROUPS}/([^/]+)", shown),
    ("PATCH", rf"{GROUPS}/([^/]+)", patch),
)
