"""Update a pipeline's tables; or reset them and read everything again, which cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import UNORDERED, P, Params
from actions.kinds.shared.pipeline_updates import PAGE, PipelineUpdate
from approvals.values.proposal import Change, DryRun, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class Selection(Params):
    """Nothing selected: every table of the pipeline."""

    refresh_selection: Annotated[list[str], UNORDERED] = Field(default=[], max_length=500, title="Only these tables")


class Everything(Params):
    """Nothing to choose."""


class Update(PipelineUpdate[P]):
    """An update that writes: what both sorts share."""

    full_refresh: ClassVar[bool]

    def title(self, target: Target, params: P) -> str:
        name, selected = target.name or target.id, _selected(params)
        if self.full_refresh:
            return f"Reset every table of pipeline `{name}` and read all sources again"
        return f"Update pipeline `{name}`" + (f": {', '.join(f'`{one}`' for one in selected)}" if selected else "")

    def sort(self, params: P) -> Json:
        return {"full_refresh": True} if self.full_refresh else {"refresh_selection": _selected(params) or None}

    def plan(self, image: Json, params: P) -> tuple[Change, ...]:
        what = "full refresh" if self.full_refresh else ", ".join(_selected(params)) or "every table"
        return (Change(path="update", before=None, after=what),)

    def steps(self, target: Target, params: P) -> tuple[str, ...]:
        return (f"Start {'a full refresh' if self.full_refresh else 'an update'} of the pipeline",)

    def blast(self, image: Json, params: P) -> Impact:
        return Impact(objects=max(1, len(_selected(params))))

    def dry_run(self, read: WorkspaceClient, target: Target, params: P, image: Json) -> DryRun:
        """What Databricks said of the pipeline as it is now: its latest validation or update since it was changed. None
        is started here, because it would stand in the way of the update itself; ``pipeline.validate`` starts one."""
        listed: Json = read.pipelines.list_updates(checked(target, "pipeline"), max_results=PAGE).as_dict()
        known = [one for one in listed.get("updates", []) if (one.get("creation_time") or 0) >= image["_modified_ms"]]
        ended = [one for one in known if one.get("state") in ("COMPLETED", "FAILED")]
        if not ended:
            return DryRun(mode="none", warnings=("It was not validated since it was last changed.",))
        what = "validation" if ended[0].get("validate_only") else "update"
        failed = ended[0]["state"] == "FAILED"
        return DryRun(mode="native", ok=not failed, warnings=(f"The latest {what} failed.",) if failed else ())


class Refresh(Update[Selection]):
    """Pipeline: one update. What it writes stays; the next update writes it anew."""

    name, full_refresh = "pipeline.refresh", False
    base_risk, reversibility = 2, "partial"


class FullRefresh(Update[Everything]):
    """Pipeline: reset all tables and start from the sources. What the sources no longer hold is lost."""

    name, full_refresh = "pipeline.full_refresh", True
    base_risk, reversibility, enabled = 4, "none", False


def _selected(params: Params) -> list[str]:
    return params.refresh_selection if isinstance(params, Selection) else []
