"""Let the schedule of a job fire at other times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints, field_validator

from actions.kinds.shared.job_settings import change, named, settings_of
from actions.kinds.shared.kind import Inverse, Kind, NotAsApproved, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

_FIELD = r"[0-9A-Za-z*?/,#-]+"  # of a Quartz expression
Cron = Annotated[str, StringConstraints(pattern=rf"^{_FIELD}( {_FIELD}){{5,6}}$", max_length=200)]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$")]
FIELDS = {"quartz_cron_expression": "schedule.quartz_cron_expression", "timezone_id": "schedule.timezone_id"}


class Times(Params):
    """When it fires: six or seven fields of Quartz (seconds first), read in the time zone."""

    quartz_cron_expression: Cron = Field(title="Quartz expression")
    timezone_id: Zone = Field(title="Time zone")

    @field_validator("quartz_cron_expression")
    @classmethod
    def _what_quartz_takes(cls, value: str) -> str:
        """Quartz reads days of the month or of the week, never both, and wants the question mark in the other."""
        fields = value.split(" ")
        if [fields[3], fields[5]].count("?") != 1 or value.count("?") != 1:
            raise ValueError("exactly one of day of the month and day of the week is a question mark")
        return value


class SetSchedule(Kind[Times]):
    """Job: when its schedule fires. Whether it is paused stays; the schedule is sent back whole, because the API takes it
    whole."""

    name = "job.set_schedule"
    right = Right("jobs", "CAN_MANAGE")
    dimension, resource = "pipelineops", "job"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: Times) -> str:
        when = f"`{params.quartz_cron_expression}` ({params.timezone_id})"
        return f"Let the schedule of job `{target.name or target.id}` fire at {when}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Times) -> Json:
        return _image(settings_of(read, target))

    def plan(self, image: Json, params: Times) -> tuple[Change, ...]:
        return tuple(
            Change(path=path, before=image[name], after=getattr(params, name))
            for name, path in FIELDS.items()
            if image[name] != getattr(params, name)
        )

    def steps(self, target: Target, params: Times) -> tuple[str, ...]:
        return ("Send the schedule back whole with its new times",)

    def preconditions(self, image: Json, params: Times) -> tuple[Check, ...]:
        has = image["quartz_cron_expression"] is not None
        return (
            Check(
                id="schedule",
                expected="a schedule starts the job",
                observed="it does" if has else image["_otherwise"] or "nothing starts it",
                ok=has,
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Times, image: Json) -> DryRun:
        paused = ("The schedule is paused: it fires at no time until it is resumed.",) if image["_paused"] else ()
        return DryRun(mode="simulated", warnings=paused)

    def execute(self, act: WorkspaceClient, target: Target, params: Times, image: Json, key: str) -> Json:
        settings = settings_of(act, target)
        now = _image(settings)
        self.unmoved(image, now, params)
        if not self.plan(now, params):
            return {}
        if now["quartz_cron_expression"] is None:
            raise NotAsApproved("no schedule starts this job any more; nothing was sent")
        return change(act, target, schedule=settings["schedule"] | params.model_dump())

    def inverse(self, target: Target, params: Times, image: Json, refs: Json) -> Inverse | None:
        if image["quartz_cron_expression"] is None:
            return None
        return Inverse(self.name, {name: image[name] for name in FIELDS})


def _image(settings: Json) -> Json:
    """The times; ``_paused``, and what starts the job ``_otherwise``."""
    schedule = settings.get("schedule") or {}
    others = [name for name in ("trigger", "continuous", "triggers") if settings.get(name)]
    return {
        **{name: schedule.get(name) for name in FIELDS},
        "_paused": schedule.get("pause_status") == "PAUSED",
        "_otherwise": others[0] if others else "",
        **named(settings),
    }
