"""Let an alias of a registered model name another version, or none: promotion and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget, UcPart, checked_name, in_path
from actions.kinds.shared.kind import Gone, Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Alias(Params):
    """No version: the alias is deleted."""

    alias: UcPart = Field(title="Alias")
    version: int | None = Field(ge=1, le=1_000_000, title="Version")


class SetAlias(Kind[Alias]):
    """Model: which version an alias names."""

    name = "model.set_alias"
    right = Right(words="ownership of the model, and USE CATALOG and USE SCHEMA above it")
    dimension, resource = "mlops", "model"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True
    scope = "metastore"

    def title(self, target: Target, params: Alias) -> str:
        if params.version is None:
            return f"Delete alias `{params.alias}` of model `{target.id}`"
        return f"Let alias `{params.alias}` of model `{target.id}` name version {params.version}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Alias) -> Json:
        aliases = _aliases(read, target)
        return {
            "version": aliases.get(params.alias),
            "_aliases": {one: number for one, number in sorted(aliases.items()) if one != params.alias},
            "_status": _status(read, target, params.version) if params.version is not None else "",
        }

    def plan(self, image: Json, params: Alias) -> tuple[Change, ...]:
        if image["version"] == params.version:
            return ()
        return (Change(path=f"alias {params.alias}", before=image["version"], after=params.version),)

    def steps(self, target: Target, params: Alias) -> tuple[str, ...]:
        return ("Delete the alias",) if params.version is None else ("Set the alias to the version",)

    def preconditions(self, image: Json, params: Alias) -> tuple[Check, ...]:
        if params.version is None:
            return ()
        return (
            Check(
                id="version",
                expected="a version that is ready",
                observed=image["_status"],
                ok=image["_status"] == "READY",
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Alias, image: Json) -> DryRun:
        names = [one for one, number in image["_aliases"].items() if number == params.version]
        said = (f"version {params.version} is also named {', '.join(names)}",) if names else ()
        return DryRun(mode="simulated", warnings=said)

    def execute(self, act: WorkspaceClient, target: Target, params: Alias, image: Json, key: str) -> Json:
        name, alias = in_path(checked_name(target)), in_path(params.alias)
        now = _aliases(act, target).get(params.alias)
        self.unmoved(image, {"version": now}, params)
        if params.version is not None:
            act.registered_models.set_alias(name, alias, params.version)
        elif now is not None:
            act.registered_models.delete_alias(name, alias)
        return {}

    def inverse(self, target: Target, params: Alias, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"alias": params.alias, "version": image["version"]})


def _aliases(client: WorkspaceClient, target: Target) -> dict[str, int]:
    """The model's aliases and the versions they name. Raises :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    if target.type != "model":
        raise BadTarget(f"a {target.type[:40]} has no aliases")
    try:
        found = client.registered_models.get(in_path(checked_name(target)), include_aliases=True)
    except NotFound as error:
        raise Gone(target.id) from error
    return {one.alias_name: one.version_num for one in found.aliases or () if one.alias_name and one.version_num}


def _status(read: WorkspaceClient, target: Target, version: int) -> str:
    from databricks.sdk.errors import NotFound

    try:
        found = read.model_versions.get(in_path(checked_name(target)), version)
    except NotFound:
        return "there is no such version"
    return found.status.value if found.status else "unknown"
