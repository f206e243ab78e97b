"""Start a terminated cluster, or terminate a running one: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.cluster_settings import UP, image_of, in_state, not_of_a_service
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import NoParams
from actions.kinds.shared.power_switch import PowerSwitch
from actions.kinds.shared.right import Right
from approvals.values.proposal import Check, DryRun, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class ClusterSwitch(PowerSwitch):
    """Whether a cluster is up."""

    right = Right("clusters", "CAN_RESTART")
    resource, ups, ends, stop = "cluster", UP, ("RUNNING", "TERMINATED"), "terminate"
    verify_plan = VerifyPlan(checks=("state",), settle_s=5, interval_s=15, window_s=1800)

    def image(self, read: WorkspaceClient, target: Target) -> Json:
        return image_of(read, target)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return (f"Ask Databricks to {self.verb} the cluster; it takes some minutes",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        if not self.plan(image, params):
            return ()
        return (not_of_a_service(image), in_state(image, *(("TERMINATED",) if self.up else UP)))


class Start(ClusterSwitch):
    """Cluster: start it with the settings it has. It costs money until it terminates."""

    name, other, up = "cluster.start", "cluster.terminate", True

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        act.clusters.start(checked(target, "cluster"))
        return {}


class Terminate(ClusterSwitch):
    """Cluster: terminate it; its settings stay. What runs on it is lost."""

    name, other, up = "cluster.terminate", "cluster.start", False

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        return DryRun(mode="none", warnings=("Commands and runs that use the cluster now are lost.",))

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        act.clusters.delete(checked(target, "cluster"))
        return {}
