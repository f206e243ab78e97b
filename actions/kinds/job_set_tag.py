"""Set or remove a tag of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.job_settings import change, named, settings_of
from actions.kinds.shared.kind import Inverse, Kind
from actions.kinds.shared.right import Right
from actions.kinds.shared.tags import Tag, image_of, plan, title_of, with_tag
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MOST, LONGEST = 25, 127  # tags of a job, and characters of a key or a value


class SetJobTag(Kind[Tag]):
    """Job: one tag. Its next runs are billed with it; what was billed already is not changed. The other tags are sent back
    as they are, because the API takes them whole."""

    name = "job.set_tag"
    right = Right("jobs", "CAN_MANAGE")
    dimension, resource = "finops", "job"
    base_risk, reversibility, idempotency, repeatable = 1, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: Tag) -> str:
        return title_of("job", target.name or target.id, params)

    def snapshot(self, read: WorkspaceClient, target: Target, params: Tag) -> Json:
        settings = settings_of(read, target)
        return image_of(settings.get("tags") or {}, params) | {"_bundle": _bundled(settings), **named(settings)}

    def plan(self, image: Json, params: Tag) -> tuple[Change, ...]:
        return plan(image, params)

    def steps(self, target: Target, params: Tag) -> tuple[str, ...]:
        return ("Send the job's tags back whole, this one changed",)

    def preconditions(self, image: Json, params: Tag) -> tuple[Check, ...]:
        short = max(len(params.key), len(params.value or "")) <= LONGEST
        after = len(image["_others"]) + (params.value is not None)
        return (
            Check(id="short", expected=f"{LONGEST} characters at most", observed="yes" if short else "more", ok=short),
            Check(id="room", expected=f"{MOST} tags at most", observed=str(after), ok=after <= MOST),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Tag, image: Json) -> DryRun:
        lost = "A bundle deploys this job: its next deployment writes the tags of its definition."
        return DryRun(mode="simulated", warnings=(lost,) if image["_bundle"] else ())

    def execute(self, act: WorkspaceClient, target: Target, params: Tag, image: Json, key: str) -> Json:
        tags = settings_of(act, target).get("tags") or {}
        now = image_of(tags, params)
        self.unmoved(image, now, params)
        return change(act, target, tags=with_tag(tags, params)) if self.plan(now, params) else {}

    def inverse(self, target: Target, params: Tag, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"key": params.key, "value": image["value"]})


def _bundled(settings: Json) -> bool:
    return (settings.get("deployment") or {}).get("kind") == "BUNDLE"
