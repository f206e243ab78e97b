"""Give a running cluster another number of workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from actions.kinds.shared.changes import changed
from actions.kinds.shared.cluster_settings import UNTIL_IT_RUNS, image_of, in_state, not_of_a_service, running
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Size(Params):
    """Either a fixed number of workers, or a range to scale in."""

    num_workers: int | None = Field(default=None, ge=0, le=500, title="Workers")
    min_workers: int | None = Field(default=None, ge=0, le=500, title="At least")
    max_workers: int | None = Field(default=None, ge=1, le=500, title="At most")

    @model_validator(mode="after")
    def _one_way(self) -> Size:
        low, high = self.min_workers, self.max_workers
        if (self.num_workers is None) != (low is not None and high is not None) or (low is None) != (high is None):
            raise ValueError("either a number of workers, or at least and at most")
        if low is not None and high is not None and low > high:
            raise ValueError("at least is more than at most")
        return self


class Resize(Kind[Size]):
    """Cluster: number of workers, fixed or as a range. Only a running cluster can be resized; it goes on running."""

    name = "cluster.resize"
    right = Right("clusters", "CAN_MANAGE")
    dimension, resource = "finops", "cluster"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    verify_plan = UNTIL_IT_RUNS

    def title(self, target: Target, params: Size) -> str:
        return f"Resize cluster `{target.name or target.id}` to {_told(_wanted(params))}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Size) -> Json:
        image = image_of(read, target, "num_workers", "autoscale")
        if image["autoscale"] is not None:  # the number then only says how many there are right now
            image |= {"num_workers": None, "_workers": image["num_workers"]}
        return image

    def plan(self, image: Json, params: Size) -> tuple[Change, ...]:
        return changed(image, _wanted(params))

    def steps(self, target: Target, params: Size) -> tuple[str, ...]:
        return ("Resize the cluster; nodes come and go over the next minutes",)

    def preconditions(self, image: Json, params: Size) -> tuple[Check, ...]:
        return (not_of_a_service(image), in_state(image, "RUNNING")) if self.plan(image, params) else ()

    def dry_run(self, read: WorkspaceClient, target: Target, params: Size, image: Json) -> DryRun:
        smaller = _most(_wanted(params)) < _most(image)
        told = (
            ("Nodes are taken away from a running cluster: work on them is done again elsewhere.",) if smaller else ()
        )
        return DryRun(mode="simulated", warnings=told)

    def execute(self, act: WorkspaceClient, target: Target, params: Size, image: Json, key: str) -> Json:
        from databricks.sdk.service.compute import AutoScale

        scale = None if params.num_workers is not None else AutoScale(params.max_workers, params.min_workers)
        act.clusters.resize(checked(target, "cluster"), num_workers=params.num_workers, autoscale=scale)
        return {}

    def verify(self, read: WorkspaceClient, target: Target, params: Size, image: Json, refs: Json) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        return (
            Check(id="settings", expected=_told(_wanted(params)), observed=_told(now), ok=not self.plan(now, params)),
            running(now, image),
        )

    def inverse(self, target: Target, params: Size, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, dict(image["autoscale"] or {"num_workers": image["num_workers"]}))


def _wanted(params: Size) -> Json:
    if params.num_workers is not None:
        return {"num_workers": params.num_workers, "autoscale": None}
    return {"num_workers": None, "autoscale": {"min_workers": params.min_workers, "max_workers": params.max_workers}}


def _most(size: Json) -> int:
    return int(size["autoscale"]["max_workers"] if size["autoscale"] else size["num_workers"] or 0)


def _told(size: Json) -> str:
    scale = size["autoscale"]
    return f"{scale['min_workers']} to {scale['max_workers']} workers" if scale else f"{size['num_workers']} workers"
