"""Start a terminated cluster, or terminate a running one: each takes the other back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from actions.kinds.shared.cluster_settings import UP, image_of, in_state, not_of_a_service
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Inverse, Kind, Params
from approvals.values.proposal import Change, Check, DryRun, Json, Target, VerifyPlan

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Nothing(Params):
    """Nothing to choose."""


class Switch(Kind):
    """Whether a cluster is up: what starting and terminating share."""

    dimension, resource, Params = "fin", "cluster", Nothing
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    dry_run_mode = "none"
    verify_plan = VerifyPlan(checks=("state",), settle_s=5, interval_s=15, window_s=1800)
    up: ClassVar[bool]
    other: ClassVar[str]

    def title(self, target: Target, params: Nothing) -> str:
        return f"{'Start' if self.up else 'Terminate'} cluster `{target.name or target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Nothing) -> Json:
        image = image_of(read, target)
        return {"up": image["_state"] in UP} | image

    def plan(self, image: Json, params: Nothing) -> tuple[Change, ...]:
        if image["up"] == self.up:
            return ()
        return (Change(path="state", before=image["_state"], after="RUNNING" if self.up else "TERMINATED"),)

    def steps(self, target: Target, params: Nothing) -> tuple[str, ...]:
        return (f"Ask Databricks to {'start' if self.up else 'terminate'} the cluster; it takes some minutes",)

    def preconditions(self, image: Json, params: Nothing) -> tuple[Check, ...]:
        if not self.plan(image, params):
            return ()
        return (not_of_a_service(image), in_state(image, *(("TERMINATED",) if self.up else UP)))

    def verify(
        self, read: WorkspaceClient, target: Target, params: Nothing, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now, end = self.snapshot(read, target, params), "RUNNING" if self.up else "TERMINATED"
        ok = False if now["up"] != self.up else True if now["_state"] == end else None
        return (Check(id="state", expected=end, observed=now["_state"], ok=ok),)

    def inverse(self, target: Target, params: Nothing, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.other, {})


class Start(Switch):
    """Cluster: start it with the settings it has. It costs money until it terminates."""

    name, other, up = "cluster.start", "cluster.terminate", True

    def execute(self, act: WorkspaceClient, target: Target, params: Nothing, image: Json, key: str) -> Json:
        act.clusters.start(checked(target, "cluster"))
        return {}


class Terminate(Switch):
    """Cluster: terminate it; its settings stay. What runs on it is lost."""

    name, other, up = "cluster.terminate", "cluster.start", False

    def dry_run(self, read: WorkspaceClient, target: Target, params: Nothing, image: Json) -> DryRun:
        return DryRun(mode="none", warnings=("Commands and runs that use the cluster now are lost.",))

    def execute(self, act: WorkspaceClient, target: Target, params: Nothing, image: Json, key: str) -> Json:
        act.clusters.delete(checked(target, "cluster"))
        return {}


KINDS: Any = (Start(), Terminate())
