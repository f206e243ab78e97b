"""Let Databricks watch the tables of a schema for late and missing data, or watch them no more: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from actions.kinds.shared.changes import changed
from actions.kinds.shared.identifiers import BadTarget, checked_name, in_path
from actions.kinds.shared.kind import UNORDERED, Gone, Inverse, Kind, NoParams, Params
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MONITORS = "/api/data-quality/v1/monitors"
RIGHT = Right(words="MANAGE on the schema, and USE CATALOG above it")
TableName = Annotated[
    str, StringConstraints(pattern=r"^[^./\s`\x00-\x1f\x7f]{1,255}(\.[^./\s`\x00-\x1f\x7f]{1,255}){2}$")
]


class Watched(Params):
    """Every table of the schema is watched, but those left out."""

    leave_out: Annotated[list[TableName], UNORDERED] = Field(default=[], max_length=500, title="Leave out these tables")


class EnableMonitor(Kind[Watched]):
    """Schema: watch its tables for late and missing data (anomaly detection of data quality monitoring). The scans are
    billed; how often depends on how much a table is read."""

    name = "monitor.enable"
    right = RIGHT
    dimension, resource, scope = "dataops", "schema", "metastore"
    base_risk, reversibility, idempotency, repeatable = 1, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: Watched) -> str:
        but = f" but {len(params.leave_out)}" if params.leave_out else ""
        return f"Watch the tables{but} of schema `{target.id}` for late and missing data"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Watched) -> Json:
        return _monitor(read, target)

    def plan(self, image: Json, params: Watched) -> tuple[Change, ...]:
        """A schema that is watched already stays as it is, whatever is left out there."""
        return (
            () if image["watched"] is True else changed(image, {"watched": True, "left_out": sorted(params.leave_out)})
        )

    def steps(self, target: Target, params: Watched) -> tuple[str, ...]:
        return ("Create the schema's monitor, in one call",)

    def preconditions(self, image: Json, params: Watched) -> tuple[Check, ...]:
        place = f"{image['_schema']}."
        strange = [one for one in params.leave_out if not one.startswith(place)]
        return (
            Check(
                id="of_the_schema",
                expected="what is left out is of this schema",
                observed=", ".join(strange)[:200] or "it is",
                ok=not strange,
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Watched, image: Json) -> DryRun:
        billed = "Scans are billed as serverless compute of data quality monitoring, of all its tables."
        return DryRun(mode="simulated", warnings=(billed,))

    def execute(self, act: WorkspaceClient, target: Target, params: Watched, image: Json, key: str) -> Json:
        now = _monitor(act, target)
        self.unmoved(image, now, params)
        if self.plan(now, params):
            config = {"excluded_table_full_names": params.leave_out} if params.leave_out else {}
            body = {"object_type": "schema", "object_id": now["_id"], "anomaly_detection_config": config}
            call(act, "POST", MONITORS, body=body)
        return {}

    def inverse(self, target: Target, params: Watched, image: Json, refs: Json) -> Inverse | None:
        return Inverse("monitor.disable", {})


class DisableMonitor(Kind[NoParams]):
    """Schema: watch its tables no more. What was measured stays; nothing new is."""

    name = "monitor.disable"
    right = RIGHT
    dimension, resource, scope = "dataops", "schema", "metastore"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: NoParams) -> str:
        return f"Watch the tables of schema `{target.id}` no more"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        return _monitor(read, target)

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return changed(image, {"watched": False, "left_out": []})

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Delete the schema's monitor; what it measured stays",)

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        return DryRun(mode="simulated", warnings=("Alerts on late and missing data of its tables fall silent.",))

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        now = _monitor(act, target)
        self.unmoved(image, now, params)
        if self.plan(now, params):
            call(act, "DELETE", f"{MONITORS}/schema/{in_path(now['_id'])}")
        return {}

    def inverse(self, target: Target, params: NoParams, image: Json, refs: Json) -> Inverse | None:
        return Inverse("monitor.enable", {"leave_out": image["left_out"]}) if image["watched"] else None


def _monitor(client: WorkspaceClient, target: Target) -> Json:
    """Whether the schema is ``watched``, and what is ``left_out``; ``_id`` of the schema, which the API takes. Raises
    :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    if target.type != "schema":
        raise BadTarget(f"a {target.type[:40]} is not watched this way")
    try:
        schema = client.schemas.get(in_path(checked_name(target)))
    except NotFound as error:
        raise Gone(target.id) from error
    own = {"_id": str(schema.schema_id), "_schema": target.id}
    try:
        found = call(client, "GET", f"{MONITORS}/schema/{in_path(own['_id'])}")
    except NotFound:
        return {"watched": False, "left_out": [], **own}
    config = found.get("anomaly_detection_config") or {}
    return {"watched": True, "left_out": sorted(config.get("excluded_table_full_names") or ()), **own}
