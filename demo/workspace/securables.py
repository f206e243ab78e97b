"""What there is in the emulated Unity Catalog: catalogs, schemata, tables, volumes, functions, models."""

from __future__ import annotations

import datetime as dt
import uuid

from demo.catalog import COLUMNS, SENSITIVE, sensitive
from demo.names import EUROPE, METASTORE, PROD
from demo.organisation import Organisation
from demo.workspace.state import Json, Request, Route, Seed, State, missing

ADMIN = "ada.arden@example.com"
CATALOGS = ("main", "dev")
ELSEWHERE = "7c0e5a51-0d0b-4f3e-8a57-5d1c2b3a4f60"  # the metastore of the other region
UNITY = r"/api/2\.1/unity-catalog"
HOME = PROD  # the workspace that calls on the catalog are counted for


def seed(world: Organisation, now: dt.datetime) -> Seed:
    """Collection ``securables``: "table main.sales.orders" and so on, to name, owner and, of tables, id and team."""
    t = world.tables
    found = dict(zip(t.full_name, sensitive(t), strict=True))
    made: dict[str, Json] = {key("catalog", name): {"name": name, "owner": ADMIN} for name in CATALOGS}
    for catalog, schema in t[["table_catalog", "table_schema"]].drop_duplicates().itertuples(index=False, name=None):
        name = f"{catalog}.{schema}"
        made[key("schema", name)] = {"name": name, "owner": ADMIN, "schema_id": schema_id(name)}
    for one in t.itertuples():
        made[key("table", one.full_name)] = {"name": one.full_name, "owner": one.table_owner, "table_id": one.table_id,
                                             "team": one.team, "sensitive": bool(found[one.full_name])}  # fmt: skip
    for kind, names in (
        ("volume", [f"main.payments_bronze.files_{i}" for i in range(6)]),
        ("function", ["main.risk_gold.own_region", "main.risk_gold.mask_contact"]),
    ):
        made |= {key(kind, name): {"name": name, "owner": ADMIN} for name in names}
    return {"securables": made}


def key(kind: str, name: str) -> str:
    """How a securable is called in the collections of this room."""
    return f"{kind} {name}"


def schema_id(name: str) -> str:
    """The id of a schema, by its full name."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"schema {name}"))


def parents(kind: str, name: str) -> list[tuple[str, str]]:
    """The securables that ``name`` inherits from, nearest first."""
    parts = name.split(".")
    above = [("schema", ".".join(parts[:2]))] if len(parts) > 2 else []
    return above + ([("catalog", parts[0])] if kind != "catalog" else [])


def require(state: State, kind: str, name: str) -> Json:
    """The securable; raises :class:`Refused` (404) as the catalog does."""
    found = state.objects["securables"].get(key(kind, name))
    if found is None:
        raise missing(kind.capitalize(), f"'{name}'")
    return found


def table(state: State, request: Request, name: str) -> Json:
    """One table."""
    found = require(state, "table", name)
    catalog, schema, own = name.split(".")
    return {
        "catalog_name": catalog,
        "schema_name": schema,
        "name": own,
        "full_name": name,
        "table_type": "MANAGED",
        "data_source_format": "DELTA",
        "owner": found["owner"],
        "table_id": found["table_id"],
        "columns": [
            {"name": column, "type_text": kind, "position": place}
            for place, (column, kind) in enumerate((*COLUMNS, SENSITIVE) if found["sensitive"] else COLUMNS)
        ],
    }


def schema(state: State, request: Request, name: str) -> Json:
    """One schema."""
    found = require(state, "schema", name)
    catalog, own = name.split(".")
    whole = {"catalog_name": catalog, "name": own, "full_name": name}
    return whole | {"owner": found["owner"], "schema_id": found["schema_id"]}


def function(state: State, request: Request, name: str) -> Json:
    """One function."""
    found = require(state, "function", name)
    catalog, schema, own = name.split(".")
    whole = {"catalog_name": catalog, "schema_name": schema, "name": own, "full_name": name}
    return whole | {"owner": found["owner"]}


def metastore(state: State, request: Request) -> Json:
    """The metastore of the workspace: the other region has one of its own."""
    identifier = ELSEWHERE if request.workspace_id == EUROPE else METASTORE.rsplit(":", 1)[1]
    return {
        "metastore_id": identifier,
        "workspace_id": int(request.workspace_id or HOME),
        "default_catalog_name": "main",
    }


ROUTES: tuple[Route, ...] = (
    ("GET", rf"{UNITY}/tables/([^/]+)", table),
    ("GET", rf"{UNITY}/schemas/([^/]+)", schema),
    ("GET", rf"{UNITY}/functions/([^/]+)", function),
    ("GET", rf"{UNITY}/current-metastore-assignment", metastore),
)
