"""Set after how many idle minutes a cluster terminates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from actions.kinds.shared.cluster_settings import UNTIL_IT_RUNS, image_of, in_state, not_of_a_service, running
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class AutoTermination(Params):
    """0 means never; else 10 minutes and more."""

    auto_termination_minutes: int = Field(
        ge=0, le=10_000, title="Terminate after idle minutes", json_schema_extra={"unit": "min"}
    )

    @model_validator(mode="after")
    def _what_the_api_takes(self) -> AutoTermination:
        if 0 < self.auto_termination_minutes < 10:
            raise ValueError("0 for never, else at least 10 minutes")
        return self


class SetAutoTermination(Kind[AutoTermination]):
    """Cluster: auto-termination time. Databricks restarts a running cluster so that the new setting counts."""

    name = "cluster.set_autotermination"
    right = Right("clusters", "CAN_MANAGE")
    dimension, resource = "infraops", "cluster"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    verify_plan = UNTIL_IT_RUNS

    def title(self, target: Target, params: AutoTermination) -> str:
        minutes = params.auto_termination_minutes
        wanted = f"after {minutes} idle minutes" if minutes else "never"
        return f"Let cluster `{target.name or target.id}` terminate {wanted}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: AutoTermination) -> Json:
        image = image_of(read, target, "autotermination_minutes")
        return image | {"autotermination_minutes": image["autotermination_minutes"] or 0}

    def plan(self, image: Json, params: AutoTermination) -> tuple[Change, ...]:
        before, after = image["autotermination_minutes"], params.auto_termination_minutes
        return (
            () if before == after else (Change(path="autotermination_minutes", before=before, after=after, unit="min"),)
        )

    def steps(self, target: Target, params: AutoTermination) -> tuple[str, ...]:
        return ("Write the cluster's auto-termination time and nothing else; if it runs, it is restarted",)

    def preconditions(self, image: Json, params: AutoTermination) -> tuple[Check, ...]:
        if not self.plan(image, params):
            return ()
        return (not_of_a_service(image), in_state(image, "RUNNING", "TERMINATED"))

    def dry_run(self, read: WorkspaceClient, target: Target, params: AutoTermination, image: Json) -> DryRun:
        restarts = image["_state"] == "RUNNING"
        told = ("The cluster is running: it will be restarted, and what runs on it is lost.",) if restarts else ()
        return DryRun(mode="simulated", warnings=told)

    def execute(self, act: WorkspaceClient, target: Target, params: AutoTermination, image: Json, key: str) -> Json:
        from databricks.sdk.service.compute import UpdateClusterResource

        wanted = UpdateClusterResource(autotermination_minutes=params.auto_termination_minutes)
        act.clusters.update(checked(target, "cluster"), "autotermination_minutes", cluster=wanted)
        return {}

    def verify(
        self, read: WorkspaceClient, target: Target, params: AutoTermination, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        minutes = now["autotermination_minutes"]
        return (
            Check(
                id="settings",
                expected=f"{params.auto_termination_minutes} min",
                observed=f"{minutes} min",
                ok=not self.plan(now, params),
            ),
            running(now, image),
        )

    def inverse(self, target: Target, params: AutoTermination, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"auto_termination_minutes": image["autotermination_minutes"]})
