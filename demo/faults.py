"""The planted faults: what is wrong in the synthetic organisation, where, since when, and what a good operator would do.

The list is data: the generators read it to spoil the facts, and it is written beside them (table ``demo.faults`` and
``faults.json``), so that whoever looks for faults can be judged against it. Consequences (the tables a failing job no
longer writes) are not listed; ordinary noise (a failed run now and then) is not a fault.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from demo.names import PROD, TEAMS
from demo.organisation import BOARD, NEVER_READ, Organisation
from demo.rhythm import Frame
from dimensions import Key

NEW_SKU = "ENTERPRISE_AI_FUNCTIONS_US_EAST_N_VIRGINIA"


@dataclass(frozen=True)
class Fault:
    """One planted fault. ``t0``..``t1`` (UTC) is when it shows; ``action`` and ``parameters`` what would mend it."""

    dimension: Key
    kind: str
    entity_type: str
    entity_id: str
    entity_name: str
    workspace_id: str
    t0: pd.Timestamp
    t1: pd.Timestamp
    what: str
    action: str
    parameters: dict[str, Any]

    @property
    def begin(self) -> int:
        """``t0`` in seconds since 1970."""
        return int(self.t0.timestamp())

    @property
    def end(self) -> int:
        """``t1`` in seconds since 1970."""
        return int(self.t1.timestamp())


# (dimension, kind, entity type, position in its frame, days ago it began, days ago it ended, what, action, parameters)
_PLAN: tuple[tuple[Key, str, str, int, int, int, str, str, dict[str, Any]], ...] = (
    ("infraops", "idle_warehouse", "warehouse", 3, 200, 0, "auto-stop of 120 minutes keeps it running without statements",
     "warehouse.set_autostop", {"auto_stop_minutes": 5}),
    ("infraops", "no_auto_termination", "cluster", 0, 150, 0, "never terminates; runs through nights and weekends",
     "cluster.set_autotermination", {"auto_termination_minutes": 30}),
    ("infraops", "memory_bound", "cluster", 1, 14, 0, "memory above 92 % and swapping: must not be downsized",
     "notify.owner", {}),
    ("infraops", "end_of_support", "cluster", 2, 300, 0, "runs Databricks Runtime 10.4, out of support", "notify.owner", {}),
    ("infraops", "oversized", "cluster", 3, 60, 0, "eight workers, processors below 8 %, memory below 25 %",
     "cluster.resize", {"num_workers": 3}),
    ("infraops", "queue_pressure", "warehouse", 0, 10, 0, "statements queue at capacity every weekday morning",
     "warehouse.set_max_clusters", {"max_num_clusters": 4}),
    ("dataops", "stale_table", "table", 1205, 6, 0, "its daily write stopped though the job succeeds", "notify.owner", {}),
    ("dataops", "row_drop", "table", 1206, 2, 1, "half of the usual rows arrived", "notify.owner", {}),
    ("dataops", "unhealthy_freshness", "table", 1207, 3, 0, "the platform's own freshness check fails", "notify.owner", {}),
    ("dataops", "never_read", "table", NEVER_READ, 120, 0, "written every day, read by nobody", "notify.owner", {}),
    ("dataops", "schema_change", "table", 610, 4, 4, "a column was dropped under its readers", "notify.owner", {}),
    ("pipelineops", "permission_lost", "job", 1, 4, 0, "every run fails since a grant was revoked", "grant.add",
     {"privileges": ["SELECT"]}),
    ("pipelineops", "slower", "job", 2, 8, 0, "takes 1.8 times as long as before", "notify.owner", {}),
    ("pipelineops", "not_started", "job", 4, 3, 0, "its schedule is active but nothing runs", "job.run_now", {}),
    ("pipelineops", "flaky", "job", 5, 45, 0, "fails every other night and is repaired", "job.set_retries",
     {"max_retries": 2}),
    ("pipelineops", "late_start", "job", 6, 6, 0, "waits two hours in the queue and is done late", "notify.owner", {}),
    ("pipelineops", "never_succeeded", "job", 7, 20, 0, "has failed since it was created", "job.pause_schedule", {"paused": True}),
    ("pipelineops", "broken_off", "job", 15, 1, 0, "the cloud gave no machines; its newest run failed and nobody repaired it",
     "job.repair_run", {"rerun_all_failed_tasks": True}),
    ("pipelineops", "wrote_nothing", "job", 13, 2, 0, "every run succeeds and writes none of its tables", "notify.owner", {}),
    ("pipelineops", "stuck", "job", 9, 0, 0, "the running run takes five times the usual time", "job.cancel_run", {}),
    ("pipelineops", "pipeline_failing", "pipeline", 1, 3, 0, "every update fails", "pipeline.validate", {}),
    ("governanceops", "unused_grant", "table", 20, 200, 0, "MODIFY for somebody who did nothing for 150 days",
     "grant.revoke", {"privileges": ["MODIFY"]}),
    ("governanceops", "forgotten_grant", "table", 28, 200, 0, "SELECT for somebody busy elsewhere, not used for 150 days",
     "grant.revoke", {"privileges": ["SELECT"]}),
    ("governanceops", "broad_grant", "table", 21, 2, 0, "ALL PRIVILEGES for all account users", "grant.revoke",
     {"principal": "account users", "privileges": ["ALL_PRIVILEGES"]}),
    ("governanceops", "self_grant", "table", 22, 5, 5, "somebody granted MANAGE to himself", "grant.revoke",
     {"privileges": ["MANAGE"]}),
    ("governanceops", "denied_burst", "person", 11, 1, 1, "hundreds of denied requests in two hours", "notify.owner", {}),
    ("governanceops", "failed_logins", "person", 12, 3, 3, "ninety failed sign-ins from one address", "notify.owner", {}),
    ("governanceops", "download_burst", "person", 13, 2, 2, "sixty result downloads in an hour, at night", "notify.owner",
     {}),
    ("governanceops", "unmasked_sensitive", "table", 1210, 12, 0, "e-mail addresses found, no mask, read by a whole team",
     "notify.owner", {}),
    ("mlops", "errors", "endpoint", 0, 3, 0, "one request in four fails since the new version", "model.set_alias",
     {"alias": "champion", "version": 2}),
    ("mlops", "idle_endpoint", "endpoint", 1, 40, 0, "billed every hour, asked by nobody", "serving.set_scale",
     {"scale_to_zero": True}),
    ("mlops", "untracked", "endpoint", 3, 395, 0, "spends without any usage record", "notify.owner", {}),
    ("mlops", "drift", "endpoint", 4, 9, 0, "population stability of the input rose above 0.25", "notify.owner", {}),
    ("mlops", "skew", "endpoint", 3, 12, 0, "one input is served in months, and was trained on in days", "notify.owner", {}),
    ("mlops", "failing_runs", "person", 7, 6, 0, "training runs fail since a library changed", "notify.owner", {}),
    ("agentops", "runaway", "agent", 0, 2, 1, "one requester uses thirty times the usual tokens", "gateway.set_rate_limit",
     {"key": "user", "calls": 60}),
    ("agentops", "throttled", "agent", 1, 5, 0, "the gateway answers 429 to one call in three", "gateway.set_rate_limit",
     {"key": "endpoint", "calls": 600}),
    ("agentops", "tool_loop", "agent", 2, 4, 4, "the same tool is called hundreds of times", "notify.owner", {}),
    ("agentops", "fallback", "agent", 3, 7, 0, "most calls fall back to the second model", "notify.owner", {}),
    ("agentops", "index_lag", "index", 1, 2, 0, "its table is written and nobody synchronises it any more, though it says ready",
     "index.sync", {}),
    ("agentops", "slow_answers", "agent", 4, 6, 0, "answers take four times as long", "notify.owner", {}),
    ("agentops", "judged_worse", "agent", 4, 6, 0, "fewer of its answers pass since its newest version", "ticket.open", {}),
    ("finops", "cost_spike", "job", 8, 9, 9, "one night cost four times the usual", "notify.owner", {}),
    ("finops", "cost_rise", "warehouse", 1, 7, 0, "costs more than twice as much since a size change",
     "warehouse.resize", {"cluster_size": "Medium"}),
    ("finops", "unpriced", "sku", 0, 12, 0, "a new SKU without a list price", "notify.owner", {}),
    ("finops", "all_purpose_job", "job", 10, 395, 0, "a nightly job on an all-purpose cluster", "notify.owner", {}),
    ("finops", "untagged_rise", "pipeline", 0, 30, 0, "its tags were lost in a redeployment", "notify.owner", {}),
    ("userops", "slow_dashboard", "warehouse", 0, 20, 0, "one dashboard statement takes minutes, many times a day",
     "training.suggest", {}),
    ("userops", "repeated_failures", "person", 15, 9, 0, "the same error over and over", "training.suggest", {}),
    ("userops", "spill", "person", 16, 15, 0, "statements spill most of what they read", "training.suggest", {}),
    ("userops", "full_scans", "person", 17, 21, 0, "reads whole tables for a handful of rows", "training.suggest", {}),
    ("userops", "left_out", "team", 3, 200, 0, "its people were never shown Genie, which the others use", "training.suggest", {}),
    ("userops", "inactive", "person", 59, 150, 0, "has not done anything for months", "notify.owner", {}),
)  # fmt: skip


REPAIRED_IN = pd.Timedelta(hours=5)  # an earlier scheduled run would do the work
LANDED_IN = pd.Timedelta(hours=2)  # since the newest run began


def _to_repair(world: Organisation, first: int) -> int:
    """The position of a daily job whose newest run is over and whose next one is hours away, whatever time it is now: the
    job at ``first``, or one after it."""
    for job in world.jobs[world.jobs.position >= first].itertuples():
        there = world.now.tz_convert(job.zone)
        past = pd.Timedelta(hours=there.hour, minutes=there.minute) - pd.Timedelta(hours=job.hour, minutes=job.minute)
        since = past % pd.Timedelta(days=1)  # its newest run began so long ago
        healthy = job.workspace_id == PROD and job.cadence == "daily" and not isinstance(job.ghost_id, str)
        if healthy and job.paused_at is pd.NaT and LANDED_IN <= since <= pd.Timedelta(days=1) - REPAIRED_IN:
            return int(job.position)
    return first


@lru_cache(maxsize=1)
def where(world: Organisation) -> dict[str, Fault]:
    """The faults of ``world`` by kind, with the names of what they touch."""
    made = {}
    for dimension, kind, entity, position, since, until, what, action, parameters in _PLAN:
        if kind == "broken_off":
            position = _to_repair(world, position)
        identifier, name, workspace = entity_of(world, entity, position)
        today = world.now.normalize()
        t0 = today - pd.Timedelta(days=since)
        t1 = min(world.now, today - pd.Timedelta(days=until) + pd.Timedelta(hours=24))
        made[kind] = Fault(dimension, kind, entity, identifier, name, workspace, t0, t1, what, action, parameters)
    return made


def planted(world: Organisation) -> list[Fault]:
    """The faults of ``world``."""
    return list(where(world).values())


def entity_of(world: Organisation, entity: str, position: int) -> tuple[str, str, str]:
    """(id, name, workspace) of the ``position``-th object of a kind."""
    if entity == "person":
        return world.people.user_id[position], world.people.email[position], ""
    if entity == "team":
        return f"team-{TEAMS[position]}", f"team-{TEAMS[position]}", ""
    if entity == "dashboard":
        return BOARD, BOARD, PROD
    if entity == "sku":
        return NEW_SKU, NEW_SKU, ""
    if entity == "table":
        return world.tables.full_name[position], world.tables.full_name[position], ""
    frames = {"job": world.jobs, "warehouse": world.warehouses, "cluster": world.clusters,
              "pipeline": world.pipelines, "endpoint": world.endpoints, "agent": world.agents,
              "index": world.indexes}  # fmt: skip
    row = frames[entity].iloc[position]
    name = row["name"] if "name" in frames[entity].columns else row[f"{entity}_name"]
    return str(row[f"{entity}_id"]), str(name), str(row["workspace_id"])


def frame(faults: list[Fault]) -> Frame:
    """The list as a frame; ``parameters`` as JSON text."""
    return pd.DataFrame([asdict(f) | {"parameters": json.dumps(f.parameters)} for f in faults])


def as_json(faults: list[Fault]) -> str:
    """The list as JSON, times in ISO format."""
    return json.dumps([asdict(f) for f in faults], default=lambda v: v.isoformat(), indent=1)
