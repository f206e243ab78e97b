"""Reading the configuration of a serving endpoint, and sending it back with a part changed.

The API replaces the whole configuration and takes it over by and by: until then the old one serves and the new one is
``pending``. While that lasts it refuses another change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from actions.kinds.shared.identifiers import checked_name, read_as
from actions.kinds.shared.kind import Gone
from actions.kinds.shared.raw import call, without
from approvals.reading.target_things import ENDPOINT
from approvals.values.proposal import Check, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.serving import ServingEndpointDetailed

PATH = "/api/2.0/serving-endpoints"
OF_AN_ENTITY = ("state", "creator", "creation_timestamp", "foundation_model")  # reported, not taken
OF_A_CONFIG = ("config_version", "start_time", "served_models")
CONCURRENCY = ("min_provisioned_concurrency", "max_provisioned_concurrency")
IDLE = "NOT_UPDATING"
PLAN = VerifyPlan(settle_s=2, interval_s=10, window_s=1800)  # a model may take half an hour to load


def found(client: WorkspaceClient, target: Target) -> Json:
    """The endpoint. Raises :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        endpoint = call(client, "GET", f"{PATH}/{checked_name(target)}")
    except NotFound as error:
        raise Gone(target.id) from error
    read_as(target, endpoint.get("name"))
    return endpoint


def typed(endpoint: Json) -> ServingEndpointDetailed:
    """The endpoint in the SDK's class, to read from."""
    from databricks.sdk.service.serving import ServingEndpointDetailed

    return ServingEndpointDetailed.from_dict(endpoint)


def context(endpoint: ServingEndpointDetailed) -> Json:
    """What stands beside what is set: its id, whether an update is under way, whether it serves."""
    state = endpoint.state
    return {
        ENDPOINT: endpoint.id or "",
        "_update": state.config_update.value if state and state.config_update else IDLE,
        "_ready": bool(state and state.ready and state.ready.value == "READY"),
        "_foundation": any(one.foundation_model for one in _entities(endpoint.config)),
    }


def shares(config: Any) -> dict[str, int]:
    """Share of the requests (percent) that each served entity of a configuration gets, by name."""
    names = [one.name for one in _entities(config) if one.name]
    routes = (config.traffic_config.routes if config and config.traffic_config else None) or ()
    given = {one.served_entity_name or one.served_model_name or "": one.traffic_percentage for one in routes}
    if not given and len(names) == 1:
        given = {names[0]: 100}
    return {name: given.get(name, 0) for name in sorted({*names, *given})}


def entity(config: Any, name: str) -> Any:
    """The served entity called ``name``, or None."""
    return next((one for one in _entities(config) if one.name == name), None)


def _entities(config: Any) -> list[Any]:
    return list(config.served_entities or ()) if config else []


def send(
    act: WorkspaceClient,
    target: Target,
    done: Callable[[Any], bool],
    unmoved: Callable[[Any], None],
    change: Callable[[list[Json], list[Json]], None],
) -> Json:
    """Send the configuration back after ``change`` has worked on its entities and routes; no call where ``done`` says of
    the present or the pending one that it is as wanted. ``unmoved`` is asked of what was read (typed endpoint). Returns
    at once; ``config_version`` is the number of the new one."""
    endpoint = found(act, target)
    now = typed(endpoint)
    if (latest := now.pending_config or now.config) is not None and done(latest):
        return {}
    unmoved(now)
    config: Json = endpoint.get("config") or {}
    entities = [without(one, *OF_AN_ENTITY) for one in config.get("served_entities") or []]
    for one in entities:
        if one.get("workload_size") is not None:  # the API reports both forms and takes one
            for name in CONCURRENCY:
                one.pop(name, None)
    routes = _routes(config, shares(now.config))
    change(entities, routes)
    whole = without(config, *OF_A_CONFIG) | {
        "served_entities": entities,
        "traffic_config": (config.get("traffic_config") or {}) | {"routes": routes},
    }
    if capture := config.get("auto_capture_config"):
        whole["auto_capture_config"] = without(capture, "state")
    made = call(act, "PUT", f"{PATH}/{checked_name(target)}/config", body=whole)
    new = made.get("pending_config") or made.get("config") or {}
    return {"config_version": new["config_version"]} if new.get("config_version") is not None else {}


def _routes(config: Json, now: dict[str, int]) -> list[Json]:
    """A route for every served entity, with whatever else is said of it."""
    known = {
        one.get("served_entity_name") or one.get("served_model_name"): one
        for one in (config.get("traffic_config") or {}).get("routes") or []
    }
    return [
        without(known.get(name, {}), "served_model_name") | {"served_entity_name": name, "traffic_percentage": share}
        for name, share in now.items()
    ]


def preconditions(image: Json) -> tuple[Check, ...]:
    """What both kinds of change need."""
    return (
        Check(
            id="idle", expected="no update under way", observed=image["_update"], ok=image["_update"] != "IN_PROGRESS"
        ),
        Check(
            id="own",
            expected="an endpoint whose configuration is ours to change",
            observed="Databricks runs it" if image["_foundation"] else "it is",
            ok=not image["_foundation"],
        ),
    )


def verified(image: Json, left: bool) -> tuple[Check, ...]:
    """The checks after the act, from a fresh image and whether anything of the plan is ``left``."""
    update = image["_update"]
    if update == "IN_PROGRESS":
        return (Check(id="update", expected="the update is done", observed="under way", ok=None),)
    return (
        Check(id="update", expected="the update is done", observed=update, ok=update == IDLE),
        Check(
            id="state",
            expected="the planned configuration",
            observed="another one" if left else "as planned",
            ok=not left,
        ),
        Check(
            id="ready",
            expected="the endpoint serves",
            observed="ready" if image["_ready"] else "not ready",
            ok=image["_ready"],
        ),
    )
