"""Registered models in the emulated Unity Catalog: those that the endpoints serve, their versions and aliases."""

from __future__ import annotations

import datetime as dt

from demo.faults import struck
from demo.organisation import Organisation
from demo.releases import NEWEST, model_of, waiting
from demo.workspace.securables import HOME, UNITY
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

CHAMPION = "champion"


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``models``: full name to owner, versions (number to status) and aliases. The model that fails since
    its new version has three versions, all others two; the newest is the champion. The third of one waits."""
    waits = waiting(world).endpoint_id.iloc[0]
    own = world.endpoints[world.endpoints.entity_type == "CUSTOM_MODEL"]
    made: dict[str, Json] = {}
    for one in own.itertuples():
        newest = 3 if struck(world, "errors", one.endpoint_id) else 2
        made[model_of(one.endpoint_name)] = {
            "owner": one.created_by,
            "versions": {
                str(number): "READY" for number in range(1, (NEWEST if one.endpoint_id == waits else newest) + 1)
            },
            "aliases": {CHAMPION: newest, "previous": newest - 1},
        }
    return {"models": made}


def model(state: State, request: Request, name: str) -> Json:
    """One model; its aliases only when asked for."""
    found = state.get("models", name, "Registered model")
    told = _named(name) | {"owner": found["owner"]}
    if request.query.get("include_aliases") == "true":
        told["aliases"] = _aliases(name, found)
    return told


def models(state: State, request: Request) -> Json:
    """All models."""
    return {
        "registered_models": [_named(name) | {"owner": one["owner"]} for name, one in state.objects["models"].items()]
    }


def versions(state: State, request: Request, name: str) -> Json:
    """All versions of a model, newest first."""
    found = state.get("models", name, "Registered model")
    return {
        "model_versions": [
            _version(name, found, number) for number in sorted(map(int, found["versions"]), reverse=True)
        ]
    }


def version(state: State, request: Request, name: str, number: str) -> Json:
    """One version."""
    found = state.get("models", name, "Registered model")
    if number not in found["versions"]:
        raise missing("Model version", f"{name} {number}")
    return _version(name, found, int(number))


def by_alias(state: State, request: Request, name: str, alias: str) -> Json:
    """The version that an alias names."""
    found = state.get("models", name, "Registered model")
    if alias not in found["aliases"]:
        raise missing("Alias", alias)
    return _version(name, found, found["aliases"][alias])


def set_alias(state: State, request: Request, name: str, alias: str) -> Json:
    """Let an alias name a version."""
    before = state.get("models", name, "Registered model")
    number = request.body.get("version_num")
    if not isinstance(number, int):
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "version_num is needed.")
    if str(number) not in before["versions"]:
        raise missing("Model version", f"{name} {number}")
    if before["aliases"].get(alias) != number:
        _changed(state, request, "set_alias", name, before, before["aliases"] | {alias: number}, alias)
    return {"alias_name": alias, "version_num": number}


def delete_alias(state: State, request: Request, name: str, alias: str) -> Json:
    """No such alias any more."""
    before = state.get("models", name, "Registered model")
    if alias not in before["aliases"]:
        raise missing("Alias", alias)
    rest = {one: number for one, number in before["aliases"].items() if one != alias}
    _changed(state, request, "delete_alias", name, before, rest, alias)
    return {}


def _changed(state: State, request: Request, verb: str, name: str, before: Json, aliases: Json, alias: str) -> None:
    after = before | {"aliases": aliases}
    state.put("models", name, after)
    state.effect(f"registered_models.{verb}", "model", name, request.by, HOME, object=after, before=before, alias=alias)


def _named(name: str) -> Json:
    catalog, schema, own = name.split(".")
    return {"full_name": name, "catalog_name": catalog, "schema_name": schema, "name": own}


def _aliases(name: str, found: Json) -> list[Json]:
    return [{"alias_name": alias, "version_num": number} for alias, number in found["aliases"].items()]


def _version(name: str, found: Json, number: int) -> Json:
    catalog, schema, own = name.split(".")
    return {
        "catalog_name": catalog,
        "schema_name": schema,
        "model_name": own,
        "version": number,
        "status": found["versions"][str(number)],
        "aliases": [one for one in _aliases(name, found) if one["version_num"] == number],
    }


_MODEL = rf"{UNITY}/models/([^/]+)"
ROUTES: tuple[Route, ...] = (
    ("GET", rf"{UNITY}/models", models),
    ("GET", _MODEL, model),
    ("GET", rf"{_MODEL}/versions", versions),
    ("GET", rf"{_MODEL}/versions/(\d+)", version),
    ("GET", rf"{_MODEL}/aliases/([^/]+)", by_alias),
    ("PUT", rf"{_MODEL}/aliases/([^/]+)", set_alias),
    ("DELETE", rf"{_MODEL}/aliases/([^/]+)", delete_alias),
)
