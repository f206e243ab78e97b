"""Reading the configuration of a serving endpoint, and sending it back with a part changed.

The API replaces the whole configuration and takes it over by and by: until then the old one serves and the new one is
``pending``. While that lasts it refuses another change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from actions.identifiers import checked_name
from actions.kind import Gone
from approvals.proposal import Check, Json, Target, VerifyPlan

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.serving import Route, ServedEntityInput, ServingEndpointDetailed

IDLE = "NOT_UPDATING"
PLAN = VerifyPlan(settle_s=2, interval_s=10, window_s=1800)  # a model may take half an hour to load


def found(client: WorkspaceClient, target: Target) -> ServingEndpointDetailed:
    """The endpoint. Raises :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        return client.serving_endpoints.get(checked_name(target))
    except NotFound as error:
        raise Gone(target.id) from error


def context(endpoint: ServingEndpointDetailed) -> Json:
    """What changes by itself: whether an update is under way, whether the endpoint serves."""
    state = endpoint.state
    return {
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


def send(act: WorkspaceClient, target: Target, done: Callable[[Any], bool],
         change: Callable[[list[ServedEntityInput], list[Route]], None]) -> Json:  # fmt: skip
    """Send the configuration back after ``change`` has worked on it; no call where ``done`` says of the present or the
    pending one that it is as wanted. Returns at once; ``config_version`` is the number of the new one."""
    from databricks.sdk.service.serving import AutoCaptureConfigInput, Route, ServedEntityInput, TrafficConfig

    endpoint = found(act, target)
    if (latest := endpoint.pending_config or endpoint.config) is not None and done(latest):
        return {}
    entities = [ServedEntityInput.from_dict(one.as_dict()) for one in _entities(endpoint.config)]
    for one in entities:
        if one.workload_size is not None:  # the API reports both forms and takes one
            one.min_provisioned_concurrency = one.max_provisioned_concurrency = None
    routes = [
        Route(traffic_percentage=share, served_entity_name=name) for name, share in shares(endpoint.config).items()
    ]
    change(entities, routes)
    capture = endpoint.config.auto_capture_config if endpoint.config else None
    wait = act.serving_endpoints.update_config(
        checked_name(target), served_entities=entities, traffic_config=TrafficConfig(routes=routes),
        auto_capture_config=AutoCaptureConfigInput.from_dict(capture.as_dict()) if capture else None)  # fmt: skip
    new = wait.response.pending_config or wait.response.config
    return {"config_version": new.config_version} if new and new.config_version is not None else {}


def preconditions(image: Json) -> tuple[Check, ...]:
    """What both kinds of change need."""
    return (
        Check(id="idle", expected="no update under way", observed=image["_update"], ok=image["_update"] != "IN_PROGRESS"),
        Check(id="own", expected="an endpoint whose configuration is ours to change",
              observed="Databricks runs it" if image["_foundation"] else "it is", ok=not image["_foundation"]),
    )  # fmt: skip


def verified(image: Json, left: bool) -> tuple[Check, ...]:
    """The checks after the act, from a fresh image and whether anything of the plan is ``left``."""
    update = image["_update"]
    if update == "IN_PROGRESS":
        return (Check(id="update", expected="the update is done", observed="under way", ok=None),)
    return (
        Check(id="update", expected="the update is done", observed=update, ok=update == IDLE),
        Check(id="state", expected="the planned configuration", observed="another one" if left else "as planned",
              ok=not left),
        Check(id="ready", expected="the endpoint serves", observed="ready" if image["_ready"] else "not ready",
              ok=image["_ready"]),
    )  # fmt: skip
