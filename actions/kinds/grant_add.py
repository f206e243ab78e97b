"""Grant privileges on an object of Unity Catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.grant_changes import Grant, GrantKind, change, sources
from actions.kinds.shared.kind import Inverse
from approvals.values.proposal import Change, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_DOORS = {"table": ("USE_CATALOG", "USE_SCHEMA"), "volume": ("USE_CATALOG", "USE_SCHEMA"),
          "function": ("USE_CATALOG", "USE_SCHEMA"), "schema": ("USE_CATALOG",)}  # fmt: skip


class AddGrant(GrantKind):
    """Catalog object: grant privileges."""

    name = "grant.add"

    def title(self, target: Target, params: Grant) -> str:
        return f"Grant {', '.join(params.privileges)} on {target.type} `{target.id}` to `{params.principal}`"

    def plan(self, image: Json, params: Grant) -> tuple[Change, ...]:
        return tuple(
            Change(path=f"{one} for {params.principal}", before=None, after="granted") for one in _new(image, params)
        )

    def steps(self, target: Target, params: Grant) -> tuple[str, ...]:
        return ("Add the missing privileges to the object's grants, in one call",)

    def dry_run(self, read: WorkspaceClient, target: Target, params: Grant, image: Json) -> DryRun:
        """What the principal will be able to do, worked out from its effective privileges."""
        said = [
            f"{one} comes already from {place}: this adds a second, direct one"
            for one in _new(image, params)
            for place in sources(image, one)
        ]
        held = {*image["privileges"], *image["_inherited"], *params.privileges}
        closed = (
            []
            if "ALL_PRIVILEGES" in image["_inherited"]
            else [one for one in _DOORS.get(target.type, ()) if one not in held]
        )
        said += [
            f"{params.principal} itself lacks {one}: unless a group brings it, the grant has no effect"
            for one in closed
        ]
        return DryRun(mode="simulated", warnings=tuple(said))

    def execute(self, act: WorkspaceClient, target: Target, params: Grant, image: Json, key: str) -> Json:
        return change(act, target, image.get("_principal", params.principal), add=_new(image, params), remove=[])

    def inverse(self, target: Target, params: Grant, image: Json, refs: Json) -> Inverse | None:
        new = _new(image, params)
        return Inverse("grant.revoke", {"principal": params.principal, "privileges": new}) if new else None


def _new(image: Json, params: Grant) -> list[str]:
    """What really changes: the privileges not held directly yet, each once."""
    return [one for one in dict.fromkeys(params.privileges) if one not in image["privileges"]]
