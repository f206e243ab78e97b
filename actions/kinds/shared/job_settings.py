"""What the kinds that run or change jobs share: reading a job's settings as they are written, and changing some.

Settings are read and sent as plain JSON, not through the SDK's classes: those drop what they do not know, and a task
sent back without a field would lose it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Gone
from actions.kinds.shared.raw import call
from approvals.values.canonical import digest
from approvals.values.proposal import Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

WHAT_RUNS = ("tasks", "job_clusters", "environments", "parameters", "git_source", "run_as")
PAGED = ("tasks", "job_clusters", "environments", "parameters")  # lists that come in pages of a hundred


def settings_of(read: WorkspaceClient, target: Target) -> Json:
    """The job's settings, every page of them. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    query: Json = {"job_id": checked(target, "job")}
    try:
        found = call(read, "GET", "/api/2.2/jobs/get", query=query)
        settings: Json = dict(found["settings"])
        while token := found.get("next_page_token"):
            found = call(read, "GET", "/api/2.2/jobs/get", query=query | {"page_token": token})
            for name in PAGED:
                if more := found["settings"].get(name):
                    settings[name] = [*settings.get(name, []), *more]
    except NotFound as error:
        raise Gone(target.id) from error
    return settings


def change(act: WorkspaceClient, target: Target, **settings: Any) -> Json:
    """Write ``settings`` (top-level fields, each whole; tasks are matched by their key). Nothing else moves."""
    job = int(checked(target, "job"))
    call(act, "POST", "/api/2.2/jobs/update", body={"job_id": job, "new_settings": settings})
    return {}


def named(settings: Json) -> Json:
    """The job's name, as context of an image."""
    return {"_name": str(settings.get("name") or "")}


def definition(settings: Json) -> str:
    """A short digest of what a run would do: its tasks, compute, parameters and identity."""
    parts = {name: settings.get(name) for name in WHAT_RUNS}
    parts["tasks"] = sorted(settings.get("tasks", []), key=lambda task: str(task.get("task_key")))
    return digest(parts)[:16]
