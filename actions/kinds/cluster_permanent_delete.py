"""Delete a cluster for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.cluster_settings import image_of, not_of_a_service
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Gone, Kind, NoParams
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class PermanentDelete(Kind[NoParams]):
    """Cluster: delete it with its settings. One made anew has another id: nothing that names this one finds it."""

    name = "cluster.permanent_delete"
    right = Right("clusters", "CAN_MANAGE")
    dimension, resource = "infraops", "cluster"
    base_risk, reversibility, idempotency, repeatable = 4, "none", "set", True
    dry_run_mode, enabled = "none", False

    def title(self, target: Target, params: NoParams) -> str:
        return f"Delete cluster `{target.name or target.id}` for good"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        """A cluster that is gone is one of its states here."""
        try:
            image = image_of(read, target, "cluster_name")
        except Gone:
            return {"exists": False, "_source": "", "_state": ""}
        return {"exists": True} | image

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return (Change(path="cluster", before=image["cluster_name"], after=None),) if image["exists"] else ()

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Delete the cluster and its settings",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        return (not_of_a_service(image),)

    def dry_run(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json) -> DryRun:
        up = image["_state"] not in ("TERMINATED", "TERMINATING", "")
        return DryRun(mode="none", warnings=("The cluster is running.",) if up else ())

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        act.clusters.permanent_delete(checked(target, "cluster"))
        return {}
