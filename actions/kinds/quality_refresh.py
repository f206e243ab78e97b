"""Let the quality monitor of a table measure it anew."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import BadTarget, checked_name, in_path
from actions.kinds.shared.kind import NUMBER, SKEW, Found, Gone, Intent, Kind, NoParams, once, reference
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

KNOWN = 500  # refreshes kept in the image
_PREFIX, _BY_HAND = "MONITOR_REFRESH_STATE_", "MONITOR_REFRESH_TRIGGER_MANUAL"
RUNNING = frozenset({"PENDING", "RUNNING"})


class RefreshMonitor(Kind[NoParams]):
    """Data quality: one refresh of a table's monitor. There is no idempotency token: a refresh whose answer was lost is
    found among those that are not in the image."""

    name = "quality.refresh"
    right = Right(words="MANAGE on the table, and USE CATALOG and USE SCHEMA above it")
    dimension, resource = "dataops", "table"
    base_risk, reversibility, dry_run_mode, idempotency = 1, "none", "none", "search"
    verify_plan = VerifyPlan(settle_s=2, interval_s=15, window_s=3600)

    def title(self, target: Target, params: NoParams) -> str:
        return f"Refresh the quality monitor of table `{target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        """``_known``: numbers of the refreshes so far; ``_running``: those not ended."""
        found = _refreshes(read, *_ids(read, target))
        return {
            "_known": [one["id"] for one in found],
            "_running": [one["id"] for one in found if one["state"] in RUNNING],
        }

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return (Change(path="refresh", before=None, after="started"),)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Start a refresh of the table's monitor",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        running = image["_running"]
        return (
            Check(id="idle", expected="no refresh under way", observed=f"{len(running)} under way", ok=not running),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        from databricks.sdk.service.dataquality import Refresh as Wanted

        kind, table_id = _ids(act, target)
        made = act.data_quality.create_refresh(kind, table_id, Wanted(object_type=kind, object_id=table_id))
        return {"refresh_id": int(reference(made.refresh_id, NUMBER))}

    def find(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, intent: Intent) -> Found:
        """Refreshes by hand since the announcement that the image does not know. More than one: somebody else's too."""
        new = [
            one
            for one in _new(_refreshes(read, *_ids(read, target)), image)
            if one["start"] >= int((intent.at - SKEW).timestamp() * 1000)
        ]
        if not new:
            return "none"
        return "done" if len(new) == 1 else "unknown"

    def verify(
        self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        found = _refreshes(read, *_ids(read, target))
        new = _new(found, image)
        mine = [one for one in found if one["id"] == refs["refresh_id"]] if refs.get("refresh_id") else new
        expected = "the refresh is done"
        if not mine:
            return (Check(id="refresh", expected=expected, observed="not seen yet", ok=None),)
        state = mine[0]["state"]
        ok = None if state in RUNNING else state == "SUCCESS"
        ended = Check(id="refresh", expected=expected, observed=state.lower(), ok=ok)
        return (ended, once(len(new))) if ok else (ended,)


def _ids(client: WorkspaceClient, target: Target) -> tuple[str, str]:
    """What the monitor hangs on: the API takes the table's id. Raises :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    if target.type != "table":
        raise BadTarget(f"a {target.type[:40]} has no monitor here")
    try:
        found = client.tables.get(in_path(checked_name(target)))
    except NotFound as error:
        raise Gone(target.id) from error
    return "table", str(found.table_id)


def _refreshes(read: WorkspaceClient, kind: str, table_id: str) -> list[Json]:
    """Number, start (ms since 1970), state and trigger of the refreshes, newest first. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        every = list(islice(read.data_quality.list_refresh(kind, table_id), KNOWN))
    except NotFound as error:
        raise Gone(f"the monitor of {table_id}") from error
    made = [
        {
            "id": one.refresh_id,
            "start": one.start_time_ms or 0,
            "trigger": one.trigger.value if one.trigger else "",
            "state": one.state.value.removeprefix(_PREFIX) if one.state else "UNKNOWN",
        }
        for one in every
    ]
    return sorted(made, key=lambda one: (one["start"], one["id"]), reverse=True)


def _new(found: list[Json], image: Json) -> list[Json]:
    return [one for one in found if one["id"] not in image["_known"] and one["trigger"] == _BY_HAND]
