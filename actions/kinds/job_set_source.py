"""Let a job take its code from another branch, tag or commit of its Git repository: back to one that worked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints, model_validator

from actions.kinds.shared.changes import changed
from actions.kinds.shared.job_settings import change, named, settings_of
from actions.kinds.shared.kind import Inverse, Kind, NotAsApproved, Params
from actions.kinds.shared.raw import without
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

REFERENCES = ("git_branch", "git_tag", "git_commit")
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,254}$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,64}$")]


class Source(Params):
    """One of the three."""

    git_branch: Reference | None = Field(default=None, title="Branch")
    git_tag: Reference | None = Field(default=None, title="Tag")
    git_commit: Commit | None = Field(default=None, title="Commit")

    @model_validator(mode="after")
    def _one(self) -> Source:
        if sum(getattr(self, name) is not None for name in REFERENCES) != 1:
            raise ValueError("exactly one of branch, tag and commit is given")
        return self


class SetSource(Kind[Source]):
    """Job: the branch, tag or commit that its code is taken from; the repository stays. Its next run uses it."""

    name = "job.set_source"
    right = Right("jobs", "CAN_MANAGE")
    dimension, resource = "pipelineops", "job"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: Source) -> str:
        name, value = next((name, value) for name, value in params if value is not None)
        return f"Let job `{target.name or target.id}` run {name.removeprefix('git_')} `{value}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Source) -> Json:
        return _image(settings_of(read, target))

    def plan(self, image: Json, params: Source) -> tuple[Change, ...]:
        return changed(image, dict(params), "git_source")

    def steps(self, target: Target, params: Source) -> tuple[str, ...]:
        return ("Send the job's Git source back whole with another reference",)

    def preconditions(self, image: Json, params: Source) -> tuple[Check, ...]:
        source = image["git_url"]
        return (
            Check(
                id="git",
                expected="a job whose code comes from a Git repository",
                observed=source or "its code comes from the workspace",
                ok=bool(source),
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Source, image: Json) -> DryRun:
        unknown = "Whether the repository has it is known when the next run fetches it."
        bound = (unknown, "A bundle deploys this job: its next deployment writes the source of its definition.")
        return DryRun(mode="simulated", warnings=bound if image["_bundle"] else bound[:1])

    def execute(self, act: WorkspaceClient, target: Target, params: Source, image: Json, key: str) -> Json:
        settings = settings_of(act, target)
        now = _image(settings)
        self.unmoved(image, now, params)
        if not self.plan(now, params):
            return {}
        if not now["git_url"]:
            raise NotAsApproved("the job's code comes from no Git repository any more; nothing was sent")
        kept = without(settings["git_source"], *REFERENCES, "git_snapshot")
        return change(act, target, git_source=kept | params.model_dump(exclude_none=True))

    def inverse(self, target: Target, params: Source, image: Json, refs: Json) -> Inverse | None:
        before = {name: image[name] for name in REFERENCES if image[name] is not None}
        return Inverse(self.name, before) if before else None


def _image(settings: Json) -> Json:
    source = settings.get("git_source") or {}
    return {
        "git_url": source.get("git_url"),
        **{name: source.get(name) for name in REFERENCES},
        "_bundle": (settings.get("deployment") or {}).get("kind") == "BUNDLE",
        **named(settings),
    }
