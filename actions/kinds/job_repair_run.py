"""Run the failed tasks of a failed run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.job_runs import UNTIL_IT_ENDS, WELL, active, life, outcome, repairs, result, run_of
from actions.kinds.shared.kind import NUMBER, UNORDERED, Found, Intent, Inverse, Kind, Params, reference
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Repair(Params):
    """Either all failed tasks (and what depended on them), or the named ones."""

    rerun_all_failed_tasks: bool = Field(default=True, title="All failed tasks")
    rerun_tasks: Annotated[list[str], UNORDERED] = Field(default=[], max_length=100, title="Only these tasks")

    @model_validator(mode="after")
    def _one_of_both(self) -> Repair:
        if self.rerun_all_failed_tasks == bool(self.rerun_tasks):
            raise ValueError("either all failed tasks or named ones")
        return self


class RepairRun(Kind[Repair]):
    """Job run: repair. Every repair names the one before it, so two at once cannot both be taken."""

    name = "job.repair_run"
    right = Right("jobs", "CAN_MANAGE_RUN")
    dimension, resource = "pipelineops", "run"
    base_risk, reversibility, idempotency = 2, "partial", "chain"
    verify_plan = UNTIL_IT_ENDS

    def title(self, target: Target, params: Repair) -> str:
        what = ", ".join(f"`{task}`" for task in params.rerun_tasks) if params.rerun_tasks else "the failed tasks"
        of = f" of `{target.name}`" if target.name else ""
        return f"Repair run `{target.id}`{of}: run {what} again"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Repair) -> Json:
        run = run_of(read, checked(target, "run"))
        made, tasks = repairs(run), run.get("tasks", [])
        return {
            "result": result(run),
            "repairs": len(made),
            "latest_repair_id": str(made[-1]["id"]) if made else None,
            "parameters": _overridden(run),
            "_state": life(run),
            "_failed_tasks": sorted({t["task_key"] for t in tasks if not active(t) and result(t) not in WELL}),
            "_job_id": str(run.get("job_id", "")),
            "_name": run.get("run_name") or "",
        }

    def plan(self, image: Json, params: Repair) -> tuple[Change, ...]:
        if not params.rerun_tasks and image["result"] in WELL:
            return ()
        again = params.rerun_tasks or image["_failed_tasks"]
        return (
            Change(path="repairs", before=image["repairs"], after=image["repairs"] + 1),
            Change(path="tasks", before=None, after=list(again)),
        )

    def steps(self, target: Target, params: Repair) -> tuple[str, ...]:
        return ("Ask for a repair that follows the latest one known; refused if there is a newer one",)

    def preconditions(self, image: Json, params: Repair) -> tuple[Check, ...]:
        return (
            Check(id="ended", expected="the run has ended", observed=image["_state"], ok=bool(image["result"])),
            Check(
                id="not_skipped",
                expected="the run did start",
                observed=image["result"] or image["_state"],
                ok=image["result"] != "SKIPPED",
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: Repair, image: Json, key: str) -> Json:
        latest = image["latest_repair_id"]
        which: Json = (
            {"rerun_tasks": list(params.rerun_tasks)} if params.rerun_tasks else {"rerun_all_failed_tasks": True}
        )
        after: Json = {"latest_repair_id": int(latest)} if latest else {}
        body = {"run_id": int(checked(target, "run")), **which, **after, **image["parameters"]}
        made = call(act, "POST", "/api/2.2/jobs/runs/repair", body=body)
        return {"repair_id": reference(made.get("repair_id"), NUMBER)}

    def find(self, read: WorkspaceClient, target: Target, params: Repair, image: Json, intent: Intent) -> Found:
        """One repair more than before is the one that was asked for: a second one would have been refused."""
        more = self.snapshot(read, target, params)["repairs"] - image["repairs"]
        return "none" if more == 0 else "done" if more == 1 else "unknown"

    def verify(
        self, read: WorkspaceClient, target: Target, params: Repair, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        run = run_of(read, checked(target, "run"))
        if len(repairs(run)) == image["repairs"]:
            return (Check(id="run", expected="the run ends well", observed="the repair is not listed", ok=None),)
        return (outcome(run),)

    def inverse(self, target: Target, params: Repair, image: Json, refs: Json) -> Inverse | None:
        """Cancels the run with its repair; what it has written by then stays."""
        return Inverse("job.cancel_run", {})


def _overridden(run: Json) -> Json:
    """The parameters that the run was given in place of its job's, as a repair takes them: it does not remember them."""
    found: Json = dict(run.get("overriding_parameters") or {})
    own = {one["name"]: one["value"] for one in run.get("job_parameters") or () if one.get("value") is not None}
    return found | ({"job_parameters": own} if own else {})
