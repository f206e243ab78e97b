"""Change how large a SQL warehouse is: the size of its clusters, or how many of them it may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from actions.kinds.shared.warehouse_settings import all_said, edit, image_of, not_deleted
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Size = Literal[
    "2X-Small", "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large", "4X-Large", "5X-Large"
]


class ClusterSize(Params):
    """The API's words; each step up costs about twice as much an hour."""

    cluster_size: Size = Field(title="Size")


class MaxClusters(Params):
    """How many clusters may run at once when statements queue."""

    max_num_clusters: int = Field(ge=1, le=40, title="Clusters at most")


class Resize(Kind[ClusterSize]):
    """Warehouse: size of its clusters."""

    name = "warehouse.resize"
    right = Right("warehouses", "CAN_MANAGE")
    dimension, resource = "finops", "warehouse"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True

    def title(self, target: Target, params: ClusterSize) -> str:
        return f"Resize warehouse `{target.name or target.id}` to {params.cluster_size}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: ClusterSize) -> Json:
        return image_of(read, target, "cluster_size")

    def plan(self, image: Json, params: ClusterSize) -> tuple[Change, ...]:
        before, after = image["cluster_size"], params.cluster_size
        return () if before == after else (Change(path="cluster_size", before=before, after=after),)

    def steps(self, target: Target, params: ClusterSize) -> tuple[str, ...]:
        return ("Send the warehouse's whole settings back with the new size",)

    def preconditions(self, image: Json, params: ClusterSize) -> tuple[Check, ...]:
        return (not_deleted(image), all_said(image, "cluster_size"))

    def dry_run(self, read: WorkspaceClient, target: Target, params: ClusterSize, image: Json) -> DryRun:
        running = image["_state"] == "RUNNING"
        told = ("The warehouse is running: its clusters are replaced, statements may wait.",) if running else ()
        return DryRun(mode="simulated", warnings=told)

    def execute(self, act: WorkspaceClient, target: Target, params: ClusterSize, image: Json, key: str) -> Json:
        return edit(act, target, image, lambda now: self.unmoved(image, now, params), cluster_size=params.cluster_size)

    def inverse(self, target: Target, params: ClusterSize, image: Json, refs: Json) -> Inverse | None:
        before = image["cluster_size"]
        return None if before is None else Inverse(self.name, {"cluster_size": before})


class SetMaxClusters(Kind[MaxClusters]):
    """Warehouse: how many clusters it may use at once."""

    name = "warehouse.set_max_clusters"
    right = Right("warehouses", "CAN_MANAGE")
    dimension, resource = "finops", "warehouse"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True

    def title(self, target: Target, params: MaxClusters) -> str:
        return f"Let warehouse `{target.name or target.id}` use {params.max_num_clusters} clusters at most"

    def snapshot(self, read: WorkspaceClient, target: Target, params: MaxClusters) -> Json:
        image = image_of(read, target, "max_num_clusters", "min_num_clusters")
        return image | {"_min": image.pop("min_num_clusters") or 1}

    def plan(self, image: Json, params: MaxClusters) -> tuple[Change, ...]:
        before, after = image["max_num_clusters"], params.max_num_clusters
        return () if before == after else (Change(path="max_num_clusters", before=before, after=after),)

    def steps(self, target: Target, params: MaxClusters) -> tuple[str, ...]:
        return ("Send the warehouse's whole settings back with the new number",)

    def preconditions(self, image: Json, params: MaxClusters) -> tuple[Check, ...]:
        return (
            not_deleted(image),
            all_said(image, "max_num_clusters"),
            Check(
                id="minimum",
                expected=f"at least its minimum of {image['_min']}",
                observed=str(params.max_num_clusters),
                ok=params.max_num_clusters >= image["_min"],
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: MaxClusters, image: Json, key: str) -> Json:
        return edit(
            act, target, image, lambda now: self.unmoved(image, now, params), max_num_clusters=params.max_num_clusters
        )

    def inverse(self, target: Target, params: MaxClusters, image: Json, refs: Json) -> Inverse | None:
        before = image["max_num_clusters"]
        return None if before is None else Inverse(self.name, {"max_num_clusters": before})
