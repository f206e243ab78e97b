"""Take a person, a service or a group out of a group of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.kind import Inverse
from actions.kinds.shared.memberships import Membership, MembershipKind, change, checked_member
from approvals.values.proposal import Change, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class RemoveMember(MembershipKind):
    """Person, service or group: take out of a group."""

    name = "group.remove_member"

    def title(self, target: Target, params: Membership) -> str:
        return f"Take `{target.id}` out of the group `{params.group}`"

    def plan(self, image: Json, params: Membership) -> tuple[Change, ...]:
        return (Change(path=f"in {params.group}", before="member", after=None),) if image["member"] else ()

    def steps(self, target: Target, params: Membership) -> tuple[str, ...]:
        return ("Remove the membership from the group of the account; the other members stay",)

    def dry_run(self, read: WorkspaceClient, target: Target, params: Membership, image: Json) -> DryRun:
        """The rights of the group end with it, all of them, but for what other ways bring."""
        every = f"{target.id} loses every right that {params.group} holds, unless another group or a grant brings it"
        return DryRun(mode="simulated", warnings=(every,) if image["member"] else ())

    def execute(self, act: WorkspaceClient, target: Target, params: Membership, image: Json, key: str) -> Json:
        checked_member(target)
        if image["member"]:
            change(act, image, {"op": "remove", "path": f'members[value eq "{image["_member"]}"]'})
        return {}

    def inverse(self, target: Target, params: Membership, image: Json, refs: Json) -> Inverse | None:
        return Inverse("group.add_member", {"group": params.group}) if image["member"] else None
