"""How busy each machine of a cluster was, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo.clusters import WORKED, workers_of
from demo.faults import sizes, struck
from demo.names import ACCOUNT, EUROPE
from demo.organisation import Organisation
from demo.rhythm import DAY, Frame, generator, moments
from demo.tables import insert, stage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NODE_DAYS = 30  # how far back


def write_nodes(connection: DuckDBPyConnection, world: Organisation, ran: Frame) -> None:
    """``node_timeline`` of the last 30 days, one row per node and minute."""
    since = int(world.now.timestamp()) - (NODE_DAYS + world.ahead) * DAY
    home = (world.clusters.workspace_id != EUROPE).to_numpy()
    stage(
        connection,
        "cluster_rows",
        pd.DataFrame(
            {
                "position": np.arange(len(home)),
                "workspace_id": world.clusters.workspace_id.to_numpy(),
                "cluster_id": world.clusters.cluster_id.to_numpy(),
                "node_type": world.clusters.node_type.to_numpy(),
            }
        ),
    )
    for number, part in enumerate(_chunks(ran[(ran.start >= since) & home[ran.position]], world)):
        frame = _minutes(part, world, generator(world.seed, 31, number))
        insert(
            connection,
            "system.compute.node_timeline",
            frame,
            {
                "account_id": f"'{ACCOUNT}'",
                "workspace_id": "workspace_id",
                "cluster_id": "cluster_id",
                "node_type": "node_type",
                "start_time": "to_timestamp(start)",
                "end_time": "to_timestamp(start + 60)",
                "instance_id": "'i-' || substr(md5(cluster_id || '-' || node || '-' || start // 86400), 1, 17)",
                "driver": "node = 0",
                "private_ip": "'10.0.' || position || '.' || (node + 10)",
            },
            order="start, position, node",
            join="JOIN cluster_rows USING (position)",
        )


def _chunks(ran: Frame, world: Organisation, rows: int = 400_000) -> Iterator[Frame]:
    """The stretches in groups of about ``rows`` node minutes."""
    size = (ran.seconds // 60 * (workers_of(world)[ran.position] + 1)).cumsum() // rows
    for _, part in ran.groupby(size.to_numpy()):
        yield part


def _minutes(part: Frame, world: Organisation, rng: np.random.Generator) -> Frame:
    """One row per node and minute of the stretches ``part``."""
    nodes = workers_of(world)[part.position] + 1
    steps = (part.seconds // 60).to_numpy().astype("int64")
    index = np.repeat(np.arange(len(part)), steps * nodes)
    within = np.arange(len(index)) - np.repeat(np.cumsum(steps * nodes) - steps * nodes, steps * nodes)
    minute, position = within // nodes[index], part.position.to_numpy()[index]
    node, start = within % nodes[index], part.start.to_numpy()[index] + minute * 60
    ids, count = world.clusters.cluster_id.to_numpy()[position], len(index)
    hour, weekday = start // 3600 % 24, moments(start).day_of_week.to_numpy()
    always = struck(world, "no_auto_termination", ids)
    tail = minute * 60 >= (part.seconds - part.idle).to_numpy()[index]
    idle = (always & ((hour < WORKED[0]) | (hour >= WORKED[1]) | (weekday > 4))) | (~always & tail)
    wide, full = struck(world, "oversized", ids), sizes(world, "memory_bound", ids, start)
    tight = full > 0
    wave = 1 + 0.5 * np.sin(start / 1700.0 + position)
    cpu = np.where(wide, 2.5, world.clusters.load.to_numpy()[position]) * wave * rng.gamma(4, 0.25, count)
    cpu = np.where(idle, rng.uniform(0.2, 2, count), np.clip(cpu, 0.5, 7 if wide.all() else 97))
    memory = np.where(wide, 14.0, 42.0) + 8 * wave + rng.normal(0, 2, count)
    return pd.DataFrame(
        {
            "position": position,
            "start": start,
            "node": node,
            "cpu_user_percent": np.where(wide, np.minimum(cpu, 7), cpu).round(1),
            "cpu_system_percent": np.where(idle, 0.4, 0.06 * cpu).round(1),
            "cpu_wait_percent": np.where(tight, 9.0, 0.5),
            "mem_used_percent": np.where(tight, rng.uniform(92, 98, count) + 2 * (full - 1), memory).round(1),
            "mem_swap_percent": np.where(tight, rng.uniform(5, 20, count), 0.0).round(1),
            "network_sent_bytes": (cpu * 40_000).astype("int64") * 10,
            "network_received_bytes": (cpu * 60_000).astype("int64") * 10,
        }
    )
