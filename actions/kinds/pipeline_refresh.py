"""Update a pipeline's tables; or reset them and read everything again, which cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from actions.kinds.shared import pipeline_updates as updates
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import UNORDERED, Found, Intent, Kind, Params
from approvals.values.proposal import Change, Check, DryRun, Impact, Json, Target

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Selection(Params):
    """Nothing selected: every table of the pipeline."""

    refresh_selection: Annotated[list[str], UNORDERED] = Field(default=[], max_length=500, title="Only these tables")


class Everything(Params):
    """Nothing to choose."""


class Update(Kind):
    """An update that writes: what both sorts share."""

    dimension, resource, idempotency = "pipelineops", "pipeline", "search"
    dry_run_mode = "native"
    verify_plan = updates.UNTIL_IT_ENDS
    full_refresh: ClassVar[bool]

    def title(self, target: Target, params: Any) -> str:
        name, selected = target.name or target.id, _selected(params)
        if self.full_refresh:
            return f"Reset every table of pipeline `{name}` and read all sources again"
        return f"Update pipeline `{name}`" + (f": {', '.join(f'`{one}`' for one in selected)}" if selected else "")

    def snapshot(self, read: WorkspaceClient, target: Target, params: Any) -> Json:
        return updates.image_of(read, target)

    def plan(self, image: Json, params: Any) -> tuple[Change, ...]:
        what = "full refresh" if self.full_refresh else ", ".join(_selected(params)) or "every table"
        return (Change(path="update", before=None, after=what),)

    def steps(self, target: Target, params: Any) -> tuple[str, ...]:
        return (f"Start {'a full refresh' if self.full_refresh else 'an update'} of the pipeline",)

    def preconditions(self, image: Json, params: Any) -> tuple[Check, ...]:
        return updates.idle(image)

    def blast(self, image: Json, params: Any) -> Impact:
        return Impact(objects=max(1, len(_selected(params))))

    def dry_run(self, read: WorkspaceClient, target: Target, params: Any, image: Json) -> DryRun:
        """What Databricks said of the pipeline as it is now: its latest validation or update since it was changed. None
        is started here, because it would stand in the way of the update itself; ``pipeline.validate`` starts one."""
        listed: Json = read.pipelines.list_updates(checked(target, "pipeline"), max_results=updates.PAGE).as_dict()
        known = [one for one in listed.get("updates", []) if (one.get("creation_time") or 0) >= image["_modified_ms"]]
        ended = [one for one in known if one.get("state") in ("COMPLETED", "FAILED")]
        if not ended:
            return DryRun(mode="none", warnings=("It was not validated since it was last changed.",))
        what = "validation" if ended[0].get("validate_only") else "update"
        failed = ended[0]["state"] == "FAILED"
        return DryRun(mode="native", ok=not failed, warnings=(f"The latest {what} failed.",) if failed else ())

    def execute(self, act: WorkspaceClient, target: Target, params: Any, image: Json, key: str) -> Json:
        if self.full_refresh:
            return updates.start(act, target, full_refresh=True)
        return updates.start(act, target, refresh_selection=list(_selected(params)) or None)

    def find(self, read: WorkspaceClient, target: Target, params: Any, image: Json, intent: Intent) -> Found:
        return updates.find(read, target, image, intent, **self._sort(params))

    def verify(self, read: WorkspaceClient, target: Target, params: Any, image: Json, refs: Json) -> tuple[Check, ...]:
        return updates.verify(read, target, image, refs, **self._sort(params))

    def _sort(self, params: Any) -> Json:
        return {"full_refresh": self.full_refresh, "refresh_selection": list(_selected(params))}


class Refresh(Update):
    """Pipeline: one update. What it writes stays; the next update writes it anew."""

    name, Params, full_refresh = "pipeline.refresh", Selection, False
    base_risk, reversibility = 2, "partial"


class FullRefresh(Update):
    """Pipeline: reset all tables and start from the sources. What the sources no longer hold is lost."""

    name, Params, full_refresh = "pipeline.full_refresh", Everything, True
    base_risk, reversibility, enabled = 4, "none", False


def _selected(params: Any) -> list[str]:
    return getattr(params, "refresh_selection", [])


KINDS: Any = (Refresh(), FullRefresh())
