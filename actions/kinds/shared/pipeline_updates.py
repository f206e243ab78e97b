"""What the kinds that start an update of a pipeline share: reading the pipeline, finding our update, how it went.

Starting an update takes no token and says nothing of who started it: an update is ours when it is newer than the newest
one known before, was started through the API, and is of the same sort.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import checked, read_as
from actions.kinds.shared.kind import SKEW, Found, Gone, Intent, Kind, P, once, reference
from actions.kinds.shared.right import Right
from approvals.values.canonical import digest
from approvals.values.proposal import Check, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

ENDED = ("COMPLETED", "FAILED", "CANCELED")
PAGE = 25


class PipelineUpdate(Kind[P]):
    """Starts an update of a pipeline; ``sort`` says which."""

    right = Right("pipelines", "CAN_RUN")
    dimension, resource, idempotency = "pipelineops", "pipeline", "search"
    dry_run_mode = "native"
    verify_plan = VerifyPlan(checks=("update",), settle_s=5, interval_s=30, window_s=24 * 3600, fail_limit=1)

    @abstractmethod
    def sort(self, params: P) -> Json:
        """What the API is told of the update, which is what it is found again by."""

    def snapshot(self, read: WorkspaceClient, target: Target, params: P) -> Json:
        return image_of(read, target)

    def preconditions(self, image: Json, params: P) -> tuple[Check, ...]:
        return (
            Check(
                id="idle",
                expected="no update is active",
                observed=image["_active_update"] or "none",
                ok=not image["_active_update"],
            ),
            Check(
                id="not_deleted",
                expected="the pipeline is not deleted",
                observed=image["_state"],
                ok=image["_state"] != "DELETED",
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: P, image: Json, key: str) -> Json:
        """It is refused while another update is active."""
        made = act.pipelines.start_update(checked(target, "pipeline"), **self.sort(params))
        return {"update_id": reference(made.update_id)}

    def find(self, read: WorkspaceClient, target: Target, params: P, image: Json, intent: Intent) -> Found:
        """Done when exactly one update can be ours, none when none can, else unknown."""
        if "update_id" in intent.refs:
            return "done"
        begin = int((intent.at - SKEW).timestamp() * 1000)
        seen = _newer(read, target, image, self.sort(params))
        if seen is None:
            return "unknown"
        ours = [one for one in seen if (one.get("creation_time") or 0) >= begin]
        return "none" if not ours else "done" if len(ours) == 1 else "unknown"

    def verify(self, read: WorkspaceClient, target: Target, params: P, image: Json, refs: Json) -> tuple[Check, ...]:
        """True when the update completed, false when it failed, None while it is under way or cannot be told; and that it
        was the only one."""
        update, seen = refs.get("update_id"), _newer(read, target, image, self.sort(params))
        if update is None:
            seen = seen or []
            if len(seen) != 1:
                told = f"{len(seen)} updates could be this one"
                return (Check(id="update", expected="the update completes", observed=told, ok=None),)
            update = seen[0]["update_id"]
        found = read.pipelines.get_update(checked(target, "pipeline"), update).update
        state = found.state.value if found and found.state else ""
        ok = state == "COMPLETED" if state in ENDED else None
        ended = Check(id="update", expected="the update completes", observed=state, ok=ok)
        return (ended, once(None if seen is None else len(seen))) if ok else (ended,)


def image_of(read: WorkspaceClient, target: Target) -> Json:
    """``definition``, a short digest of what an update would do; ``_latest_update`` and ``_active_update`` (ids, empty
    for none), ``_state``. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        found: Json = read.pipelines.get(checked(target, "pipeline")).as_dict()
    except NotFound as error:
        raise Gone(target.id) from error
    read_as(target, found.get("pipeline_id"))
    known = found.get("latest_updates", [])
    active = [one["update_id"] for one in known if one.get("state") not in ENDED]
    return {
        "definition": digest([found.get("spec"), found.get("run_as_user_name")])[:16],
        "_latest_update": known[0]["update_id"] if known else "",
        "_active_update": active[0] if active else "",
        "_state": found.get("state", ""),
        "_name": found.get("name") or "",
        "_modified_ms": found.get("last_modified") or 0,
    }


def _newer(read: WorkspaceClient, target: Target, image: Json, chosen: Json) -> list[Json] | None:
    """Updates of the sort ``chosen`` that were started through the API since ``image``, newest first; None when there
    are so many that some may be missing."""
    listed: Json = read.pipelines.list_updates(checked(target, "pipeline"), max_results=PAGE).as_dict()
    every, since = listed.get("updates", []), []
    for one in every:
        if one["update_id"] == image["_latest_update"]:
            break
        since.append(one)
    else:
        if image["_latest_update"] and len(every) >= PAGE:
            return None
    return [one for one in since if one.get("cause") == "API_CALL" and _sort(one) == _sort(chosen)]


def _sort(update: Json) -> tuple[bool, bool, tuple[str, ...]]:
    selected = tuple(sorted(set(update.get("refresh_selection") or ())))
    return bool(update.get("validate_only")), bool(update.get("full_refresh")), selected
