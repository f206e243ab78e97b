"""Start one run of a job."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.job_runs import UNTIL_IT_ENDS, by_us, outcome, run_of, started_by_us
from actions.kinds.shared.job_settings import definition, named, settings_of
from actions.kinds.shared.kind import NUMBER, Found, Intent, Inverse, Kind, Params, reference
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Run(Params):
    """Nothing to choose: the job runs with its own parameters."""


class RunNow(Kind[Run]):
    """Job: one run, now. What it would run is part of the image, so a job changed since the approval is not run."""

    name = "job.run_now"
    right = Right("jobs", "CAN_MANAGE_RUN")
    dimension, resource = "pipelineops", "job"
    base_risk, reversibility, idempotency, repeatable = 2, "partial", "token", True
    verify_plan = UNTIL_IT_ENDS

    def title(self, target: Target, params: Run) -> str:
        return f"Run job `{target.name or target.id}` once, now"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Run) -> Json:
        settings, job = settings_of(read, target), int(checked(target, "job"))
        newest = next(islice(read.jobs.list_runs(job_id=job, limit=1), 1), None)
        others = [run for run in read.jobs.list_runs(job_id=job, active_only=True) if not by_us(read, run)]
        return {
            "definition": definition(settings),
            **named(settings),
            "_newest_started_ms": (newest.start_time or 0) if newest else 0,
            "_active_runs": len(others),  # without ours: a late answer to our own call must not stand in its way
            "_limit": settings.get("max_concurrent_runs") or 1,
            "_queued": bool((settings.get("queue") or {}).get("enabled")),
        }

    def plan(self, image: Json, params: Run) -> tuple[Change, ...]:
        return (Change(path="runs", before=image["_active_runs"], after=image["_active_runs"] + 1, unit="active runs"),)

    def steps(self, target: Target, params: Run) -> tuple[str, ...]:
        return ("Start one run with a token that makes sure it is only one",)

    def preconditions(self, image: Json, params: Run) -> tuple[Check, ...]:
        free = image["_queued"] or image["_active_runs"] < image["_limit"]
        return (
            Check(
                id="free",
                expected=f"fewer than {image['_limit']} active runs, or a queue",
                observed=f"{image['_active_runs']} active",
                ok=free,
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Run, image: Json) -> DryRun:
        waits = image["_active_runs"] >= image["_limit"]
        return DryRun(mode="simulated", warnings=("It would wait for the active run.",) if waits else ())

    def execute(self, act: WorkspaceClient, target: Target, params: Run, image: Json, key: str) -> Json:
        started = act.jobs.run_now(job_id=int(checked(target, "job")), idempotency_token=key)
        return {"run_id": reference(started.response.run_id, NUMBER)}

    def find(self, read: WorkspaceClient, target: Target, params: Run, image: Json, intent: Intent) -> Found:
        """The API cannot be asked for a token. Runs that we started by hand since then are counted: one is ours, none
        is none, more cannot be told apart. Repeating the call with the same key is safe in any case."""
        job = checked(target, "job")
        if "run_id" in intent.refs:
            return "done"
        seen = started_by_us(read, job, image["_newest_started_ms"], intent.at)
        return "none" if not seen else "done" if len(seen) == 1 else "unknown"

    def verify(self, read: WorkspaceClient, target: Target, params: Run, image: Json, refs: Json) -> tuple[Check, ...]:
        run = refs.get("run_id")
        if run is None:
            seen = started_by_us(read, checked(target, "job"), image["_newest_started_ms"])
            if len(seen) != 1:
                told = f"{len(seen)} runs of ours since then"
                return (Check(id="run", expected="the run ends well", observed=told, ok=None),)
            run = str(seen[0].run_id)
        return (outcome(run_of(read, run)),)

    def inverse(self, target: Target, params: Run, image: Json, refs: Json) -> Inverse | None:
        """Cancels the run; what it has written by then stays."""
        return Inverse("job.cancel_run", {"run_id": refs["run_id"]} if "run_id" in refs else {})
