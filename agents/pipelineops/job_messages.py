"""What messages about jobs share: whose a job is, and the target that one is."""

from __future__ import annotations

from agents.capability import Frames, window
from agents.cells import Row, moment, rows, text
from agents.messages import recipient
from agents.pipelineops.repairs import Job
from approvals.values.proposal import Target

MOST = 8  # jobs whose runs are read one by one at a time
OWNERS = window("pipelineops.success_by_job", days=30, ahead=1, workspaces="", limit=2000)
HISTORY = window("pipelineops.run_list", days=90, ahead=1, workspaces="", limit=400)


def job_of(row: Row) -> Job:
    """The key of the job that a row is about."""
    return row.workspace_id, row.job_id


def target(row: Row) -> Target:
    """The job that a row is about."""
    return Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.name)[:200])


def owner(frames: Frames, job: Job) -> str:
    """Who is told about ``job``: its owner by ``owners``, rows of :data:`OWNERS`, where that is somebody who reads."""
    known = {job_of(one): text(one.owner) for one in rows(frames.get("owners"))}
    return recipient(known.get(job), frames, "pipelineops")


def runs(frames: Frames, job: Job) -> list[Row]:
    """The runs of ``job`` that ended, by rows of :data:`HISTORY`, the oldest first."""
    known = rows(frames.get(history(job)))
    return sorted((one for one in known if moment(one.started) is not None), key=lambda one: one.started)


def history(job: Job) -> str:
    """What the answer about the runs of ``job`` is called."""
    return f"history {'/'.join(job)}"
