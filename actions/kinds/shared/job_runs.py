"""What the kinds that start, repair and cancel runs share: reading a run, and telling how it went."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from actions.kinds.shared.kind import SKEW, Gone
from approvals.values.proposal import Check, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

ACTIVE = ("PENDING", "QUEUED", "RUNNING", "BLOCKED", "WAITING_FOR_RETRY", "TERMINATING")
WELL = ("SUCCESS", "SUCCESS_WITH_FAILURES")
UNTIL_IT_ENDS = VerifyPlan(checks=("run",), settle_s=5, interval_s=30, window_s=24 * 3600, fail_limit=1)


def run_of(read: WorkspaceClient, run_id: str) -> Json:
    """The run with its repairs. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        found: Json = read.jobs.get_run(int(run_id), include_history=True).as_dict()
    except NotFound as error:
        raise Gone(run_id) from error
    return found


def life(run: Json) -> str:
    """PENDING, RUNNING, TERMINATED ..."""
    return str(run.get("state", {}).get("life_cycle_state", ""))


def active(run: Json) -> bool:
    """Whether it has not ended."""
    return life(run) in ACTIVE


def result(run: Json) -> str:
    """SUCCESS, FAILED ...; empty while it runs; the life cycle's word where a run has no result (SKIPPED)."""
    return "" if active(run) else str(run.get("state", {}).get("result_state") or life(run))


def repairs(run: Json) -> list[Json]:
    """Its repairs, oldest first; the original run is not one."""
    made = [one for one in run.get("repair_history", []) if one.get("type") == "REPAIR"]
    return sorted(made, key=lambda one: int(one.get("start_time") or 0))


def outcome(run: Json) -> Check:
    """True when the run ended well, false when it did not, None while it is under way."""
    ok = None if active(run) else result(run) in WELL
    return Check(id="run", expected="the run ends well", observed=result(run) or life(run), ok=ok)


def by_us(read: WorkspaceClient, run: Any) -> bool:
    """Whether our own identity started the listed run by hand."""
    by_hand = run.trigger is not None and run.trigger.value == "ONE_TIME"
    return by_hand and run.creator_user_name == read.current_user.me().user_name


def started_by_us(read: WorkspaceClient, job_id: str, after_ms: int, since: dt.datetime | None = None) -> list[Any]:
    """Runs of the job that our own identity started by hand after ``after_ms`` (milliseconds since 1970, the
    workspace's clock) and not long before ``since`` (ours)."""
    begin = after_ms + 1 if since is None else max(after_ms + 1, int((since - SKEW).timestamp() * 1000))
    return [run for run in read.jobs.list_runs(job_id=int(job_id), start_time_from=begin) if by_us(read, run)]
