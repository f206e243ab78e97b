"""The planted faults: what is wrong in the synthetic organisation, where, since when, and what a good operator would do.

The list is data: the generators read it to spoil the facts, and it is written beside them (table ``demo.faults`` and
``faults.json``), so that whoever looks for faults can be judged against it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from demo.organisation import Organisation


@dataclass(frozen=True)
class Fault:
    """One planted fault. ``t0``..``t1`` (UTC) is when it shows; ``action`` and ``parameters`` what would mend it."""

    dimension: str
    kind: str
    entity_type: str
    entity_id: str
    entity_name: str
    workspace_id: str
    t0: dt.datetime
    t1: dt.datetime
    what: str
    action: str
    parameters: dict[str, Any]


# (dimension, kind, entity type, position in its frame, days ago it began, days ago it ended, what, action, parameters)
_PLAN: tuple[tuple[str, str, str, int, int, int, str, str, dict[str, Any]], ...] = (
    ("infra", "idle_warehouse", "warehouse", 3, 200, 0, "auto-stop of 120 minutes keeps it running without statements",
     "warehouse.auto_stop", {"auto_stop_minutes": 10}),
    ("infra", "no_auto_termination", "cluster", 0, 150, 0, "never terminates; runs through nights and weekends",
     "cluster.auto_termination", {"auto_termination_minutes": 30}),
    ("infra", "memory_bound", "cluster", 1, 14, 0, "memory above 92 % and swapping: must not be downsized",
     "cluster.resize", {"node_type": "r5.2xlarge"}),
    ("infra", "end_of_support", "cluster", 2, 300, 0, "runs Databricks Runtime 10.4, out of support", "cluster.runtime",
     {"dbr_version": "17.3.x-scala2.13"}),
    ("infra", "queue_pressure", "warehouse", 0, 10, 0, "statements queue at capacity every weekday morning",
     "warehouse.size", {"max_clusters": 4}),
    ("data", "stale_table", "table", 1205, 6, 0, "its daily write stopped", "job.run", {}),
    ("data", "row_drop", "table", 1206, 2, 1, "half of the usual rows arrived", "notify.owner", {}),
    ("data", "unhealthy_freshness", "table", 1207, 3, 0, "the platform's own freshness check fails", "notify.owner", {}),
    ("data", "never_read", "table", 1208, 395, 0, "written every day, read by nobody", "notify.owner", {}),
    ("data", "schema_change", "table", 610, 4, 4, "a column was dropped under its readers", "notify.owner", {}),
    ("pipelines", "permission_lost", "job", 1, 4, 0, "every run fails since a grant was revoked", "grant.add",
     {"privilege": "SELECT"}),
    ("pipelines", "slower", "job", 2, 8, 0, "takes 1.8 times as long as before", "notify.owner", {}),
    ("pipelines", "not_started", "job", 4, 3, 0, "its schedule is active but nothing runs", "job.run", {}),
    ("pipelines", "flaky", "job", 5, 45, 0, "fails every other night and is repaired", "job.retries", {"max_retries": 2}),
    ("pipelines", "late_start", "job", 6, 6, 0, "waits two hours in the queue and misses its deadline", "notify.owner", {}),
    ("pipelines", "never_succeeded", "job", 7, 20, 0, "has failed since it was created", "job.pause", {}),
    ("pipelines", "stuck", "job", 9, 0, 0, "the running run takes five times the usual time", "job.cancel", {}),
    ("governance", "unused_grant", "table", 20, 200, 0, "a grant nobody used for 90 days", "grant.revoke", {}),
    ("governance", "broad_grant", "table", 21, 2, 0, "ALL PRIVILEGES for all account users", "grant.revoke",
     {"principal": "account users", "privilege": "ALL_PRIVILEGES"}),
    ("governance", "self_grant", "table", 22, 5, 5, "an administrator granted MANAGE to himself", "grant.revoke",
     {"privilege": "MANAGE"}),
    ("governance", "denied_burst", "person", 11, 1, 1, "hundreds of denied requests in two hours", "notify.owner", {}),
    ("governance", "failed_logins", "person", 12, 3, 3, "ninety failed sign-ins from one address", "notify.owner", {}),
    ("ml", "errors", "endpoint", 0, 3, 0, "one request in four fails since the new version", "model.roll_back", {}),
    ("ml", "idle_endpoint", "endpoint", 1, 40, 0, "billed every hour, asked by nobody", "serving.scale", {"min": 0}),
    ("ml", "untracked", "endpoint", 3, 395, 0, "spends without any usage record", "serving.usage_tracking", {}),
    ("ml", "failing_runs", "person", 7, 6, 0, "training runs fail since a library changed", "notify.owner", {}),
    ("agents", "runaway", "endpoint", 2, 2, 1, "one requester uses thirty times its usual tokens", "gateway.rate_limit", {}),
    ("agents", "throttled", "endpoint", 5, 5, 0, "the gateway answers 429 to one call in three", "gateway.rate_limit", {}),
    ("agents", "tool_loop", "endpoint", 2, 4, 4, "the same tool is called hundreds of times", "notify.owner", {}),
    ("agents", "fallback", "endpoint", 5, 7, 0, "most calls fall back to the second model", "notify.owner", {}),
    ("finops", "cost_spike", "job", 8, 9, 9, "one night cost four times the usual", "notify.owner", {}),
    ("finops", "cost_rise", "warehouse", 1, 7, 0, "costs more than twice as much since a size change",
     "warehouse.size", {"warehouse_size": "MEDIUM"}),
    ("finops", "unpriced", "sku", 0, 12, 0, "a new SKU without a list price", "notify.owner", {}),
    ("finops", "all_purpose_job", "job", 10, 395, 0, "a nightly job on an all-purpose cluster", "job.compute", {}),
    ("finops", "untagged_rise", "pipeline", 0, 30, 0, "its tags were lost in a redeployment", "tag.set", {}),
    ("users", "slow_dashboard", "warehouse", 0, 20, 0, "one dashboard statement takes minutes, many times a day",
     "notify.owner", {}),
    ("users", "repeated_failures", "person", 15, 9, 0, "the same error over and over", "notify.owner", {}),
    ("users", "spill", "person", 16, 15, 0, "statements spill most of what they read", "notify.owner", {}),
    ("users", "inactive", "person", 59, 150, 0, "has not done anything for months", "notify.owner", {}),
)  # fmt: skip
NEW_SKU = "ENTERPRISE_AI_FUNCTIONS_US_EAST_N_VIRGINIA"


def planted(world: Organisation) -> list[Fault]:
    """The faults of ``world``, with the names of what they touch."""
    now = world.now
    made = []
    for dimension, kind, entity, position, since, until, what, action, parameters in _PLAN:
        identifier, name, workspace = _entity(world, entity, position)
        t0 = (now - dt.timedelta(days=since)).replace(hour=0, minute=0, second=0, microsecond=0)
        t1 = min(now, (now - dt.timedelta(days=until)).replace(hour=23, minute=59, second=59, microsecond=0))
        made.append(Fault(dimension, kind, entity, identifier, name, workspace, t0, t1, what, action, parameters))
    return made


def where(world: Organisation) -> dict[str, Fault]:
    """The faults by kind."""
    return {fault.kind: fault for fault in planted(world)}


def _entity(world: Organisation, entity: str, position: int) -> tuple[str, str, str]:
    """(id, name, workspace) of the ``position``-th object of a kind."""
    if entity == "person":
        return world.people.user_id[position], world.people.email[position], ""
    if entity == "sku":
        return NEW_SKU, NEW_SKU, ""
    if entity == "table":
        t = world.tables.iloc[position]
        full = f"{t.table_catalog}.{t.table_schema}.{t.table_name}"
        return full, full, ""
    frame = {"job": world.jobs, "warehouse": world.warehouses, "cluster": world.clusters,
             "pipeline": world.pipelines, "endpoint": world.endpoints}[entity]  # fmt: skip
    row = frame.iloc[position]
    name = row["name"] if "name" in frame.columns else row[f"{entity}_name"]
    return str(row[f"{entity}_id"]), str(name), str(row["workspace_id"])


def frame(faults: list[Fault]) -> pd.DataFrame:
    """The list as a frame; ``parameters`` as JSON text."""
    return pd.DataFrame([asdict(f) | {"parameters": json.dumps(f.parameters)} for f in faults])


def as_json(faults: list[Fault]) -> str:
    """The list as JSON, times in ISO format."""
    return json.dumps([asdict(f) for f in faults], default=lambda v: v.isoformat(), indent=1)
