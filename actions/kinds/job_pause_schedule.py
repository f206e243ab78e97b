"""Pause a job's schedule, or let it go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.job_settings import change, named, settings_of
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

IN_USE = ("schedule", "trigger", "continuous")  # a job has one of them at most; `triggers`, the list, has no pause


class Pause(Params):
    """Paused or not."""

    paused: bool = Field(title="Paused")


class PauseSchedule(Kind[Pause]):
    """Job: pause or resume what starts it (a schedule, a trigger, continuous mode). That object is sent back whole,
    because the API replaces it whole."""

    name = "job.pause_schedule"
    right = Right("jobs", "CAN_MANAGE")
    dimension, resource = "pipelineops", "job"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True

    def title(self, target: Target, params: Pause) -> str:
        return f"{'Pause' if params.paused else 'Resume'} the schedule of job `{target.name or target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Pause) -> Json:
        return _image(settings_of(read, target))

    def plan(self, image: Json, params: Pause) -> tuple[Change, ...]:
        before, after = _status(image), _wanted(params)
        return () if before == after else (Change(path=_path(image), before=before, after=after),)

    def steps(self, target: Target, params: Pause) -> tuple[str, ...]:
        return ("Send the schedule back whole with its new pause status",)

    def preconditions(self, image: Json, params: Pause) -> tuple[Check, ...]:
        observed = image["starts_by"] or ("a list of triggers" if image["_list"] else "nothing")
        return (
            Check(
                id="starts",
                expected="a schedule, a trigger or continuous mode starts the job",
                observed=observed,
                ok=image["starts_by"] is not None,
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: Pause, image: Json, key: str) -> Json:
        if image["starts_by"] is None:
            raise BadTarget("nothing starts this job that could be paused")
        now = _image(settings_of(act, target))
        self.unmoved(image, now, params)
        if now["starts_by"] is None:
            raise BadTarget("nothing starts this job any more")
        return change(act, target, **{now["starts_by"]: now["settings"] | {"pause_status": _wanted(params)}})

    def inverse(self, target: Target, params: Pause, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"paused": _status(image) == "PAUSED"})


def _image(settings: Json) -> Json:
    used = next((name for name in IN_USE if settings.get(name)), None)
    return {
        "starts_by": used,
        "settings": settings[used] if used else None,
        "_list": "triggers" in settings,
        **named(settings),
    }


def _status(image: Json) -> str | None:
    """The pause status; a schedule that does not say it is not paused."""
    return image["settings"].get("pause_status", "UNPAUSED") if image["settings"] else None


def _wanted(params: Pause) -> str:
    return "PAUSED" if params.paused else "UNPAUSED"


def _path(image: Json) -> str:
    return f"{image['starts_by'] or 'schedule'}.pause_status"
