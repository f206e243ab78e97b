"""Check a pipeline's code without touching its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actions.kinds.shared import pipeline_updates as updates
from actions.kinds.shared.kind import Found, Intent, Kind, NoParams
from approvals.values.proposal import Change, Check, Json, Target

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Validate(Kind):
    """Pipeline: an update that only validates. It changes no data, so there is nothing to take back."""

    name = "pipeline.validate"
    dimension, resource, Params = "pipelineops", "pipeline", NoParams
    base_risk, reversibility, idempotency = 1, "partial", "search"
    dry_run_mode = "native"
    verify_plan = updates.UNTIL_IT_ENDS

    def title(self, target: Target, params: NoParams) -> str:
        return f"Validate pipeline `{target.name or target.id}` without touching its data"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        return updates.image_of(read, target)

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return (Change(path="validation", before=None, after="one validation"),)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Start an update that only validates",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        return updates.idle(image)

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        return updates.start(act, target, validate_only=True)

    def find(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, intent: Intent) -> Found:
        return updates.find(read, target, image, intent, validate_only=True)

    def verify(
        self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        return updates.verify(read, target, image, refs, validate_only=True)


KIND: Any = Validate()
