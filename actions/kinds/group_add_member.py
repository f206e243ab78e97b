"""Put a person, a service or a group into a group of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.kind import Inverse
from actions.kinds.shared.memberships import Membership, MembershipKind, change, checked_member
from approvals.values.proposal import Change, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class AddMember(MembershipKind):
    """Person, service or group: put into a group."""

    name = "group.add_member"

    def title(self, target: Target, params: Membership) -> str:
        return f"Put `{target.id}` into the group `{params.group}`"

    def plan(self, image: Json, params: Membership) -> tuple[Change, ...]:
        return () if image["member"] is True else (Change(path=f"in {params.group}", before=None, after="member"),)

    def steps(self, target: Target, params: Membership) -> tuple[str, ...]:
        return ("Add the membership to the group of the account; the other members stay",)

    def dry_run(self, read: WorkspaceClient, target: Target, params: Membership, image: Json) -> DryRun:
        """The rights of the group come with it, all of them."""
        every = f"{target.id} gains every right that {params.group} holds, now and later"
        return DryRun(mode="simulated", warnings=() if image["member"] else (every,))

    def execute(self, act: WorkspaceClient, target: Target, params: Membership, image: Json, key: str) -> Json:
        checked_member(target)
        if not image["member"]:
            change(act, image, {"op": "add", "value": {"members": [{"value": image["_member"]}]}})
        return {}

    def inverse(self, target: Target, params: Membership, image: Json, refs: Json) -> Inverse | None:
        return None if image["member"] else Inverse("group.remove_member", {"group": params.group})
