"""Set how often a job's tasks are tried again after a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.job_settings import change, named, settings_of
from actions.kinds.shared.kind import UNORDERED, Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class OfTask(Params):
    """One task's own number; None leaves it out, which means none."""

    task_key: str
    max_retries: int | None = Field(default=None, ge=0, le=20)


class Retries(Params):
    """One number for all tasks or for those named; or a number for each, which is how a change is taken back."""

    max_retries: int | None = Field(default=None, ge=0, le=20, title="Tries after a failure")
    task_keys: Annotated[list[str], UNORDERED] = Field(default=[], max_length=1000, title="Only these tasks")
    each: Annotated[list[OfTask], UNORDERED] = Field(default=[], max_length=1000, title="Task by task")

    @model_validator(mode="after")
    def _one_way(self) -> Retries:
        if (self.max_retries is None) == (not self.each) or (self.each and self.task_keys):
            raise ValueError("either one number, or a number for each task")
        if len({one.task_key for one in self.each}) != len(self.each):
            raise ValueError("each task may be named once")
        return self

    def of(self, tasks: Json) -> Json:
        """The wanted number by task, of the job's ``tasks``."""
        if self.each:
            return {one.task_key: one.max_retries for one in self.each}
        return dict.fromkeys(self.task_keys or tasks, self.max_retries)


class SetRetries(Kind[Retries]):
    """Job: retries of its tasks. Changed tasks are sent back whole, the others are not sent."""

    name = "job.set_retries"
    right = Right("jobs", "CAN_MANAGE")
    dimension, resource = "pipelineops", "job"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True

    def one_way(self, target: Target, params: Retries) -> tuple[Target, Retries]:
        """The same number for each of some tasks is one number for those named."""
        numbers = {one.max_retries for one in params.each}
        if len(numbers) != 1 or None in numbers:
            return target, params
        return target, Retries(max_retries=numbers.pop(), task_keys=[one.task_key for one in params.each])

    def title(self, target: Target, params: Retries) -> str:
        job = target.name or target.id
        if params.each:
            return f"Set the retries of {len(params.each)} tasks of job `{job}` one by one"
        which = f"{len(params.task_keys)} tasks" if params.task_keys else "all tasks"
        return f"Let {which} of job `{job}` be tried {params.max_retries} times more after a failure"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Retries) -> Json:
        return _image(settings_of(read, target))

    def plan(self, image: Json, params: Retries) -> tuple[Change, ...]:
        now = image["max_retries"]
        return tuple(
            Change(path=f"tasks.{task}.max_retries", before=now.get(task), after=wanted)
            for task, wanted in params.of(now).items()
            if task not in now or now[task] != wanted
        )

    def steps(self, target: Target, params: Retries) -> tuple[str, ...]:
        return ("Read the tasks that change and send them back whole with the new number",)

    def preconditions(self, image: Json, params: Retries) -> tuple[Check, ...]:
        unknown = sorted(set(params.of(image["max_retries"])) - set(image["max_retries"]))
        return (
            Check(
                id="tasks",
                expected="the named tasks exist",
                observed=", ".join(unknown) or "they do",
                ok=not unknown and bool(image["max_retries"]),
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: Retries, image: Json, key: str) -> Json:
        settings = settings_of(act, target)
        tasks = {task["task_key"]: task for task in settings.get("tasks", [])}
        wanted = params.of(dict(tasks))
        if unknown := sorted(set(wanted) - set(tasks)):
            raise BadTarget(f"no task called {unknown[0][:80]!r}")
        self.unmoved(image, _image(settings), params)
        changed = []
        for name, number in wanted.items():
            kept = {field: value for field, value in tasks[name].items() if field != "max_retries"}
            changed.append(kept if number is None else kept | {"max_retries": number})
        return change(act, target, tasks=changed)

    def inverse(self, target: Target, params: Retries, image: Json, refs: Json) -> Inverse | None:
        now = image["max_retries"]
        own = [{"task_key": task, "max_retries": now[task]} for task in params.of(now) if task in now]
        return Inverse(self.name, {"each": own}) if own else None


def _image(settings: Json) -> Json:
    tasks = settings.get("tasks", [])
    return {"max_retries": {task["task_key"]: task.get("max_retries") for task in tasks}, **named(settings)}
