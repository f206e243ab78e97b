"""The edges: workspaces, blocked traffic, assistant use, alerts, governed tags, pool machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo.clusters import POOLS
from demo.names import ACCOUNT, DEV, HOSTILE, PROD
from demo.organisation import WORKSPACES, Organisation
from demo.rhythm import days, generator, working_times
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS, LAG = 30, 3600
_TIMES = {"account_id": f"'{ACCOUNT}'", "event_time": "to_timestamp(start)"}


def write_workspaces(connection: DuckDBPyConnection) -> None:
    """``access.workspaces_latest``; the closed workspace is gone from it."""
    insert(
        connection,
        "system.access.workspaces_latest",
        WORKSPACES,
        {
            "account_id": f"'{ACCOUNT}'",
            "workspace_url": "'https://' || workspace_name || '.cloud.databricks.com'",
            "create_time": "TIMESTAMPTZ '2024-03-01 09:00:00+00'",
            "status": "'RUNNING'",
        },
    )


def write_edges(connection: DuckDBPyConnection, world: Organisation) -> None:
    """Blocked traffic, assistant events, alerts, governed tags and pool machines."""
    rng, every, people = generator(world.seed, 80), days(world.now, DAYS), world.people.email.to_numpy()
    horizon = int(world.now.timestamp()) - LAG

    def event(rate: float) -> pd.DataFrame:
        start = working_times(rng, every, rate)
        start = start[start < horizon]
        who = people[rng.integers(0, 59, len(start))]
        return pd.DataFrame({"start": start, "who": who, "workspace_id": PROD, "number": np.arange(len(start))})

    insert(
        connection,
        "system.access.outbound_network",
        event(6),
        _TIMES
        | {
            "destination_type": "'DNS'",
            "destination": "'files' || number % 7 || '.example.net'",
            "access_type": "'DROP'",
            "event_id": "CAST(md5('o' || number) AS UUID)",
            "network_source_type": "'DBSQL'",
            "dns_event": {"domain_name": "'files' || number % 7 || '.example.net'", "rcode": "0"},
        },
        order="start, number",
    )
    insert(
        connection,
        "system.access.inbound_network",
        event(3),
        _TIMES
        | {
            "request_path": "'/api/2.1/jobs/list'",
            "source": {"ip": "'203.0.113.' || number % 20"},
            "authenticated_as": "who",
            "policy_outcome": "CASE WHEN number % 4 = 0 THEN 'DRY_RUN_DENIAL' ELSE 'DENIED' END",
            "event_id": "CAST(md5('n' || number) AS UUID)",
            "rule_label": "'office only'",
        },
        order="start, number",
    )
    insert(
        connection,
        "system.access.assistant_events",
        event(40 * world.parts),
        _TIMES
        | {
            "event_date": "to_timestamp(start)",
            "initiated_by": "who",
            "user_agent": "'Mozilla/5.0'",
            "event_id": "CAST(md5('c' || number) AS UUID)",
        },
        order="start, number",
    )
    warehouse = world.warehouses.warehouse_id[0]
    alerts = pd.DataFrame(
        {
            "alert_id": [f"alert-{i}" for i in range(5)],
            "workspace_id": [PROD, PROD, PROD, DEV, PROD],
            "display_name": ["orders stopped", "late payments", "refunds above 1 %", "test", HOSTILE],
            "owned_by": people[:5],
            "run_as": people[:5],
        }
    )
    insert(
        connection,
        "system.alert.alerts",
        alerts,
        {
            "account_id": f"'{ACCOUNT}'",
            "compute": {"type": "'WAREHOUSE'", "warehouse_id": f"'{warehouse}'"},
            "schedule": {"pause_status": "'UNPAUSED'", "quartz_cron_schedule": "'0 0 * * * ?'", "timezone_id": "'UTC'"},
            "evaluation_comparison_operator": "'GREATER_THAN'",
            "evaluation_threshold": {"value": {"double_value": "1"}},
        },
    )
    governed = pd.DataFrame({"id": ["t-1", "t-2"], "tag_key": ["cost_center", "env"]})
    insert(
        connection,
        "system.tags.governed_tags",
        governed,
        {"account_id": f"'{ACCOUNT}'", "change_time": "TIMESTAMPTZ '2026-02-01 09:00:00+00'"},
    )
    machines = event(4)
    states = ("INSTANCE_LAUNCHING", "INSTANCE_READY", "INSTANCE_PLACED", "INSTANCE_TERMINATED")
    lives = machines.loc[machines.index.repeat(4)].assign(step=np.tile(np.arange(4), len(machines)))
    insert(
        connection,
        "system.compute.instance_events",
        lives[lives.start + lives.step * 900 < horizon],
        _TIMES
        | {
            "event_time": "to_timestamp(start + step * 900)",
            "instance_id": "'i-' || substr(md5('p' || number), 1, 17)",
            "event_type": "CASE WHEN step = 0 THEN 'INSTANCE_LAUNCHING' ELSE 'STATE_TRANSITION' END",
            "state": f"{list(states)}[step + 1]",
            "instance_pool_id": f"'{POOLS[0][1]}'",
            "node_type": f"'{POOLS[0][2]}'",
            "availability_type": "CASE WHEN number % 3 = 0 THEN 'SPOT' ELSE 'ON_DEMAND' END",
        },
        order="start, number, step",
    )
