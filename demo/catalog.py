"""What Unity Catalog says: tables, columns, privileges, tags. Tables of ``system.information_schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo.faults import where
from demo.organisation import HOSTILE, TEAMS, Organisation
from demo.rhythm import generator
from demo.tables import ABSENT, insert
from queries import schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ADMIN = "ada.arden@example.com"


def write(connection: DuckDBPyConnection, world: Organisation) -> None:
    """Catalogs, schemata, tables, columns (the system tables' too), privileges and tags."""
    t, rng = world.tables, generator(world.seed, 60)
    catalogs = pd.DataFrame({"catalog_name": ["main", "dev", "system"], "catalog_owner": ADMIN})
    insert(connection, "system.information_schema.catalogs", catalogs)
    schemata = t[["table_catalog", "table_schema"]].drop_duplicates()
    schemata.columns = pd.Index(["catalog_name", "schema_name"])
    insert(connection, "system.information_schema.schemata", schemata, {"schema_owner": f"'{ADMIN}'"})
    comments = np.where(np.arange(len(t)) % 40 == 7, HOSTILE, "table of team " + t.team)
    insert(connection, "system.information_schema.tables", t.assign(comment=comments), {
        "table_type": "'MANAGED'", "data_source_format": "'DELTA'", "created_by": "table_owner",
        "last_altered": "created + INTERVAL 30 DAYS", "last_altered_by": "table_owner", "is_insertable_into": "'YES'",
    })  # fmt: skip
    _columns(connection, t)
    _privileges(connection, world, rng)
    tagged = t[rng.random(len(t)) < 0.4]
    insert(connection, "system.information_schema.table_tags", tagged.assign(tag_name="owner_team", tag_value=tagged.team), {
        "catalog_name": "table_catalog", "schema_name": "table_schema"})  # fmt: skip


def _columns(connection: DuckDBPyConnection, t: pd.DataFrame) -> None:
    """Three columns per table of the organisation, and every column of the system tables that exist."""
    names = ("id", "amount", "updated_at")
    types = ("BIGINT", "DECIMAL(18,2)", "TIMESTAMP")
    own = t.loc[t.index.repeat(3), ["table_catalog", "table_schema", "table_name"]].copy()
    own["position"] = np.tile(np.arange(3), len(t))
    own["column_name"] = np.tile(np.array(names, dtype=object), len(t))
    own["full_data_type"] = np.tile(np.array(types, dtype=object), len(t))
    system = pd.DataFrame(
        [("system", *name.split(".")[1:], i, column, kind) for name, table in schema.tables().items() if name not in ABSENT
         for i, (column, kind) in enumerate(table.columns.items())],
        columns=["table_catalog", "table_schema", "table_name", "position", "column_name", "full_data_type"],
    )  # fmt: skip
    insert(connection, "system.information_schema.columns", pd.concat([own, system], ignore_index=True), {
        "ordinal_position": "position", "is_nullable": "'YES'", "data_type": "split_part(full_data_type, '<', 1)"})  # fmt: skip


def _privileges(connection: DuckDBPyConnection, world: Organisation, rng: np.random.Generator) -> None:
    """Team grants on schemas, personal grants on tables (some unused), the planted broad and self grants."""
    t, faults = world.tables, where(world)
    schemata = t[["table_catalog", "table_schema", "team"]].drop_duplicates()
    on_schemas = pd.DataFrame({
        "catalog_name": schemata.table_catalog, "schema_name": schemata.table_schema, "grantee": "team-" + schemata.team,
        "privilege_type": "USE_SCHEMA"})  # fmt: skip
    direct = {"grantor": f"'{ADMIN}'", "is_grantable": "'NO'", "inherited_from": "'NONE'"}
    insert(connection, "system.information_schema.schema_privileges", on_schemas, direct)
    on_catalogs = pd.DataFrame({"catalog_name": "main", "grantee": [f"team-{team}" for team in TEAMS],
                                "privilege_type": "USE_CATALOG"})  # fmt: skip
    insert(connection, "system.information_schema.catalog_privileges", on_catalogs, direct)
    chosen = t.iloc[rng.integers(0, len(t), 900)]
    personal = pd.DataFrame({
        "table_catalog": chosen.table_catalog.to_numpy(), "table_schema": chosen.table_schema.to_numpy(),
        "table_name": chosen.table_name.to_numpy(), "privilege_type": "SELECT",
        "grantee": world.people.email.to_numpy()[rng.integers(0, 60, 900)],
    })  # fmt: skip
    extra = []
    for kind, grantee, privilege in (("broad_grant", "account users", "ALL_PRIVILEGES"),
                                     ("self_grant", world.people.email[4], "MANAGE"),
                                     ("unused_grant", world.people.email[59], "MODIFY")):  # fmt: skip
        catalog, folder, name = faults[kind].entity_id.split(".")
        extra.append({"table_catalog": catalog, "table_schema": folder, "table_name": name, "grantee": grantee,
                      "privilege_type": privilege})  # fmt: skip
    both = pd.concat([personal.drop_duplicates(), pd.DataFrame(extra)], ignore_index=True)
    insert(connection, "system.information_schema.table_privileges", both, direct)
