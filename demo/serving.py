"""Models behind endpoints: who asked, how it went. ``serving``; the gateway is :mod:`demo.gateway`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import faults_of, sizes, struck
from demo.names import ACCOUNT, EUROPE
from demo.organisation import Organisation
from demo.rhythm import Frame, Ints, generator, hours, level, office, seconds
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LAG = 1800  # seconds
REQUEST_DAYS = 60


def asked(world: Organisation, rng: np.random.Generator, rate: float, since: pd.Timestamp) -> Ints:
    """Request times of the last 60 days, about ``rate`` in a busy office hour; seconds since 1970."""
    every = hours(world.now)
    every = every[every >= max(world.now - pd.Timedelta(days=REQUEST_DAYS + world.ahead), since)][:-1]
    counts = rng.poisson(rate * world.parts * level(every, 0.3) * office(every))
    made: Ints = np.sort(np.repeat(seconds(every), counts) + rng.integers(0, 3600, int(counts.sum())))
    return made[made < int(world.now.timestamp()) - LAG]


def asked_of(world: Organisation, position: int, endpoint: Any) -> tuple[np.random.Generator, Ints]:
    """When ``endpoint`` at ``position`` was asked, and its generator for what is drawn after that."""
    rng = generator(world.seed, 70, position)
    start = asked(world, rng, endpoint.requests * 0.4, endpoint.create_time)
    return rng, start[~struck(world, "idle_endpoint", endpoint.endpoint_id, start)]


def write_serving(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``served_entities`` and ``endpoint_usage``: one endpoint fails, one is idle, one is not tracked at all."""
    home = world.endpoints[world.endpoints.workspace_id != EUROPE]
    untracked = {fault.entity_id for fault in faults_of(world, "untracked")}
    _entities(connection, world, home)
    parts = []
    for position, e in enumerate(world.endpoints.itertuples()):
        if e.endpoint_id in untracked or e.workspace_id == EUROPE:
            continue
        rng, start = asked_of(world, position, e)
        count, entity = len(start), np.full(len(start), e.served_entity_id, dtype=object)
        bad = rng.random(count) < 0.004
        if (new := struck(world, "errors", e.endpoint_id, start - 9 * 3600)).any():
            share = 0.25 * sizes(world, "errors", e.endpoint_id, start - 9 * 3600)
            bad |= new & (rng.random(count) < share)
            entity[new] = e.served_entity_id[::-1]
        parts.append(
            pd.DataFrame(
                {
                    "workspace_id": e.workspace_id,
                    "start": start,
                    "served_entity_id": entity,
                    "status_code": np.where(bad, 500, np.where(rng.random(count) < 0.003, 429, 200)),
                    "input_token_count": rng.integers(50, 3000, count),
                    "streaming": rng.random(count) < 0.3,
                    "output_token_count": np.where(bad, 0, rng.integers(20, 900, count)),
                    "requester": world.people.email.to_numpy()[rng.integers(0, 20, count)],
                }
            )
        )
    made = pd.concat(parts, ignore_index=True).sort_values("start", kind="stable", ignore_index=True)
    made["number"] = np.arange(len(made))
    insert(
        connection,
        "system.serving.endpoint_usage",
        made,
        {
            "account_id": f"'{ACCOUNT}'",
            "request_streaming": "streaming",
            "input_character_count": "input_token_count * 4",
            "output_character_count": "output_token_count * 4",
            "request_time": "to_timestamp(start)",
            "databricks_request_id": "CAST(md5('r' || number) AS UUID)",
            "usage_context": "map()",
        },
        order="start, number",
    )


def _entities(connection: DuckDBPyConnection, world: Organisation, home: Frame) -> None:
    """The configurations of each endpoint; the failing one got a new version beside the one before, one endpoint was deleted."""
    first = home.assign(change_time=home.create_time, version="2", config=1, gone=False)
    changed = []
    for fault in faults_of(world, "errors"):
        failing = first[first.endpoint_id == fault.entity_id].assign(
            change_time=fault.t0 + pd.Timedelta(hours=9), config=2
        )
        newer = failing.assign(version="3", served_entity_id=failing.served_entity_id.str[::-1])
        changed += [newer, failing]  # the version before is still served, asked no more
    old = first.iloc[2:3].assign(endpoint_id="dead" * 8, endpoint_name="retired-model", served_entity_id="beef" * 8)
    ended = old.assign(change_time=world.now.normalize() - pd.Timedelta(days=44), gone=True)
    to_zero = home.endpoint_id[home.entity_type == "CUSTOM_MODEL"].iloc[-1]  # one that is asked stops when nobody asks
    custom = "CASE WHEN entity_type = 'CUSTOM_MODEL' THEN {} END"
    insert(
        connection,
        "system.serving.served_entities",
        pd.concat([first, *changed, old, ended], ignore_index=True),
        {
            "account_id": f"'{ACCOUNT}'",
            "served_entity_name": "endpoint_name || '-' || version",
            "entity_version": "version",
            "entity_name": "CASE WHEN entity_type IN ('CUSTOM_MODEL', 'FEATURE_SPEC') THEN 'main.models.' || "
            "replace(endpoint_name, '-', '_') ELSE 'system.ai.llama_maverick' END",
            "endpoint_config_version": "config",
            "endpoint_delete_time": "CASE WHEN gone THEN change_time END",
            "task": "CASE WHEN entity_type IN ('FOUNDATION_MODEL', 'EXTERNAL_MODEL') THEN 'llm/v1/chat' END",
            "external_model_config": {"provider": "CASE WHEN entity_type = 'EXTERNAL_MODEL' THEN 'openai' END"},
            "custom_model_config": {
                "min_concurrency": custom.format(f"CASE WHEN endpoint_id = '{to_zero}' THEN 0 ELSE 4 END"),
                "max_concurrency": custom.format(16),
                "compute_type": custom.format("'CPU'"),
            },
        },
        order="change_time, endpoint_id",
    )
