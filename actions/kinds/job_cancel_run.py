"""Cancel a run of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget, Digits, checked
from actions.kinds.shared.job_runs import active, life, result, run_of
from actions.kinds.shared.kind import Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Cancel(Params):
    """The run is the target itself; where the target is a job (when its run is taken back), ``run_id`` names it.
    Proposals have the run as their target."""

    run_id: Digits | None = Field(default=None, title="Run")


class CancelRun(Kind[Cancel]):
    """Job run: cancel it. What it has written by then stays; it can be repaired or run anew."""

    name = "job.cancel_run"
    right = Right("jobs", "CAN_MANAGE_RUN")
    dimension, resource = "pipelineops", "run"
    base_risk, reversibility, idempotency, repeatable = 2, "manual", "set", True
    dry_run_mode = "none"
    verify_plan = VerifyPlan(checks=("ended",), interval_s=5, window_s=900)

    def one_way(self, target: Target, params: Cancel) -> tuple[Target, Cancel]:
        run = target.model_copy(update={"type": "run", "id": _run(target, params)})
        return run, Cancel()

    def title(self, target: Target, params: Cancel) -> str:
        if target.type == "job":
            return f"Cancel run `{params.run_id}` of job `{target.name or target.id}`"
        return f"Cancel run `{target.id}`" + (f" of `{target.name}`" if target.name else "")

    def snapshot(self, read: WorkspaceClient, target: Target, params: Cancel) -> Json:
        run = run_of(read, _run(target, params))
        if target.type == "job" and str(run.get("job_id")) != target.id:
            raise BadTarget(f"run {params.run_id} does not belong to job {target.id}")
        ending = life(run) == "TERMINATING"
        return {
            "active": active(run) and not ending,
            "_state": life(run),
            "_result": result(run),
            "_job_id": str(run.get("job_id", "")),
            "_name": run.get("run_name") or "",
        }

    def plan(self, image: Json, params: Cancel) -> tuple[Change, ...]:
        return (Change(path="state", before=image["_state"], after="CANCELED"),) if image["active"] else ()

    def steps(self, target: Target, params: Cancel) -> tuple[str, ...]:
        return ("Ask Databricks to cancel the run; it ends a little later",)

    def execute(self, act: WorkspaceClient, target: Target, params: Cancel, image: Json, key: str) -> Json:
        act.jobs.cancel_run(int(_run(target, params)))
        return {}

    def verify(
        self, read: WorkspaceClient, target: Target, params: Cancel, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        ok = False if now["active"] else True if now["_result"] else None
        return (Check(id="ended", expected="the run has ended", observed=now["_result"] or now["_state"], ok=ok),)


def _run(target: Target, params: Cancel) -> str:
    identifier = checked(target, "run", "job")
    if target.type == "run":
        if params.run_id not in (None, identifier):
            raise BadTarget(f"the target is run {identifier}, and run {params.run_id} is named")
        return identifier
    if params.run_id is None:
        raise BadTarget("the target is a job: which of its runs is not said")
    return checked(target.model_copy(update={"type": "run", "id": params.run_id}), "run")
