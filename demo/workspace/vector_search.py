"""Vector search indexes of the emulated workspace, and the updates of the pipelines that keep them up to date.

A synchronisation takes two seconds; that is worked out from the clock when somebody looks. Its pipelines are not the
organisation's: this family answers for them, and so must stand before the pipelines' own.
"""

from __future__ import annotations

import datetime as dt

from demo.names import PROD
from demo.organisation import Organisation
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

SYNC = dt.timedelta(seconds=2)
GROWTH = 500  # rows that a synchronisation brings
INDEXES = r"/api/2\.0/vector-search/indexes"
PIPELINE = "index-"  # begins the id of an index's pipeline


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``indexes``: name to index, with ``rows`` and ``updates``, oldest first: [id, begun in ms]."""
    yesterday = int((now - dt.timedelta(days=1)).timestamp() * 1000)
    made: dict[str, Json] = {}
    for place, one in enumerate(world.indexes.itertuples()):
        made[one.index_name] = {
            "name": one.index_name, "source_table": one.source, "endpoint_name": one.endpoint_name,
            "endpoint_id": one.endpoint_id, "creator": one.created_by, "workspace_id": one.workspace_id,
            "pipeline_id": f"{PIPELINE}{one.index_id}", "rows": 20_000 + 1_000 * place,
            "updates": [[f"{one.index_id[:8]}-0", yesterday]],
        }  # fmt: skip
    return {"indexes": made}


def index(state: State, request: Request, name: str) -> Json:
    """One index."""
    found = state.get("indexes", name, "Vector index")
    running = _running(state, found)
    return {
        "name": name,
        "endpoint_name": found["endpoint_name"],
        "endpoint_id": found["endpoint_id"],
        "primary_key": "id",
        "index_type": "DELTA_SYNC",
        "creator": found["creator"],
        "delta_sync_index_spec": {
            "source_table": found["source_table"],
            "pipeline_type": "TRIGGERED",
            "pipeline_id": found["pipeline_id"],
            "embedding_source_columns": [{"name": "note"}],
        },
        "status": {
            "ready": True,
            "message": "Index is synchronising." if running else "Index is ready.",
            "indexed_row_count": found["rows"] - (GROWTH if running else 0),
        },
    }


def indexes(state: State, request: Request) -> Json:
    """The indexes of an endpoint."""
    wanted = request.query.get("endpoint_name")
    return {
        "vector_indexes": [
            {
                "name": one["name"],
                "endpoint_name": one["endpoint_name"],
                "index_type": "DELTA_SYNC",
                "primary_key": "id",
            }
            for one in state.objects["indexes"].values()
            if wanted in (None, one["endpoint_name"])
        ]
    }


def sync(state: State, request: Request, name: str) -> Json:
    """Begin a synchronisation; refused while one is under way."""
    before = state.get("indexes", name, "Vector index")
    if _running(state, before):
        raise ApiRefused(400, "INVALID_STATE", f"Index {name} is being synchronised already.")
    begun = int(state.clock().timestamp() * 1000)
    update = [f"{before['pipeline_id'].removeprefix(PIPELINE)[:8]}-{len(before['updates'])}", begun]
    after = before | {"updates": [*before["updates"], update], "rows": before["rows"] + GROWTH}
    state.put("indexes", name, after)
    state.effect(
        "vector_search_indexes.sync_index",
        "index",
        name,
        request.by,
        before.get("workspace_id", PROD),
        object=after,
        before=before,
        update_id=update[0],
    )
    return {}


def updates(state: State, request: Request, pipeline_id: str) -> Json:
    """The updates of an index's pipeline, newest first."""
    found = next((one for one in state.objects["indexes"].values() if one["pipeline_id"] == pipeline_id), None)
    if found is None:
        raise missing("Pipeline", pipeline_id)
    newest = found["updates"][-1][0]
    running = _running(state, found)
    made = [
        {
            "update_id": update,
            "pipeline_id": pipeline_id,
            "creation_time": begun,
            "cause": "API_CALL",
            "state": "RUNNING" if running and update == newest else "COMPLETED",
        }
        for update, begun in reversed(found["updates"])
    ]
    return {"updates": made[: int(request.query.get("max_results") or 25)]}


def _running(state: State, index: Json) -> bool:
    begun: int = index["updates"][-1][1]
    return state.clock().timestamp() < begun / 1000 + SYNC.total_seconds()


ROUTES: tuple[Route, ...] = (
    ("GET", INDEXES, indexes),
    ("GET", rf"{INDEXES}/([^/]+)", index),
    ("POST", rf"{INDEXES}/([^/]+)/sync", sync),
    ("GET", rf"/api/2\.0/pipelines/({PIPELINE}[^/]+)/updates", updates),
)
