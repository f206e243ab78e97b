"""Reading and writing the access control list of a workspace object: job, cluster, policy, warehouse, pipeline, endpoint.

The API can add and raise with PATCH but not take away: that is done by putting the whole list of direct entries back
without the one. What is inherited is not part of the list, and the owner must stay in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from actions.kinds.shared.identifiers import BadTarget, checked_name
from actions.kinds.shared.kind import Gone
from actions.kinds.shared.principals import held_as
from actions.kinds.shared.raw import call, without
from approvals.values.proposal import Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

PrincipalType = Literal["user", "group", "service_principal"]
OWNER = "IS_OWNER"
FIELDS = {"user": "user_name", "group": "group_name", "service_principal": "service_principal_name"}


@dataclass(frozen=True)
class Object:
    """How the API calls a type of object, the pattern of its ids, and its levels from low to high."""

    path: str
    pattern: str
    levels: tuple[str, ...]


OBJECTS = {
    "job": Object("jobs", r"[1-9][0-9]{0,18}", ("CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", OWNER)),
    "cluster": Object("clusters", r"[A-Za-z0-9_-]{1,128}", ("CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE")),
    "policy": Object("cluster-policies", r"[A-Za-z0-9_-]{1,128}", ("CAN_USE",)),
    "warehouse": Object("warehouses", r"[A-Za-z0-9_-]{1,128}", ("CAN_VIEW", "CAN_MONITOR", "CAN_USE", "CAN_MANAGE", OWNER)),
    "pipeline": Object("pipelines", r"[A-Za-z0-9_-]{1,128}", ("CAN_VIEW", "CAN_RUN", "CAN_MANAGE", OWNER)),
    "endpoint": Object("serving-endpoints", r"", ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE")),
}  # fmt: skip


class Unreadable(Exception):
    """The list holds a level that this version does not know: put back without it, it would be lost."""


def address(client: WorkspaceClient, target: Target) -> tuple[str, str]:
    """Type and id as the API takes them; of a serving endpoint it wants the id, not the name. Raises
    :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    known = OBJECTS.get(target.type)
    if known is None:
        raise BadTarget(f"a {target.type[:40]} has no access control list here")
    if target.type == "endpoint":
        try:
            return known.path, str(client.serving_endpoints.get(checked_name(target)).id)
        except NotFound as error:
            raise Gone(target.id) from error
    if not re.fullmatch(known.pattern, target.id):
        raise BadTarget(f"{target.id[:80]!r} is not the id of a {target.type}")
    return known.path, target.id


def level_of(read: WorkspaceClient, target: Target, kind: PrincipalType, principal: str) -> Json:
    """``level``: the highest level that the principal was given directly, or None. ``_inherited``: levels it has from
    above, with the place. ``_levels``: what the object knows. ``_readable``: see :class:`Unreadable`."""
    from databricks.sdk.errors import NotFound

    path, identifier = address(read, target)
    try:
        found = read.permissions.get(path, identifier)
        known = read.permissions.get_permission_levels(path, identifier)
    except NotFound as error:
        raise Gone(target.id) from error
    direct: list[str] = []
    inherited: dict[str, str] = {}
    readable = True
    spelt = _spelt(found, kind, principal)
    for entry in found.access_control_list or ():
        readable &= all(one.inherited or one.permission_level is not None for one in entry.all_permissions or ())
        if _principal(entry) != (kind, spelt):
            continue
        for one in entry.all_permissions or ():
            if one.permission_level is None:
                continue
            if one.inherited:
                inherited[one.permission_level.value] = ", ".join(one.inherited_from_object or ()) or "above"
            else:
                direct.append(one.permission_level.value)
    order = OBJECTS[target.type].levels
    levels = sorted(one.permission_level.value for one in known.permission_levels or () if one.permission_level)
    return {
        "level": max(direct, key=lambda one: rank(order, one), default=None),
        "_inherited": inherited,
        "_levels": levels,
        "_readable": readable,
    }


def rank(order: tuple[str, ...], level: str | None) -> int:
    """The height of ``level``; none is the lowest, one that is not in ``order`` stands above all."""
    if level is None:
        return -1
    return order.index(level) if level in order else len(order)


def give(
    act: WorkspaceClient,
    target: Target,
    kind: PrincipalType,
    principal: str,
    level: str | None,
    unmoved: Callable[[str | None], None] = lambda now: None,
) -> Json:
    """Give the principal ``level`` directly, or take away what it has: one call, none when it is so already. ``unmoved``
    is asked of the level that the list gives it now."""
    from databricks.sdk.service.iam import AccessControlResponse, ObjectPermissions

    place = "/api/2.0/permissions/{}/{}".format(*address(act, target))
    found = call(act, "GET", place)
    order, now = OBJECTS[target.type].levels, None
    principal = _spelt(ObjectPermissions.from_dict(found), kind, principal)
    kept: list[Json] = []
    for entry in found.get("access_control_list") or ():
        read = AccessControlResponse.from_dict(entry)
        own = [one for one in read.all_permissions or () if not one.inherited]
        if any(one.permission_level is None for one in own) or (own and not _principal(read)[1]):
            raise Unreadable(target.id)
        if _principal(read) == (kind, principal):
            now = max((one.permission_level.value for one in own), key=lambda one: rank(order, one), default=None)
        else:
            kept += _sent_back(entry)
    if now == level:
        return {}
    unmoved(now)
    wanted = [] if level is None else [{FIELDS[kind]: principal, "permission_level": level}]
    raised = level is not None and rank(order, level) > rank(order, now)
    call(act, "PATCH" if raised else "PUT", place, body={"access_control_list": wanted if raised else [*kept, *wanted]})
    return {}


def _sent_back(entry: Json) -> list[Json]:
    """What is directly given by an entry of the list, as it is put back: whatever else is said of it goes along."""
    whose = without(entry, "all_permissions", "display_name")
    own = [one for one in entry.get("all_permissions") or () if not one.get("inherited")]
    return [whose | without(one, "inherited", "inherited_from_object") for one in own]


def _spelt(found: Any, kind: PrincipalType, principal: str) -> str:
    """The principal as the list writes it; raises :class:`actions.kinds.shared.principals.Ambiguous`."""
    entries = (_principal(one) for one in found.access_control_list or ())
    return held_as(principal, (name for sort, name in entries if sort == kind)) or principal


def _principal(entry: Any) -> tuple[str, str]:
    if entry.user_name:
        return "user", entry.user_name
    return (
        ("group", entry.group_name) if entry.group_name else ("service_principal", entry.service_principal_name or "")
    )
