"""Bring a vector search index up to date with its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import BadTarget, checked_name, in_path
from actions.kinds.shared.kind import Found, Gone, Intent, Kind, NoParams, once
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

RUNNING = frozenset({
    "CREATED", "INITIALIZING", "QUEUED", "RESETTING", "RUNNING", "SETTING_UP_TABLES", "STOPPING", "WAITING_FOR_RESOURCES",
})  # fmt: skip


class SyncIndex(Kind[NoParams]):
    """Vector index: synchronise it. The call returns no reference: whether it had its effect is seen in the updates of
    the pipeline behind the index, by those that are not in the image."""

    name = "index.sync"
    right = Right(words="ownership of the index, and USE CATALOG and USE SCHEMA above it")
    dimension, resource = "agentops", "index"
    base_risk, reversibility, dry_run_mode, idempotency = 1, "none", "none", "search"
    verify_plan = VerifyPlan(settle_s=2, interval_s=10, window_s=3600)

    def title(self, target: Target, params: NoParams) -> str:
        return f"Synchronise vector index `{target.id}` with its table"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        """``_update``: the newest update of the pipeline and its state (None: there is none); ``_updates``: the newest
        ones. ``_seen`` false: the updates cannot be read."""
        from databricks.sdk.errors import NotFound

        if target.type != "index":
            raise BadTarget(f"a {target.type[:40]} is not synchronised")
        try:
            found = read.vector_search_indexes.get_index(in_path(checked_name(target)))
        except NotFound as error:
            raise Gone(target.id) from error
        spec, status = found.delta_sync_index_spec, found.status
        updates = _updates(read, spec.pipeline_id if spec else None)
        return {
            "_kind": spec.pipeline_type.value if spec and spec.pipeline_type else "DIRECT_ACCESS",
            "_ready": bool(status and status.ready),
            "_rows": status.indexed_row_count if status else None,
            "_seen": updates is not None,
            "_update": updates[0][0] if updates else None,
            "_state": updates[0][1] if updates else None,
            "_updates": [one for one, _state in updates or ()],
        }

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return (Change(path="synchronisation", before=None, after="started"),)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Start a synchronisation; the index answers meanwhile",)

    def preconditions(self, image: Json, params: NoParams) -> tuple[Check, ...]:
        return (
            Check(
                id="triggered",
                expected="an index that is synchronised on demand",
                observed=image["_kind"],
                ok=image["_kind"] == "TRIGGERED",
            ),
            Check(
                id="idle",
                expected="no synchronisation under way",
                observed=image["_state"] or "none yet",
                ok=image["_state"] not in RUNNING,
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        act.vector_search_indexes.sync_index(in_path(checked_name(target)))
        return {}

    def find(self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, intent: Intent) -> Found:
        now = self.snapshot(read, target, params)
        if not (now["_seen"] and image["_seen"]):
            return "unknown"
        return "done" if now["_update"] != image["_update"] else "none"

    def verify(
        self, read: WorkspaceClient, target: Target, params: NoParams, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        expected = "the synchronisation is done"
        if not now["_seen"]:
            seen = "the index is ready; its updates cannot be read"
            return (
                Check(
                    id="update", expected=expected, observed=seen if now["_ready"] else "not ready", ok=now["_ready"]
                ),
            )
        if now["_update"] == image["_update"]:
            return (Check(id="update", expected=expected, observed="not seen yet", ok=None),)
        ok = None if now["_state"] in RUNNING else now["_state"] == "COMPLETED"
        ended = Check(id="update", expected=expected, observed=now["_state"], ok=ok)
        known = image.get("_updates") or [image["_update"]]
        return (ended, once(len([one for one in now["_updates"] if one not in known]))) if ok else (ended,)


def _updates(read: WorkspaceClient, pipeline_id: str | None) -> list[tuple[str, str]] | None:
    """Id and state of the pipeline's newest updates, newest first; None where they cannot be read."""
    from databricks.sdk.errors import NotFound, PermissionDenied

    if not pipeline_id:
        return None
    try:
        page = read.pipelines.list_updates(pipeline_id, max_results=25)
    except (NotFound, PermissionDenied):
        return None
    every = sorted(page.updates or (), key=lambda one: one.creation_time or 0, reverse=True)
    return [(one.update_id or "", one.state.value if one.state else "") for one in every]
