"""Deactivate a person in the account, or activate one again: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from actions.kinds.shared.identifiers import BadTarget, read_as
from actions.kinds.shared.kind import Gone, Inverse, Kind, NoParams
from actions.kinds.shared.memberships import PATCH, checked_member
from actions.kinds.shared.principals import held_as
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

USERS = "/api/2.0/account/scim/v2/Users"


class UserSwitch(Kind[NoParams]):
    """Whether a person is active. The person stays, with everything that is theirs; where the identity provider keeps people,
    Databricks would be set back by the next sync."""

    right = Right(words="administrator of the account")
    dimension, resource, scope = "governanceops", "principal", "metastore"
    base_risk, reversibility, idempotency, repeatable, enabled = 3, "auto", "set", True, False
    active: ClassVar[bool]
    other: ClassVar[str]

    def title(self, target: Target, params: NoParams) -> str:
        return f"{'Activate' if self.active else 'Deactivate'} `{target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        """``active``; as context the id in the directory and whether the identity provider keeps the person."""
        found = _found(read, target)
        return {
            "active": bool(found.get("active", True)),
            "_user": str(found["id"]),
            "_outside": bool(found.get("externalId")),
        }

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        if image["active"] == self.active:
            return ()
        return (Change(path="active", before=image["active"], after=self.active),)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Write in the account whether the person is active, and nothing else",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        return (
            Check(
                id="kept_here",
                expected="a person who is kept in Databricks",
                observed="the identity provider keeps them: change it there" if image["_outside"] else "they are",
                ok=not image["_outside"],
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        lost = "Sign-ins and tokens end at once; jobs and dashboards that run as this person fail."
        back = "Every right and token of this person counts again."
        return DryRun(mode="simulated", warnings=(back if self.active else lost,))

    def blast(self, image: Json, params: NoParams) -> Impact:
        return Impact(objects=1, principals=1)

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        now = self.snapshot(act, target, params)
        if now["_user"] != image["_user"]:
            raise Gone(target.id)  # somebody else has the name by now
        if self.plan(now, params):
            asked = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": self.active}}]}
            call(act, "PATCH", f"{USERS}/{now['_user']}", body=asked)
        return {}

    def inverse(self, target: Target, params: NoParams, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.other, {})


class Deactivate(UserSwitch):
    """Person: sign in no more, in no workspace of the account. What is theirs stays."""

    name, other, active = "user.deactivate", "user.activate", False


class Activate(UserSwitch):
    """Person: sign in again, with the rights there are."""

    name, other, active = "user.activate", "user.deactivate", True


def _found(client: WorkspaceClient, target: Target) -> Json:
    """The person of the target's name. Raises :class:`Gone`, and :class:`BadTarget` where it is spelt otherwise."""
    checked_member(target)
    quoted = target.id.replace("\\", "\\\\").replace('"', '\\"')
    told = call(client, "GET", USERS, query={"filter": f'userName eq "{quoted}"'})
    every: list[Json] = told.get("Resources") or []
    name = held_as(target.id, (str(one.get("userName") or "") for one in every))
    found = next((one for one in every if name is not None and one.get("userName") == name), None)
    if found is None:
        raise Gone(target.id)
    read_as(target, name)
    if not str(found.get("id")).isdigit():
        raise BadTarget(f"{str(found.get('id'))[:80]!r} is no id of the directory")
    return found
