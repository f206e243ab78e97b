"""Let the platform's quality monitor look at the tables of a schema, or no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget, checked_name, in_path
from actions.kinds.shared.kind import Gone, Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Watched(Params):
    """Whether the schema's tables are looked at."""

    enabled: bool = Field(True, title="Look at its tables")


class EnableMonitor(Kind[Watched]):
    """Data quality: the monitor of a schema, which learns how fresh and how complete each of its tables usually is. What it
    found so far stays when it is switched off."""

    name = "monitor.enable"
    right = Right(words="MANAGE and USE SCHEMA on the schema (or MANAGE on its catalog), and USE CATALOG")
    dimension, resource = "dataops", "schema"
    base_risk, reversibility, idempotency, repeatable = 1, "auto", "set", True
    scope, interrupts = "metastore", False

    def title(self, target: Target, params: Watched) -> str:
        if params.enabled:
            return f"Let the quality monitor look at the tables of schema `{target.id}`"
        return f"Switch off the quality monitor of schema `{target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Watched) -> Json:
        return {"enabled": _enabled(read, _id(read, target))}

    def plan(self, image: Json, params: Watched) -> tuple[Change, ...]:
        if image["enabled"] == params.enabled:
            return ()
        return (Change(path="quality monitor", before=image["enabled"], after=params.enabled),)

    def steps(self, target: Target, params: Watched) -> tuple[str, ...]:
        return ("Create the schema's monitor",) if params.enabled else ("Delete the schema's monitor",)

    def execute(self, act: WorkspaceClient, target: Target, params: Watched, image: Json, key: str) -> Json:
        from databricks.sdk.service.dataquality import AnomalyDetectionConfig, Monitor

        schema_id = _id(act, target)
        now = {"enabled": _enabled(act, schema_id)}
        self.unmoved(image, now, params)
        if now["enabled"] == params.enabled:
            return {}
        if params.enabled:
            wanted = Monitor("schema", schema_id, anomaly_detection_config=AnomalyDetectionConfig())
            act.data_quality.create_monitor(wanted)
        else:
            act.data_quality.delete_monitor("schema", in_path(schema_id))
        return {}

    def inverse(self, target: Target, params: Watched, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"enabled": image["enabled"]})


def _id(client: WorkspaceClient, target: Target) -> str:
    """What the monitor hangs on: the API takes the schema's id. Raises :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    if target.type != "schema":
        raise BadTarget(f"a {target.type[:40]} has no monitor of its tables here")
    try:
        found = client.schemas.get(in_path(checked_name(target)))
    except NotFound as error:
        raise Gone(target.id) from error
    return str(found.schema_id)


def _enabled(client: WorkspaceClient, schema_id: str) -> bool:
    from databricks.sdk.errors import NotFound

    try:
        client.data_quality.get_monitor("schema", in_path(schema_id))
    except NotFound:
        return False
    return True
