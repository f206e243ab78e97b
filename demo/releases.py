"""Newest versions of models: one that was promoted by hand though nobody had evaluated it, one that was evaluated and waits."""

from __future__ import annotations

from demo.faults import where
from demo.names import EUROPE
from demo.organisation import Organisation
from demo.rhythm import DAY, Frame

NEWEST, MADE, EVALUATED = 3, 6, 5  # the version that waits; days ago, when it was made and since when it is evaluated


def waiting(world: Organisation) -> Frame:
    """The endpoint whose model has a version that waits: one row of the endpoints."""
    troubled = [where(world)[kind].entity_id for kind in ("errors", "idle_endpoint", "skew", "drift")]
    own = world.endpoints[(world.endpoints.entity_type == "CUSTOM_MODEL") & (world.endpoints.workspace_id != EUROPE)]
    well = own[~own.endpoint_id.isin(troubled)]
    return (well if len(well) else own).iloc[-1:]


def model_of(endpoint_name: str) -> str:
    """The model that an endpoint of its own serves."""
    return f"main.models.{endpoint_name.replace('-', '_')}"


def requests(world: Organisation) -> list[tuple[int, str, str, dict[str, str]]]:
    """What was asked of the registry: when, by whom, the action and its parameters."""
    fault, waits = where(world)["errors"], waiting(world).iloc[0]
    failing = world.endpoints[world.endpoints.endpoint_id == fault.entity_id].iloc[0]
    today = int(world.now.normalize().timestamp())
    bad, good = (
        {"full_name_arg": model_of(one.endpoint_name), "workspace_id": one.workspace_id} for one in (failing, waits)
    )
    owner = failing.created_by
    at = fault.begin + 8 * 3600
    return [
        (at - 60 * DAY, owner, "setRegisteredModelAlias", bad | {"alias": "champion", "version": "2"}),
        (at, owner, "updateModelVersion", bad | {"version_arg": str(NEWEST)}),
        (at + 3500, owner, "setRegisteredModelAlias", bad | {"alias": "champion", "version": str(NEWEST)}),
        (today - 70 * DAY, waits.created_by, "setRegisteredModelAlias", good | {"alias": "champion", "version": "2"}),
        (today - MADE * DAY + 14 * 3600, waits.created_by, "updateModelVersion", good | {"version_arg": str(NEWEST)}),
    ]
