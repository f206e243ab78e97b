"""New versions of settings after an effect: of warehouses, clusters, jobs, pipelines, served entities; and what the
warehouses' event log says of starts and stops."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

from demo.names import ACCOUNT
from demo.organisation import Organisation
from demo.workspace.state import Effect, Json

Rows = tuple[str, list[Json]]
EVENTS = {"warehouses.start": (("STARTING", 0), ("RUNNING", 1)), "warehouses.stop": (("STOPPING", 1), ("STOPPED", 0))}
STAYS = (
    "start",
    "delete",
    "stop",
    "run_now",
    "repair_run",
    "cancel_run",
    "start_update",
    "validate",
)  # settings stay as they are


def version_rows(effect: Effect, world: Organisation) -> Iterator[Rows]:
    """The tables that get rows from ``effect``, and the rows."""
    if effect.action in EVENTS:
        yield (
            "system.compute.warehouse_events",
            [
                {
                    "account_id": ACCOUNT,
                    "workspace_id": effect.workspace_id,
                    "warehouse_id": effect.id,
                    "event_type": kind,
                    "cluster_count": count,
                    "event_time": (effect.at + dt.timedelta(seconds=place)).isoformat(),
                }
                for place, (kind, count) in enumerate(EVENTS[effect.action])
            ],
        )
    group, _, verb = effect.action.partition(".")
    after = effect.detail.get("object") or effect.detail.get("before")
    if verb in STAYS or not isinstance(after, dict):
        return
    ends = effect.at.isoformat() if effect.detail.get("object") is None else None
    shared = {"account_id": ACCOUNT, "workspace_id": effect.workspace_id, "change_time": effect.at.isoformat()}
    if group == "warehouses":
        yield "system.compute.warehouses", [shared | _warehouse(after) | {"delete_time": ends}]
    elif group == "clusters":
        own = {"change_date": effect.at.date().isoformat(), "delete_time": ends}
        yield "system.compute.clusters", [shared | _cluster(after, world) | own]
    elif group == "jobs":
        yield "system.lakeflow.jobs", [shared | _job(after, effect, world) | {"delete_time": ends}]
    elif group == "pipelines":
        yield "system.lakeflow.pipelines", [shared | _pipeline(after, effect, world) | {"delete_time": ends}]
    elif effect.action == "serving_endpoints.update_config":
        yield "system.serving.served_entities", [shared | one for one in _served(after, world)]


def _warehouse(w: Json) -> Json:
    serverless = w.get("enable_serverless_compute")
    return {
        "warehouse_id": w["id"],
        "warehouse_name": w["name"],
        "warehouse_size": w["cluster_size"].upper().replace("-", "_"),
        "warehouse_type": "SERVERLESS" if serverless else w["warehouse_type"],
        "created_by": w.get("creator_name"),
        "warehouse_channel": w["channel"]["name"].removeprefix("CHANNEL_NAME_"),
        "min_clusters": w["min_num_clusters"],
        "max_clusters": w["max_num_clusters"],
        "auto_stop_minutes": w["auto_stop_mins"],
        "tags": {tag["key"]: tag.get("value", "") for tag in (w.get("tags") or {}).get("custom_tags") or ()},
    }


def _cluster(c: Json, world: Organisation) -> Json:
    known = world.clusters[world.clusters.cluster_id == c["cluster_id"]]
    scale, minutes = c.get("autoscale") or {}, c.get("autotermination_minutes")
    return {
        "cluster_id": c["cluster_id"],
        "cluster_name": c.get("cluster_name"),
        "owned_by": c.get("creator_user_name"),
        "create_time": known.create_time.iloc[0].isoformat() if len(known) else None,
        "driver_node_type": c.get("driver_node_type_id") or c.get("node_type_id"),
        "policy_id": c.get("policy_id"),
        "worker_node_type": c.get("node_type_id"),
        "worker_count": None if scale else c.get("num_workers"),
        "min_autoscale_workers": scale.get("min_workers"),
        "max_autoscale_workers": scale.get("max_workers"),
        "auto_termination_minutes": minutes or None,
        "enable_elastic_disk": c.get("enable_elastic_disk"),
        "tags": c.get("custom_tags") or {},
        "cluster_source": c.get("cluster_source"),
        "init_scripts": [],
        "dbr_version": c.get("spark_version"),
        "data_security_mode": c.get("data_security_mode"),
        "aws_attributes": _only(c.get("aws_attributes"), "first_on_demand", "availability", "zone_id"),
        "worker_instance_pool_id": c.get("instance_pool_id"),
    }


def _only(found: Any, *names: str) -> Json | None:
    return {name: found.get(name) for name in names} if isinstance(found, dict) else None


def _of(frame: Any, effect: Effect, column: str) -> Any:
    """The organisation's own row of the object; None for one that was made since."""
    found = frame[(frame[column] == effect.id) & (frame.workspace_id == effect.workspace_id)]
    return next(found.itertuples(), None)


