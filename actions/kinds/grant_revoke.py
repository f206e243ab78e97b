"""Revoke privileges on an object of Unity Catalog that were granted directly there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.grant_changes import Grant, GrantKind, change, sources
from actions.kinds.shared.kind import Inverse
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class RevokeGrant(GrantKind):
    """Catalog object: revoke privileges."""

    name = "grant.revoke"

    def title(self, target: Target, params: Grant) -> str:
        return f"Revoke {', '.join(params.privileges)} on {target.type} `{target.id}` from `{params.principal}`"

    def plan(self, image: Json, params: Grant) -> tuple[Change, ...]:
        return tuple(
            Change(path=f"{one} for {params.principal}", before="granted", after=None) for one in _held(image, params)
        )

    def whose(self, params: Grant) -> str:
        return params.principal

    def steps(self, target: Target, params: Grant) -> tuple[str, ...]:
        return ("Remove the privileges from the object's grants, in one call",)

    def preconditions(self, image: Json, params: Grant) -> tuple[Check, ...]:
        """Revoking what is inherited changes nothing and looks as if it had: it is refused, with the place to go."""
        from_above = [
            f"{one} comes from {place}"
            for one in params.privileges
            if one not in image["privileges"]
            for place in sources(image, one)
        ]
        return (
            *super().preconditions(image, params),
            Check(
                id="direct",
                expected="privileges granted directly on the object",
                observed="; ".join(from_above) or "nothing comes from above",
                ok=not from_above,
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Grant, image: Json) -> DryRun:
        """What the principal will still be able to do, worked out from its effective privileges."""
        kept = [
            f"{params.principal} keeps {one} through {place}"
            for one in _held(image, params)
            for place in sources(image, one)
        ]
        return DryRun(mode="simulated", warnings=tuple(kept))

    def execute(self, act: WorkspaceClient, target: Target, params: Grant, image: Json, key: str) -> Json:
        return change(act, target, image.get("_principal", params.principal), add=[], remove=_held(image, params))

    def inverse(self, target: Target, params: Grant, image: Json, refs: Json) -> Inverse | None:
        held = _held(image, params)
        return Inverse("grant.add", {"principal": params.principal, "privileges": held}) if held else None


def _held(image: Json, params: Grant) -> list[str]:
    """What really changes: the privileges held directly, each once."""
    return [one for one in dict.fromkeys(params.privileges) if one in image["privileges"]]
