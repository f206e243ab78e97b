"""Who is in the groups of the emulated account, one membership at a time, as a workspace reaches them."""

from __future__ import annotations

import datetime as dt

from demo.organisation import Organisation
from demo.workspace.people import SORTS, changed_members, is_synced
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

_TYPES = {"Users": "USER", "ServicePrincipals": "SERVICE_PRINCIPAL", "Groups": "GROUP"}


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Nothing besides the groups themselves."""
    return {}


def shown(state: State, request: Request, group: str, member: str) -> Json:
    """One direct membership, and where it comes from."""
    found = state.get("groups", group, "Group")
    if {"value": member} not in found["members"]:
        raise missing("Direct group member", member)
    return _told(state, found, member)


def add(state: State, request: Request, group: str) -> Json:
    """Make somebody a direct member; who is one already is refused."""
    found, member = _kept_here(state, group), str(request.body.get("principal_id") or "")
    if not any(member in state.objects[sort] for sort in SORTS.values()) or member == group:
        raise missing("Principal", member)
    if {"value": member} in found["members"]:
        raise ApiRefused(409, "ALREADY_EXISTS", f"Principal {member} is a member of group {group} already.")
    return _told(state, changed_members(state, request, found, [*found["members"], {"value": member}]), member)


def remove(state: State, request: Request, group: str, member: str) -> Json:
    """End a direct membership; who is no member is not found."""
    found = _kept_here(state, group)
    if {"value": member} not in found["members"]:
        raise missing("Direct group member", member)
    changed_members(state, request, found, [one for one in found["members"] if one["value"] != member])
    return {}


def _kept_here(state: State, group: str) -> Json:
    found = state.get("groups", group, "Group")
    if is_synced(found):
        raise ApiRefused(
            403, "PERMISSION_DENIED", f"Group {group} is synced from the identity provider: change it there."
        )
    return found


def _told(state: State, group: Json, member: str) -> Json:
    ref = next(ref for ref, sort in SORTS.items() if member in state.objects[sort])
    return {
        "group_id": int(group["id"]),
        "principal_id": int(member),
        "display_name": state.objects[SORTS[ref]][member].get("displayName", ""),
        "principal_type": _TYPES[ref],
        "membership_source": "IDENTITY_PROVIDER" if is_synced(group) else "INTERNAL",
    }


_MEMBERS = r"/api/2\.0/identity/groups/([^/]+)/direct-members"
ROUTES: tuple[Route, ...] = (
    ("POST", _MEMBERS, add),
    ("GET", rf"{_MEMBERS}/([^/]+)", shown),
    ("DELETE", rf"{_MEMBERS}/([^/]+)", remove),
)
