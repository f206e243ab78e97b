"""Check a pipeline's code without touching its data."""

from __future__ import annotations

from actions.kinds.shared.kind import NoParams
from actions.kinds.shared.pipeline_updates import PipelineUpdate
from approvals.values.proposal import Change, Target
from approvals.values.value import Json


class Validate(PipelineUpdate[NoParams]):
    """Pipeline: an update that only validates. It changes no data, so there is nothing to take back."""

    name = "pipeline.validate"
    base_risk, reversibility = 1, "partial"

    def title(self, target: Target, params: NoParams) -> str:
        return f"Validate pipeline `{target.name or target.id}` without touching its data"

    def sort(self, params: NoParams) -> Json:
        return {"validate_only": True}

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return (Change(path="validation", before=None, after="one validation"),)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Start an update that only validates",)
