"""What a failed run says of itself: its tasks' error texts, which are in no system table, asked of the Jobs API as the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from actions.workspaces import NoWay, Workspaces
from logs import redacted

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

MOST, LONGEST = 3, 4_000  # tasks, and letters of each text
WELL = ("SUCCESS", "SUCCESS_WITH_FAILURES", "CANCELED", "EXCLUDED", "UPSTREAM_FAILED", "UPSTREAM_CANCELED")
GONE = "Databricks keeps what a run said for 60 days: of this one nothing is left."
NOT_SEEN = "The app may not see what this run said: its service principal needs CAN VIEW on the job."
REFUSED = "The workspace does not give out what this run said."
AWAY = "The workspace does not say what this run said: it does not answer."


@dataclass(frozen=True)
class Said:
    """The error ``text`` of a failed ``task``, foreign words without anything that looks like a secret; or ``why_not``."""

    task: str = ""
    text: str = ""
    why_not: str = ""


def said(workspaces: Workspaces, workspace_id: str, run_id: str) -> Sequence[Said]:
    """What the failed tasks of the run said, the first :data:`MOST`; nothing of a run that did not fail."""
    from databricks.sdk.errors import BadRequest, DatabricksError, NotFound, PermissionDenied, Unauthenticated

    try:
        read = workspaces.at(workspace_id).read
        run = read.jobs.get_run(int(run_id))
        failed = [one for one in run.tasks or () if _failed(one)] or ([run] if not run.tasks and _failed(run) else [])
        return [_of(read, one) for one in failed[:MOST]]
    except NoWay as why:
        return [Said(why_not=str(why))]
    except (PermissionDenied, Unauthenticated):
        return [Said(why_not=NOT_SEEN)]
    except NotFound:
        return [Said(why_not=GONE)]
    except BadRequest:
        return [Said(why_not=REFUSED)]
    except (DatabricksError, OSError, ValueError, TimeoutError):
        return [Said(why_not=AWAY)]


def _failed(run: Any) -> bool:
    state = run.state
    return bool(state and state.result_state and state.result_state.value not in WELL)


def _of(read: WorkspaceClient, task: Any) -> Said:
    output = read.jobs.get_run_output(int(task.run_id))
    parts = [one for one in (output.error, output.error_trace) if one]
    text = "\n".join(parts) or (task.state.state_message or "")
    name = getattr(task, "task_key", None) or ""
    return Said(name, redacted(text)[:LONGEST]) if text else Said(name, why_not="It left no error text.")
