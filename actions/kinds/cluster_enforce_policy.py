"""Change a cluster so that it complies with its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.cluster_settings import UNTIL_IT_RUNS, image_of, in_state, not_of_a_service, running
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Kind, NoParams
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class EnforcePolicy(Kind[NoParams]):
    """Cluster: comply with its policy. Databricks itself says beforehand what would change. It cannot simply be taken
    back, because the policy forbids the old values; they stay in the before-image for whoever changes the policy."""

    name = "cluster.enforce_policy"
    right = Right("clusters", "CAN_MANAGE")
    dimension, resource = "infraops", "cluster"
    base_risk, reversibility, idempotency, repeatable = 2, "manual", "set", True
    dry_run_mode, verify_plan = "native", UNTIL_IT_RUNS

    def title(self, target: Target, params: NoParams) -> str:
        return f"Make cluster `{target.name or target.id}` comply with its policy"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        image = image_of(read, target)
        changes: list[Json] = []
        if image["_policy_id"]:  # asking what would change has no effect
            told = read.policy_compliance_for_clusters.enforce_compliance(
                checked(target, "cluster"), validate_only=True
            )
            changes = [one.as_dict() for one in told.changes or []]
        return {"changes": sorted(changes, key=lambda one: str(one.get("field")))} | image

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return tuple(
            Change(path=one["field"], before=one.get("previous_value"), after=one.get("new_value"))
            for one in image["changes"]
        )

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Ask Databricks to enforce the policy; if the cluster runs, it is restarted",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        if not self.plan(image, params):
            return ()
        return (not_of_a_service(image), in_state(image, "RUNNING", "TERMINATED"))

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        restarts = image["_state"] == "RUNNING" and bool(image["changes"])
        told = ("The cluster is running: it will be restarted, and what runs on it is lost.",) if restarts else ()
        return DryRun(mode="native", warnings=told)

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        act.policy_compliance_for_clusters.enforce_compliance(checked(target, "cluster"))
        return {}

    def verify(
        self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        left = ", ".join(one["field"] for one in now["changes"])
        return (
            Check(id="settings", expected="the cluster complies", observed=left or "it does", ok=not left),
            running(now, image),
        )
