"""The kinds of faults that can be planted: what each one looks like, and what a good operator would do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dimensions import Key


@dataclass(frozen=True)
class FaultKind:
    """A way in which something of ``entity_type`` can be wrong; ``action`` with ``parameters`` would mend it."""

    dimension: Key
    entity_type: str
    what: str
    action: str = "notify.owner"
    parameters: Mapping[str, Any] = field(default_factory=dict)


KINDS: Mapping[str, FaultKind] = MappingProxyType(
    {
        "idle_warehouse": FaultKind(
            "infraops",
            "warehouse",
            "auto-stop of 120 minutes keeps it running without statements",
            "warehouse.set_autostop",
            {"auto_stop_minutes": 5},
        ),
        "no_auto_termination": FaultKind(
            "infraops",
            "cluster",
            "never terminates; runs through nights and weekends",
            "cluster.set_autotermination",
            {"auto_termination_minutes": 30},
        ),
        "memory_bound": FaultKind("infraops", "cluster", "memory above 92 % and swapping: must not be downsized"),
        "end_of_support": FaultKind("infraops", "cluster", "runs Databricks Runtime 10.4, out of support"),
        "oversized": FaultKind(
            "infraops",
            "cluster",
            "eight workers, processors below 8 %, memory below 25 %",
            "cluster.resize",
            {"num_workers": 3},
        ),
        "failed_starts": FaultKind(
            "infraops", "job", "two of three starts fail for want of machines, and are repaired"
        ),
        "policy_drift": FaultKind("infraops", "cluster", "its access mode lost its isolation when somebody edited it"),
        "queue_pressure": FaultKind(
            "infraops",
            "warehouse",
            "statements queue at capacity every weekday morning",
            "warehouse.set_max_clusters",
            {"max_num_clusters": 4},
        ),
        "stale_table": FaultKind("dataops", "table", "its daily write stopped though the job succeeds"),
        "row_drop": FaultKind("dataops", "table", "half of the usual rows arrived"),
        "unhealthy_freshness": FaultKind("dataops", "table", "the platform's own freshness check fails"),
        "never_read": FaultKind("dataops", "table", "written every day, read by nobody"),
        "unwatched": FaultKind(
            "dataops",
            "schema",
            "as many read its tables as read others, and no monitor looks at them",
            "monitor.enable",
        ),
        "schema_change": FaultKind("dataops", "table", "a column was dropped under its readers"),
        "permission_lost": FaultKind(
            "pipelineops", "job", "every run fails since a grant was revoked", "grant.add", {"privileges": ["SELECT"]}
        ),
        "slower": FaultKind("pipelineops", "job", "takes 1.8 times as long as before"),
        "not_started": FaultKind("pipelineops", "job", "its schedule is active but nothing runs", "job.run_now"),
        "flaky": FaultKind(
            "pipelineops", "job", "fails every other night and is repaired", "job.set_retries", {"max_retries": 2}
        ),
        "late_start": FaultKind("pipelineops", "job", "waits two hours in the queue and is done late"),
        "never_succeeded": FaultKind(
            "pipelineops", "job", "has failed since it was created", "job.pause_schedule", {"paused": True}
        ),
        "broken_off": FaultKind(
            "pipelineops",
            "job",
            "the cloud gave no machines; its newest run failed and nobody repaired it",
            "job.repair_run",
            {"rerun_all_failed_tasks": True},
        ),
        "wrote_nothing": FaultKind("pipelineops", "job", "every run succeeds and writes none of its tables"),
        "stuck": FaultKind("pipelineops", "job", "the running run takes five times the usual time", "job.cancel_run"),
        "pipeline_failing": FaultKind("pipelineops", "pipeline", "every update fails", "pipeline.validate"),
        "unused_grant": FaultKind(
            "governanceops",
            "table",
            "MODIFY for somebody who did nothing for 150 days",
            "grant.revoke",
            {"privileges": ["MODIFY"]},
        ),
        "forgotten_grant": FaultKind(
            "governanceops",
            "table",
            "SELECT for somebody busy elsewhere, not used for 150 days",
            "grant.revoke",
            {"privileges": ["SELECT"]},
        ),
        "broad_grant": FaultKind(
            "governanceops",
            "table",
            "ALL PRIVILEGES for all account users",
            "grant.revoke",
            {"principal": "account users", "privileges": ["ALL_PRIVILEGES"]},
        ),
        "self_grant": FaultKind(
            "governanceops", "table", "somebody granted MANAGE to himself", "grant.revoke", {"privileges": ["MANAGE"]}
        ),
        "denied_burst": FaultKind("governanceops", "person", "hundreds of denied requests in two hours"),
        "failed_logins": FaultKind("governanceops", "person", "ninety failed sign-ins from one address"),
        "download_burst": FaultKind("governanceops", "person", "sixty result downloads in an hour, at night"),
        "unmasked_sensitive": FaultKind(
            "governanceops", "table", "e-mail addresses found, no mask, read by a whole team"
        ),
        "errors": FaultKind(
            "mlops",
            "endpoint",
            "one request in four fails since the new version",
            "model.set_alias",
            {"alias": "champion", "version": 2},
        ),
        "idle_endpoint": FaultKind(
            "mlops", "endpoint", "billed every hour, asked by nobody", "serving.set_scale", {"scale_to_zero": True}
        ),
        "untracked": FaultKind("mlops", "endpoint", "spends without any usage record"),
        "drift": FaultKind("mlops", "endpoint", "population stability of the input rose above 0.25"),
        "skew": FaultKind("mlops", "endpoint", "one input is served in months, and was trained on in days"),
        "failing_runs": FaultKind("mlops", "person", "training runs fail since a library changed"),
        "runaway": FaultKind(
            "agentops",
            "agent",
            "one requester uses thirty times the usual tokens",
            "gateway.set_rate_limit",
            {"key": "user", "calls": 60},
        ),
        "throttled": FaultKind(
            "agentops",
            "agent",
            "the gateway answers 429 to one call in three",
            "gateway.set_rate_limit",
            {"key": "endpoint", "calls": 600},
        ),
        "tool_loop": FaultKind("agentops", "agent", "the same tool is called hundreds of times"),
        "fallback": FaultKind("agentops", "agent", "most calls fall back to the second model"),
        "index_lag": FaultKind(
            "agentops",
            "index",
            "its table is written and nobody synchronises it any more, though it says ready",
            "index.sync",
        ),
        "slow_answers": FaultKind("agentops", "agent", "answers take four times as long"),
        "judged_worse": FaultKind(
            "agentops", "agent", "fewer of its answers pass since its newest version", "ticket.open"
        ),
        "cost_spike": FaultKind("finops", "job", "one night cost four times the usual"),
        "cost_rise": FaultKind(
            "finops",
            "warehouse",
            "costs more than twice as much since a size change",
            "warehouse.resize",
            {"cluster_size": "Medium"},
        ),
        "unpriced": FaultKind("finops", "sku", "a new SKU without a list price"),
        "all_purpose_job": FaultKind("finops", "job", "a nightly job on an all-purpose cluster"),
        "untagged_rise": FaultKind("finops", "pipeline", "its tags were lost in a redeployment"),
        "slow_dashboard": FaultKind(
            "userops", "warehouse", "one dashboard statement takes minutes, many times a day", "training.suggest"
        ),
        "repeated_failures": FaultKind("userops", "person", "the same error over and over", "training.suggest"),
        "spill": FaultKind("userops", "person", "statements spill most of what they read", "training.suggest"),
        "full_scans": FaultKind("userops", "person", "reads whole tables for a handful of rows", "training.suggest"),
        "left_out": FaultKind(
            "userops", "team", "its people were never shown Genie, which the others use", "training.suggest"
        ),
        "inactive": FaultKind("userops", "person", "has not done anything for months"),
    }
)
