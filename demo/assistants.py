"""Genie spaces, apps and vector indexes, as the audit log knows them: who made them, who asked, when an index was brought
up to date with its table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.audit_table import write_events
from demo.faults import faults_of
from demo.names import PROD
from demo.organisation import Organisation
from demo.rhythm import DAY, Frame, Ints, days, generator, working_times

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MADE, ASKED = 80, 60  # days ago: when the indexes were made, and since when questions to them are known
NIGHTLY, EARLIER, SILENT = (
    7,
    6,
    4,
)  # indexes: synchronised at night by habit, made before the log begins, of the stale table
SPACES = ("Sales questions", "Finance close", "Claims desk", "Pilot")  # nobody asks the last one any more
APPS = (("a-2", "support-bot", ""), ("a-3", "pilot-chat", "stopApp"))  # and what was done to it last


def spaces(world: Organisation) -> Frame:
    """The Genie spaces: space_id, name, made_by, begin and end (seconds since 1970) of their use."""
    rng, now = generator(world.seed, 80), int(world.now.timestamp())
    ends = [now, now, now, now - 30 * DAY]
    return pd.DataFrame(
        {
            "space_id": [rng.bytes(16).hex() for _ in SPACES],
            "name": list(SPACES),
            "made_by": world.people.email.to_numpy()[[3, 6, 9, 12]],
            "begin": now - 85 * DAY,
            "end": ends,
        }
    )


def asks_of(world: Organisation, start: Ints) -> list[dict[str, str]]:
    """The space that each question to Genie at ``start`` went to; before any was made the log named none."""
    known, rng = spaces(world), generator(world.seed, 81)
    weights = np.array([0.5, 0.3, 0.15, 0.05])
    chosen, other = rng.choice(len(known), len(start), p=weights), rng.choice(3, len(start))
    chosen = np.where((chosen == len(known) - 1) & (start > known.end.iloc[-1]), other, chosen)
    ids = known.space_id.to_numpy()
    return [
        {"space_id": ids[which], "conversation_id": f"{at:x}"} if at >= known.begin.iloc[0] else {}
        for which, at in zip(chosen, start, strict=True)
    ]


def write_assistants(connection: DuckDBPyConnection, world: Organisation) -> None:
    """Their rows of ``access.audit``; synchronisations follow the writes that lineage has."""
    own = {
        "workspace_id": f"'{PROD}'",
        "audit_level": "'WORKSPACE_LEVEL'",
        "source_ip_address": "'10.0.0.7'",
        "user_agent": "'databricks-sdk-py/0.156.0'",
        "response": {"status_code": "status"},
    }
    write_events(connection, world, [_spaces(world), _apps(world), *_indexes(connection, world)], "v", own)


def _events(start: Any, who: Any, service: str, action: str, params: list[dict[str, str]], status: Any = 200) -> Frame:
    texts = [json.dumps(one) for one in params]
    return pd.DataFrame(
        {"start": start, "who": who, "service_name": service, "action_name": action, "params": texts, "status": status}
    )


def _spaces(world: Organisation) -> Frame:
    known = spaces(world)
    told = [{"space_id": one.space_id, "display_name": one.name} for one in known.itertuples()]
    return _events(known.begin, known.made_by, "aibiGenie", "createSpace", told)


def _apps(world: Organisation) -> Frame:
    now, who = int(world.now.timestamp()), world.people.email[4]
    parts = [
        _events([now - 70 * DAY], who, "apps", "createApp", [{"request_object": json.dumps({"name": name})}])
        for _, name, _ in APPS
    ]
    done = [_events([now - 20 * DAY], who, "apps", last, [{"name": name}]) for _, name, last in APPS if last]
    return pd.concat([*parts, *done], ignore_index=True)


def _indexes(connection: DuckDBPyConnection, world: Organisation) -> list[Frame]:
    """Each was made, is asked, and follows its table within the hour; one at night, and one not at all any more."""
    lost, now = {fault.entity_id: fault.begin for fault in faults_of(world, "index_lag")}, int(world.now.timestamp())
    written = _written(connection, world, now - MADE * DAY)
    parts: list[Frame] = []
    for place, one in enumerate(world.indexes.itertuples()):
        rng = generator(world.seed, 82, place)
        spec = json.dumps({"source_table": one.source, "pipeline_type": "TRIGGERED"})
        what = {"name": one.index_name, "endpoint_name": one.endpoint_name, "index_type": "DELTA_SYNC"}
        if place != EARLIER:
            made = [what | {"primary_key": "id", "delta_sync_index_spec": spec}]
            parts.append(_events([now - MADE * DAY], one.created_by, "vectorSearch", "createVectorIndex", made))
        start: Ints = np.array(written.get(one.source, []), dtype="int64")
        after = rng.integers(15 * 60, 45 * 60, len(start))
        start = start // DAY * DAY + 26 * 3600 + after if place == NIGHTLY else start + after
        start = start[start < lost.get(one.index_id, now)]
        by = world.principals.application_id[place % 15]
        parts.append(_events(start, by, "vectorSearch", "syncVectorIndex", [{"name": one.index_name}] * len(start)))
        start = working_times(rng, days(world.now, ASKED), 14 + 4 * place)
        people = world.people.email.to_numpy()[rng.integers(0, 30, len(start))]
        parts.append(
            _events(start, people, "vectorSearch", "queryVectorIndex", [{"index_name": one.index_name}] * len(start))
        )
    return parts


def _written(connection: DuckDBPyConnection, world: Organisation, since: int) -> dict[str, list[int]]:
    """When the table of each index was written, by its name."""
    rows = connection.execute(
        "SELECT target_table_full_name, list(DISTINCT CAST(epoch(event_time) AS BIGINT)) FROM access.table_lineage "
        "WHERE list_contains(?, target_table_full_name) AND event_time >= to_timestamp(?) GROUP BY 1",
        [list(world.indexes.source), since],
    ).fetchall()
    return {name: sorted(times) for name, times in rows}
