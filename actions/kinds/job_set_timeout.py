"""Set after how long a job's runs are ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from actions.kinds.shared.job_settings import change, named, settings_of
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Timeout(Params):
    """0 means no limit."""

    timeout_seconds: int = Field(ge=0, le=30 * 86_400, title="End a run after", json_schema_extra={"unit": "s"})


class SetTimeout(Kind[Timeout]):
    """Job: time limit of its runs."""

    name = "job.set_timeout"
    right = Right("jobs", "CAN_MANAGE")
    dimension, resource = "pipelineops", "job"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True

    def title(self, target: Target, params: Timeout) -> str:
        wanted = f"to {params.timeout_seconds} s" if params.timeout_seconds else "to none"
        return f"Set the time limit of job `{target.name or target.id}` {wanted}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Timeout) -> Json:
        settings = settings_of(read, target)
        return {"timeout_seconds": settings.get("timeout_seconds") or 0, **named(settings)}

    def plan(self, image: Json, params: Timeout) -> tuple[Change, ...]:
        before, after = image["timeout_seconds"], params.timeout_seconds
        return () if before == after else (Change(path="timeout_seconds", before=before, after=after, unit="s"),)

    def steps(self, target: Target, params: Timeout) -> tuple[str, ...]:
        return ("Write the job's time limit; it counts for active runs as well",)

    def dry_run(self, read: WorkspaceClient, target: Target, params: Timeout, image: Json) -> DryRun:
        shorter = params.timeout_seconds and (
            not image["timeout_seconds"] or image["timeout_seconds"] > params.timeout_seconds
        )
        return DryRun(mode="simulated", warnings=("An active run older than that is ended.",) if shorter else ())

    def execute(self, act: WorkspaceClient, target: Target, params: Timeout, image: Json, key: str) -> Json:
        return change(act, target, timeout_seconds=params.timeout_seconds)

    def inverse(self, target: Target, params: Timeout, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"timeout_seconds": image["timeout_seconds"]})
