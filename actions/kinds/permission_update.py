"""Give a principal a level on a workspace object, or take it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from actions.kinds.shared.identifiers import Principal
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.object_permissions import OBJECTS, OWNER, PrincipalType, give, level_of
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Level = Literal[
    "CAN_VIEW",
    "CAN_ATTACH_TO",
    "CAN_MONITOR",
    "CAN_USE",
    "CAN_QUERY",
    "CAN_RUN",
    "CAN_RESTART",
    "CAN_MANAGE_RUN",
    "CAN_MANAGE",
]


class Permission(Params):
    """No level: what the principal was given directly is taken away."""

    principal: Principal = Field(title="Principal")
    principal_type: PrincipalType = Field(title="Is a")
    level: Level | None = Field(title="Level")


class UpdatePermission(Kind[Permission]):
    """Workspace object: who may do what with it."""

    name = "permission.update"
    right = Right(words="CAN_MANAGE on the object")
    dimension, resource, further_resources = "governanceops", "job", tuple(one for one in OBJECTS if one != "job")
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True

    def title(self, target: Target, params: Permission) -> str:
        what = f"{target.type} `{target.name or target.id}`"
        who = f"{params.principal_type.replace('_', ' ')} `{params.principal}`"
        if params.level is None:
            return f"Take away from {who} the permission on {what}"
        return f"Give {who} {params.level} on {what}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Permission) -> Json:
        return level_of(read, target, params.principal_type, params.principal)

    def plan(self, image: Json, params: Permission) -> tuple[Change, ...]:
        if image["level"] == params.level:
            return ()
        return (Change(path=f"permission of {params.principal}", before=image["level"], after=params.level),)

    def steps(self, target: Target, params: Permission) -> tuple[str, ...]:
        if params.level is None:
            return ("Put the object's own access control list back without the principal; owner and others stay",)
        return ("Add the level to the object's access control list; to lower one, put the whole list back",)

    def preconditions(self, image: Json, params: Permission) -> tuple[Check, ...]:
        above = "; ".join(f"{level} from {place}" for level, place in image["_inherited"].items())
        nothing_direct = params.level is None and image["level"] is None and bool(above)
        known = params.level is None or params.level in image["_levels"]
        return (
            Check(id="level", expected="a level that the object knows", observed=params.level or "none", ok=known),
            Check(
                id="not_owner",
                expected="the principal is not the owner",
                observed=image["level"] or "no level",
                ok=image["level"] != OWNER,
            ),
            Check(
                id="direct",
                expected="a level given on the object itself",
                observed=above or "nothing from above",
                ok=not nothing_direct,
            ),
            Check(id="readable", expected="every level in the list is known", ok=image["_readable"]),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Permission, image: Json) -> DryRun:
        kept = tuple(f"{params.principal} keeps {level} from {place}" for level, place in image["_inherited"].items())
        return DryRun(mode="simulated", warnings=kept)

    def blast(self, image: Json, params: Permission) -> Impact:
        uncounted = (f"the members of {params.principal} are not counted",) if params.principal_type == "group" else ()
        return Impact(objects=1, principals=1, skipped=uncounted)

    def execute(self, act: WorkspaceClient, target: Target, params: Permission, image: Json, key: str) -> Json:
        return give(
            act,
            target,
            params.principal_type,
            params.principal,
            params.level,
            lambda level: self.unmoved(image, {"level": level}, params),
        )

    def inverse(self, target: Target, params: Permission, image: Json, refs: Json) -> Inverse | None:
        if image["level"] == OWNER:
            return None
        return Inverse(self.name, params.model_dump(mode="json") | {"level": image["level"]})
