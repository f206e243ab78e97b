"""Set or remove a tag of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import checked, read_as
from actions.kinds.shared.kind import Gone, Inverse, Kind
from actions.kinds.shared.raw import call, without
from actions.kinds.shared.right import Right
from actions.kinds.shared.tags import Tag, image_of, plan, title_of, with_tag
from approvals.values.proposal import Change, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

PATH = "/api/2.0/pipelines"


class SetPipelineTag(Kind[Tag]):
    """Pipeline: one tag. Its next updates are billed with it; what was billed already is not changed. The API takes the
    settings whole: they are sent back as they were read, and only where nobody has changed them since."""

    name = "pipeline.set_tag"
    right = Right("pipelines", "CAN_MANAGE")
    dimension, resource = "finops", "pipeline"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: Tag) -> str:
        return title_of("pipeline", target.name or target.id, params)

    def snapshot(self, read: WorkspaceClient, target: Target, params: Tag) -> Json:
        found = _found(read, target)
        spec = found["spec"]
        bundled = (spec.get("deployment") or {}).get("kind") == "BUNDLE"
        own = {"_continuous": bool(spec.get("continuous")), "_bundle": bundled, "_name": str(found.get("name") or "")}
        return image_of(spec.get("tags") or {}, params) | own

    def plan(self, image: Json, params: Tag) -> tuple[Change, ...]:
        return plan(image, params)

    def steps(self, target: Target, params: Tag) -> tuple[str, ...]:
        return ("Send the pipeline's settings back whole, this tag changed",)

    def dry_run(self, read: WorkspaceClient, target: Target, params: Tag, image: Json) -> DryRun:
        told = []
        if image["_continuous"]:
            told.append("The pipeline runs all the time: it starts again with its changed settings.")
        if image["_bundle"]:
            told.append("A bundle deploys this pipeline: its next deployment writes the tags of its definition.")
        return DryRun(mode="simulated", warnings=tuple(told))

    def execute(self, act: WorkspaceClient, target: Target, params: Tag, image: Json, key: str) -> Json:
        found = _found(act, target)
        tags = found["spec"].get("tags") or {}
        now = image_of(tags, params)
        self.unmoved(image, now, params)
        if not self.plan(now, params):
            return {}
        body: Json = {**found["spec"], "tags": with_tag(tags, params)}
        if (seen := found.get("last_modified")) is not None:
            body["expected_last_modified"] = seen
        call(act, "PUT", f"{PATH}/{checked(target, 'pipeline')}", body=body)
        return {}

    def inverse(self, target: Target, params: Tag, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"key": params.key, "value": image["value"]})


def _found(client: WorkspaceClient, target: Target) -> Json:
    """The pipeline with its settings as they are written. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        found = call(client, "GET", f"{PATH}/{checked(target, 'pipeline')}")
    except NotFound as error:
        raise Gone(target.id) from error
    read_as(target, found.get("pipeline_id"))
    return {**without(found, "spec"), "spec": dict(found.get("spec") or {})}