def _job(job: Json, effect: Effect, world: Organisation) -> Json:
    own, settings = _of(world.jobs, effect, "job_id"), job.get("settings") or job
    how = next((n for n in ("schedule", "trigger", "continuous") if settings.get(n)), None)
    cron = settings.get("schedule") or {}
    schedule = {"quartz_cron_expression": cron.get("quartz_cron_expression"), "timezone_id": cron.get("timezone_id")}
    status = (settings.get(how) or {}).get("pause_status") if how else None
    rules = (settings.get("health") or {}).get("rules") or []
    tags = dict(settings.get("tags") or {})
    return {
        "job_id": effect.id,
        "name": settings.get("name"),
        "tags": tags,
        "paused": status == "PAUSED",
        "description": settings.get("description") or (f"scheduled work of {own.team}" if own else None),
        "creator_id": own.creator_id if own else None,
        "run_as": own.run_as if own else None,
        "run_as_user_name": job.get("run_as_user_name") or (own.run_as_user_name if own else None),
        "creator_user_name": job.get("creator_user_name"),
        "trigger_type": how.upper() if how else None,
        "trigger": {"schedule": schedule}
        if how == "schedule"
        else {"continuous": {"enabled": True}}
        if how == "continuous"
        else None,
        "timeout_seconds": settings.get("timeout_seconds") or 0,
        "health_rules": [{"metric": r["metric"], "operator": r["op"], "value": r["value"]} for r in rules],
        "create_time": own.create_time.isoformat() if own else None,
        "deployment": {"kind": "BUNDLE", "metadata_file_path": f"/Workspace/bundles/{own.team}/state/metadata.json"}
        if own and own.bundle
        else None,
    }


def _pipeline(pipeline: Json, effect: Effect, world: Organisation) -> Json:
    own, spec = _of(world.pipelines, effect, "pipeline_id"), pipeline.get("spec") or pipeline
    flags = {
        name: spec.get(name) for name in ("photon", "development", "continuous", "serverless", "edition", "channel")
    }
    return {
        "pipeline_id": effect.id,
        "name": pipeline.get("name") or spec.get("name"),
        "settings": flags,
        "pipeline_type": own.pipeline_type if own else None,
        "created_by": pipeline.get("creator_user_name"),
        "run_as": pipeline.get("run_as_user_name") or pipeline.get("creator_user_name"),
        "tags": spec.get("tags") or {},
        "configuration": spec.get("configuration") or {},
        "create_time": own.create_time.isoformat() if own else None,
    }


def _served(endpoint: Json, world: Organisation) -> list[Json]:
    """One row for each entity of the configuration that begins to serve."""
    known = world.endpoints[world.endpoints.endpoint_id == endpoint["id"]]
    config = endpoint.get("pending_config") or endpoint["config"]
    rows = []
    for one in config["served_entities"]:
        if len(known):  # the organisation's own versions keep their ids: 2, and 3 of the one that fails
            first = str(known.served_entity_id.iloc[0])
            identifier = {"2": first, "3": first[::-1]}.get(str(one.get("entity_version", "2")))
        else:
            identifier = None
        identifier = identifier or hashlib.sha256(f"{endpoint['id']}/{one['name']}".encode()).hexdigest()[:32]
        outside, small = one.get("external_model"), one.get("min_provisioned_concurrency")
        rows.append(
            {
                "served_entity_id": identifier,
                "created_by": endpoint.get("creator"),
                "endpoint_name": endpoint["name"],
                "endpoint_id": endpoint["id"],
                "served_entity_name": one["name"],
                "entity_type": known.entity_type.iloc[0] if len(known) else "EXTERNAL_MODEL",
                "entity_name": one.get("entity_name") or (outside or {}).get("name"),
                "entity_version": one.get("entity_version"),
                "endpoint_config_version": config.get("config_version"),
                "task": "llm/v1/chat" if outside else None,
                "external_model_config": {"provider": outside.get("provider")} if outside else None,
                "custom_model_config": None
                if small is None
                else {
                    "min_concurrency": small,
                    "max_concurrency": one.get("max_provisioned_concurrency"),
                    "compute_type": "CPU",
                },
            }
        )
    return rows
