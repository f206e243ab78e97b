"""Newest versions of models: one that was promoted by hand though nobody had evaluated it, one that was evaluated and waits."""

from __future__ import annotations

from typing import Any

from demo.faults import faults_of
from demo.names import EUROPE
from demo.organisation import Organisation
from demo.rhythm import DAY, Frame

NEWEST, MADE, EVALUATED = 3, 6, 5  # the version that waits; days ago, when it was made and since when it is evaluated


def waiting(world: Organisation) -> Frame:
    """The endpoint whose model has a version that waits: one row of the endpoints."""
    kinds = ("errors", "idle_endpoint", "skew", "drift")
    troubled = [fault.entity_id for kind in kinds for fault in faults_of(world, kind)]
    own = world.endpoints[(world.endpoints.entity_type == "CUSTOM_MODEL") & (world.endpoints.workspace_id != EUROPE)]
    well = own[~own.endpoint_id.isin(troubled)]
    return (well if len(well) else own).iloc[-1:]


def model_of(endpoint_name: str) -> str:
    """The model that an endpoint of its own serves."""
    return f"main.models.{endpoint_name.replace('-', '_')}"


def requests(world: Organisation) -> list[tuple[int, str, str, dict[str, str]]]:
    """What was asked of the registry: when, by whom, the action and its parameters."""
    made, waits, today = [], waiting(world).iloc[0], int(world.now.normalize().timestamp())
    for fault in faults_of(world, "errors"):
        failing = world.endpoints[world.endpoints.endpoint_id == fault.entity_id].iloc[0]
        owner, bad, at = failing.created_by, _asked(failing), fault.begin + 8 * 3600
        made += [
            (at - 60 * DAY, owner, "setRegisteredModelAlias", bad | {"alias": "champion", "version": "2"}),
            (at, owner, "updateModelVersion", bad | {"version_arg": str(NEWEST)}),
            (at + 3500, owner, "setRegisteredModelAlias", bad | {"alias": "champion", "version": str(NEWEST)}),
        ]
    good = _asked(waits)
    return [
        *made,
        (today - 70 * DAY, waits.created_by, "setRegisteredModelAlias", good | {"alias": "champion", "version": "2"}),
        (today - MADE * DAY + 14 * 3600, waits.created_by, "updateModelVersion", good | {"version_arg": str(NEWEST)}),
    ]


def _asked(endpoint: Any) -> dict[str, str]:
    return {"full_name_arg": model_of(endpoint.endpoint_name), "workspace_id": endpoint.workspace_id}
