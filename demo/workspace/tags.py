"""Tags of securables in the emulated Unity Catalog: those that ``information_schema`` shows."""

from __future__ import annotations

import datetime as dt

from demo.catalog import SENSITIVE, sensitive
from demo.faults import faults_of
from demo.names import HOSTILE
from demo.organisation import Organisation
from demo.rhythm import generator
from demo.workspace.securables import HOME, UNITY, key, require
from demo.workspace.state import ApiRefused, Json, Request, Route, Seed, State, missing

ENTITIES = {"catalogs": "catalog", "schemas": "schema", "tables": "table", "columns": "column", "volumes": "volume"}
PAGE = 50  # assignments


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``tags``: a securable's key to its tags, name to value."""
    t = world.tables
    tagged = t[generator(world.seed, 63).random(len(t)) < 0.4]
    made: dict[str, Json] = {key("table", one.full_name): {"owner_team": one.team} for one in tagged.itertuples()}
    bare = {fault.entity_id for fault in faults_of(world, "unmasked_sensitive")}
    for full_name in t.full_name[sensitive(t)]:
        if full_name not in bare:
            made[key("column", f"{full_name}.{SENSITIVE[0]}")] = {"class.email_address": ""}
    made[key("catalog", "dev")] = {"environment": "dev"}
    made[key("schema", "main.payments_gold")] = {"tier": "1"}
    made[key("volume", "main.payments_bronze.files_0")] = {"Owner ": HOSTILE}
    return {"tags": made}


def listed(state: State, request: Request, entity: str, name: str) -> Json:
    """All tags of an entity, page by page."""
    own = _tags(state, entity, name)
    start = int(request.query.get("page_token") or 0)
    every = [_told(entity, name, tag, value) for tag, value in own.items()]
    rest = {"next_page_token": str(start + PAGE)} if start + PAGE < len(every) else {}
    return {"tag_assignments": every[start : start + PAGE], **rest}


def one(state: State, request: Request, entity: str, name: str, tag: str) -> Json:
    """One tag."""
    own = _tags(state, entity, name)
    if tag not in own:
        raise missing("Tag assignment", tag)
    return _told(entity, name, tag, own[tag])


def create(state: State, request: Request) -> Json:
    """A tag that the entity does not have yet."""
    body = request.body
    entity, name, tag = (str(body.get(field) or "") for field in ("entity_type", "entity_name", "tag_key"))
    if not tag or tag in _tags(state, entity, name):
        raise ApiRefused(409, "ALREADY_EXISTS", f"Tag assignment {tag} already exists.")
    return _changed(state, request, "create", entity, name, tag, str(body.get("tag_value") or ""))


def update(state: State, request: Request, entity: str, name: str, tag: str) -> Json:
    """Another value for a tag."""
    if request.query.get("update_mask") != "tag_value":
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", "Only tag_value can be updated.")
    one(state, request, entity, name, tag)
    return _changed(state, request, "update", entity, name, tag, str(request.body.get("tag_value") or ""))


def delete(state: State, request: Request, entity: str, name: str, tag: str) -> Json:
    """No tag any more."""
    one(state, request, entity, name, tag)
    _changed(state, request, "delete", entity, name, tag, None)
    return {}


def _changed(state: State, request: Request, verb: str, entity: str, name: str, tag: str, value: str | None) -> Json:
    kind, before = ENTITIES[entity], dict(_tags(state, entity, name))
    after = {k: v for k, v in before.items() if k != tag} | ({} if value is None else {tag: value})
    if after != before:
        state.put("tags", key(kind, name), after)
        state.effect(
            f"entity_tag_assignments.{verb}", kind, name, request.by, HOME, object=after, before=before, tag_key=tag
        )
    return _told(entity, name, tag, value or "")


def _tags(state: State, entity: str, name: str) -> Json:
    """The tags of an entity that exists; a column exists where its table does."""
    kind = ENTITIES.get(entity)
    if kind is None:
        raise ApiRefused(400, "INVALID_PARAMETER_VALUE", f"{entity} is not a type of entity.")
    if kind == "column":
        require(state, "table", name.rpartition(".")[0])
    else:
        require(state, kind, name)
    return state.objects["tags"].get(key(kind, name), {})


def _told(entity: str, name: str, tag: str, value: str) -> Json:
    return {"entity_type": entity, "entity_name": name, "tag_key": tag, "tag_value": value}


_ASSIGNMENTS, _ENTITY = rf"{UNITY}/entity-tag-assignments", r"/([^/]+)/([^/]+)/tags"
ROUTES: tuple[Route, ...] = (
    ("POST", _ASSIGNMENTS, create),
    ("GET", _ASSIGNMENTS + _ENTITY, listed),
    ("GET", rf"{_ASSIGNMENTS}{_ENTITY}/([^/]+)", one),
    ("PATCH", rf"{_ASSIGNMENTS}{_ENTITY}/([^/]+)", update),
    ("DELETE", rf"{_ASSIGNMENTS}{_ENTITY}/([^/]+)", delete),
)
