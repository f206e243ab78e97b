"""What the two kinds that change who is in a group share: reading a membership, and who keeps it.

The groups are those of the account, reached from a workspace through the account's SCIM API, as whoever manages a group may.
A group that is synced from the identity provider is kept there: Databricks refuses to change it, and what was changed would
come back with the next sync. Nobody leaves the groups that Databricks itself keeps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget, Principal, read_as
from actions.kinds.shared.kind import Gone, Kind, Params
from actions.kinds.shared.principals import held_as
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Check, Impact, Target
from approvals.values.value import Json
from spelling import KEPT_BY_DATABRICKS, folded, honest

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

LOCAL = "WorkspaceGroup"  # the resource type of a group of one workspace
GROUPS = "/api/2.0/account/scim/v2/Groups"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Membership(Params):
    """The group that the person, service or group is in, or is to be in."""

    group: Principal = Field(title="Group")


class MembershipKind(Kind[Membership]):
    """What both directions share. The image: whether it is a direct member; as context the ids, and who keeps the group."""

    right = Right(words="manager of the group, or administrator of the account")
    dimension, resource = "governanceops", "principal"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True
    scope, enabled = "metastore", False

    def snapshot(self, read: WorkspaceClient, target: Target, params: Membership) -> Json:
        return membership(read, target, params.group)

    def preconditions(self, image: Json, params: Membership) -> tuple[Check, ...]:
        """What Databricks would refuse is refused here, with the place to go."""
        system = folded(params.group) in KEPT_BY_DATABRICKS
        return (
            Check(
                id="of_the_account",
                expected="a group of the account that people keep",
                observed="Databricks keeps it" if system else "of one workspace" if image["_local"] else "it is one",
                ok=not (system or image["_local"]),
            ),
            Check(
                id="kept_here",
                expected="a membership that is kept in Databricks",
                observed="it comes from the identity provider: change it there" if image["_outside"] else "it is",
                ok=not image["_outside"],
            ),
        )

    def blast(self, image: Json, params: Membership) -> Impact:
        uncounted = ("the members of the group that is a member are not counted",) if image["_sort"] == "group" else ()
        return Impact(objects=1, principals=1, skipped=uncounted)


def checked_member(target: Target) -> None:
    """Raises :class:`BadTarget` where the target is no name of somebody. It goes into a filter only, never into a path."""
    if target.type != "principal" or not re.fullmatch(r"[^`\x00-\x1f\x7f]{1,255}", target.id) or not honest(target.id):
        raise BadTarget(f"{target.type[:40]} {target.id[:80]!r} is no person, service or group")


def membership(read: WorkspaceClient, target: Target, group: str) -> Json:
    """``member``: whether the target is directly in ``group``. ``_group`` and ``_member``: their ids in the directory; ``_sort``
    of the member; ``_local``: the group is one of a workspace, which the account does not know; ``_outside``: the identity
    provider keeps it. Raises :class:`Gone` or :class:`actions.kinds.shared.principals.Ambiguous`."""
    from databricks.sdk.errors import NotFound

    checked_member(target)
    sort, member = _known(read, target)
    found = _of_name(group, _listed(read.groups.list, "displayName", group), lambda one: one.display_name)
    if found is None:
        raise Gone(group)
    number = _number(found.id)
    try:
        whole = call(read, "GET", f"{GROUPS}/{number}")
    except NotFound:  # the account knows no such group
        whole = {}
    inside = any(one.get("value") == member for one in whole.get("members") or ())
    kept = {"_local": not whole, "_outside": bool(whole.get("externalId"))}
    return {"member": inside, **kept, "_group": number, "_member": member, "_sort": sort}


def change(act: WorkspaceClient, image: Json, operation: Json) -> None:
    """One operation on the members of the group; what is so already stays, and the other members do."""
    call(act, "PATCH", f"{GROUPS}/{_number(image['_group'])}", body={"schemas": [PATCH], "Operations": [operation]})


def _known(read: WorkspaceClient, target: Target) -> tuple[str, str]:
    """What the target is (person, service, group) and its id in the directory; it is spelt as the directory spells it."""
    asked: tuple[tuple[str, Any, str, Callable[[Any], str | None]], ...] = (
        ("person", read.users.list, "userName", lambda one: one.user_name),
        ("service", read.service_principals.list, "applicationId", lambda one: one.application_id),
        ("group", read.groups.list, "displayName", lambda one: one.display_name),
    )
    for sort, listed, field, name in asked:
        if (found := _of_name(target.id, _listed(listed, field, target.id), name)) is not None:
            read_as(target, name(found))
            return sort, _number(found.id)
    raise Gone(target.id)


def _listed(call: Any, field: str, name: str) -> Iterable[Any]:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return call(filter=f'{field} eq "{quoted}"')  # type: ignore[no-any-return]


def _of_name(name: str, listed: Iterable[Any], spelt: Callable[[Any], str | None]) -> Any:
    """The one of ``listed`` that is called ``name``; a group of the account before one of a workspace."""
    every = sorted(listed, key=_is_local)
    called = held_as(name, (spelt(one) or "" for one in every))
    return next((one for one in every if called is not None and spelt(one) == called), None)


def _is_local(one: Any) -> bool:
    meta = getattr(one, "meta", None)
    return meta is not None and meta.resource_type == LOCAL


def _number(identifier: object) -> str:
    if not str(identifier).isascii() or not str(identifier).isdigit():
        raise BadTarget(f"{str(identifier)[:80]!r} is no id of the directory")
    return str(identifier)
