"""Serving endpoints of the emulated workspace, and the services behind the AI Gateway as endpoints of external models.

A new configuration is pending for two seconds before it serves; that is worked out from the clock when somebody looks.
"""

from __future__ import annotations

import datetime as dt

from demo.faults import struck
from demo.gateway import services
from demo.names import PROD
from demo.organisation import Organisation
from demo.releases import model_of
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State

UPDATE = dt.timedelta(seconds=2)
ENDPOINTS = r"/api/2\.0/serving-endpoints"


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``serving``: name to endpoint as the API shows it, with its ``workspace_id``. Of the failing endpoint
    the version before is still served, without any requests; the agent that is throttled has a tight limit."""
    made: dict[str, Json] = {}
    for one in world.endpoints.itertuples():
        newest = 3 if struck(world, "errors", one.endpoint_id) else 2
        entities = [_entity(one, number) for number in ((newest, 2) if newest == 3 else (2,))]
        tags, limit = [{"key": k, "value": v} for k, v in one.tags.items()], {"key": "user", "calls": 600}
        made[one.endpoint_name] = _endpoint(
            one.endpoint_name, one.endpoint_id, one.workspace_id, one.created_by, one.create_time, entities, limit, tags
        )
    for one in services(world).itertuples():
        calls = 20 if struck(world, "throttled", one.agent_id) else 1000
        entity = {
            "name": "route-0",
            "external_model": {"name": "claude-sonnet", "provider": "anthropic", "task": "llm/v1/chat"},
        }
        made[one.agent_name] = _endpoint(
            one.agent_name,
            one.agent_id,
            one.workspace_id,
            one.created_by,
            now,
            [entity],
            {"key": "endpoint", "calls": calls},
            [{"key": "team", "value": one.team}],
        )
    return {"serving": made}


def _endpoint(
    name: str,
    identifier: str,
    workspace: str,
    creator: str,
    born: dt.datetime,
    entities: list[Json],
    limit: Json,
    tags: list[Json],
) -> Json:
    routes = [
        {"served_model_name": one["name"], "served_entity_name": one["name"], "traffic_percentage": 100 if first else 0}
        for first, one in zip((True, False), entities, strict=False)
    ]
    return {
        "name": name,
        "id": identifier,
        "creator": creator,
        "creation_timestamp": int(born.timestamp() * 1000),
        "tags": tags,
        "workspace_id": workspace,
        "state": {"ready": "READY", "config_update": "NOT_UPDATING"},
        "config": {"config_version": len(entities), "served_entities": entities, "traffic_config": {"routes": routes}},
        "ai_gateway": {
            "usage_tracking_config": {"enabled": True},
            "rate_limits": [{"renewal_period": "minute", **limit}],
        },
    }


def _entity(endpoint: object, version: int) -> Json:
    """A served entity as ``served_entities`` of the system tables has it."""
    name, kind = str(endpoint.endpoint_name), str(endpoint.entity_type)  # type: ignore[attr-defined]
    made: Json = {"name": f"{name}-{version}", "state": {"deployment": "DEPLOYMENT_READY"}}
    if kind == "EXTERNAL_MODEL":
        return made | {"external_model": {"name": "gpt-large", "provider": "openai", "task": "llm/v1/chat"}}
    if kind == "FOUNDATION_MODEL":
        return made | {"foundation_model": {"name": "system.ai.llama_maverick", "display_name": "Llama Maverick"}}
    sized: Json = {"min_provisioned_concurrency": 4, "max_provisioned_concurrency": 16, "workload_type": "CPU"}
    if kind == "FEATURE_SPEC":
        sized = {"workload_size": "Small"}
    return (
        made | sized | {"entity_name": model_of(name), "entity_version": str(version), "scale_to_zero_enabled": False}
    )


def shown(state: State, name: str) -> Json:
    """The endpoint as it is by now: a pending configuration serves once its time has come."""
    found = state.get("serving", name, "Endpoint with name")
    pending = found.get("pending_config")
    if pending is None:
        return found
    if state.clock().timestamp() < pending["start_time"] / 1000 + UPDATE.total_seconds():
        return found | {"state": {"ready": "READY", "config_update": "IN_PROGRESS"}}
    rest = {key: value for key, value in found.items() if key != "pending_config"}
    return rest | {"config": {key: value for key, value in pending.items() if key != "start_time"}}


def endpoint(state: State, request: Request, name: str) -> Json:
    """One endpoint."""
    return shown(state, name)


def endpoints(state: State, request: Request) -> Json:
    """All endpoints."""
    return {"endpoints": [shown(state, name) for name in sorted(state.objects["serving"])]}


def update_config(state: State, request: Request, name: str) -> Json:
    """Begin to serve another configuration; refused while one is pending. The same one again changes nothing."""
    now = shown(state, name)
    if "pending_config" in now:
        raise ApiRefused(409, "RESOURCE_CONFLICT", f"Endpoint {name} is being updated; wait until it is done.")
    entities, traffic = request.body.get("served_entities", []), request.body.get("traffic_config", {})
    _check(now, entities, traffic)
    wanted = request.body | {"served_entities": entities, "traffic_config": traffic}
    if _bare(wanted) == _bare(now["config"]):
        return now
    begun = int(state.clock().timestamp() * 1000)
    new = {"config_version": now["config"]["config_version"] + 1, "start_time": begun, **wanted}
    after = now | {"pending_config": new}
    state.put("serving", name, after)
    state.effect(
        "serving_endpoints.update_config",
        "endpoint",
        name,
        request.by,
        now.get("workspace_id", PROD),
        object=after,
        before=now,
    )
    return shown(state, name)


def _check(now: Json, entities: list[Json], traffic: Json) -> None:
    """Refuse what the API refuses."""
    names = [one.get("name") for one in entities]
    shares = {one.get("served_entity_name"): one.get("traffic_percentage") for one in traffic.get("routes", [])}
    wrong = ""
    if any("foundation_model" in one for one in now["config"]["served_entities"]):
        wrong = "This endpoint is provided by Databricks and cannot be updated."
    elif not names or len(set(names)) != len(names):
        wrong = "served_entities must have different names."
    elif not shares.keys() <= set(names) or sum(shares.values()) != 100:
        wrong = "traffic_config must name served entities and sum to 100."
    elif any("workload_size" in one and "max_provisioned_concurrency" in one for one in entities):
        wrong = "Use workload_size or provisioned concurrency, not both."
    if wrong:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", wrong)


def _bare(config: Json) -> Json:
    """What makes two configurations the same."""
    entities = [{key: value for key, value in one.items() if key != "state"} for one in config["served_entities"]]
    routes = config["traffic_config"].get("routes", [])
    return {
        "entities": sorted(entities, key=lambda one: str(one["name"])),
        "shares": {one["served_entity_name"]: one["traffic_percentage"] for one in routes},
    }


def put_ai_gateway(state: State, request: Request, name: str) -> Json:
    """Replace all gateway settings by those of the body."""
    before = shown(state, name)
    wanted = dict(request.body)
    if before.get("ai_gateway", {}) != wanted:
        after = before | {"ai_gateway": wanted}
        state.put("serving", name, after)
        state.effect(
            "serving_endpoints.put_ai_gateway",
            "endpoint",
            name,
            request.by,
            before.get("workspace_id", PROD),
            object=after,
            before=before,
        )
    return wanted


ROUTES: tuple[Route, ...] = (
    ("GET", ENDPOINTS, endpoints),
    ("GET", rf"{ENDPOINTS}/([^/]+)", endpoint),
    ("PUT", rf"{ENDPOINTS}/([^/]+)/config", update_config),
    ("PUT", rf"{ENDPOINTS}/([^/]+)/ai-gateway", put_ai_gateway),
)
