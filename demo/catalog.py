"""What Unity Catalog says: tables, columns, privileges, tags. Tables of ``system.information_schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo.faults import faults_of, granted
from demo.names import EVERYBODY, HOSTILE, TEAMS
from demo.organisation import BY_PATH, Organisation
from demo.rhythm import Frame, generator
from demo.tables import ABSENT, insert
from demo.use import FILES, idle_grants, of_teams, personal_grants, team_changes
from queries import schema

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ADMIN = "ada.arden@example.com"
COLUMNS = (("id", "BIGINT"), ("customer_id", "BIGINT"), ("region", "STRING"), ("day", "DATE"), ("amount", "DECIMAL(18,2)"),
           ("note", "STRING"), ("updated_at", "TIMESTAMP"))  # fmt: skip
SENSITIVE = ("contact", "STRING")  # e-mail addresses, in every fiftieth table
DIRECT = {"grantor": f"'{ADMIN}'", "is_grantable": "'NO'", "inherited_from": "'NONE'"}

# Everybody may enter every schema but one. Groups of groups read some, and contractors, whom the directory does not know,
# one; team-risk was given what is in the one that it cannot enter.
CLOSED = "dev.support_bronze"
ON_SCHEMAS = (
    ("main.finance_gold", "all-data"), ("main.payments_gold", "all-data"), ("main.payments_silver", "data-eng"),
    ("main.logistics_gold", "analysts"), ("main.marketing_gold", "contractors"), (CLOSED, "team-risk"),
)  # fmt: skip


def sensitive(tables: Frame) -> Frame:
    """Whether each table holds e-mail addresses."""
    return np.arange(len(tables)) % 50 == 10


def write_catalog(connection: DuckDBPyConnection, world: Organisation, absent: frozenset[str] = ABSENT) -> None:
    """Catalogs, schemata, tables, columns (the system tables' too), privileges and tags."""
    t, rng = world.tables, generator(world.seed, 63)
    born = {"created": "TIMESTAMPTZ '2024-03-01 09:00:00+00'", "created_by": f"'{ADMIN}'"}
    catalogs = pd.DataFrame({"catalog_name": ["main", "dev", "system"], "catalog_owner": ADMIN})
    insert(connection, "system.information_schema.catalogs", catalogs, born)
    schemata = t[["table_catalog", "table_schema"]].drop_duplicates()
    schemata.columns = pd.Index(["catalog_name", "schema_name"])
    insert(connection, "system.information_schema.schemata", schemata, born | {"schema_owner": f"'{ADMIN}'"})
    comments = np.where(np.arange(len(t)) % 40 == 7, HOSTILE, "table of team " + t.team)
    insert(
        connection,
        "system.information_schema.tables",
        t.assign(said=comments, position=np.arange(len(t))),
        {
            "comment": "CASE WHEN position % 3 <> 1 THEN said END",
            "table_type": f"CASE WHEN position = {BY_PATH} THEN 'EXTERNAL' ELSE 'MANAGED' END",
            "storage_path": f"CASE WHEN position = {BY_PATH} THEN '{FILES}' END",
            "data_source_format": "'DELTA'",
            "created_by": "table_owner",
            "last_altered": "created + INTERVAL 30 DAYS",
            "last_altered_by": "table_owner",
            "is_insertable_into": "'YES'",
        },
    )
    _columns(connection, world, absent)
    _privileges(connection, world)
    tagged = t[rng.random(len(t)) < 0.4]
    insert(
        connection,
        "system.information_schema.table_tags",
        tagged.assign(tag_name="owner_team", tag_value=tagged.team),
        {"catalog_name": "table_catalog", "schema_name": "table_schema"},
    )


def _columns(connection: DuckDBPyConnection, world: Organisation, absent: frozenset[str]) -> None:
    """Every column of the organisation's tables and of the system tables that exist; a dropped one is gone."""
    t, dropped = world.tables, {fault.entity_id for fault in faults_of(world, "schema_change")}
    wide = [
        (*key, i, name, kind)
        for key, full, extra in zip(
            t[["table_catalog", "table_schema", "table_name"]].itertuples(index=False, name=None),
            t.full_name,
            sensitive(t),
            strict=True,
        )
        for i, (name, kind) in enumerate((*COLUMNS, SENSITIVE) if extra else COLUMNS)
        if not (full in dropped and name == "amount")
    ]
    system = [
        ("system", *name.split(".")[1:], i, column, kind)
        for name, table in schema.tables().items()
        if name not in absent
        for i, (column, kind) in enumerate(table.columns.items())
    ]
    frame = pd.DataFrame(
        [*wide, *system],
        columns=["table_catalog", "table_schema", "table_name", "ordinal_position", "column_name", "full_data_type"],
    )
    insert(
        connection,
        "system.information_schema.columns",
        frame,
        {"is_nullable": "'YES'", "data_type": "split_part(split_part(full_data_type, '<', 1), '(', 1)"},
    )


def _granted(schemata: Frame, grantee: str, privilege: str) -> Frame:
    """Grants on ``schemata``, by their full names."""
    parts = schemata.str.split(".", expand=True)
    return pd.DataFrame(
        {"catalog_name": parts[0], "schema_name": parts[1], "grantee": grantee, "privilege_type": privilege}
    )


def _privileges(connection: DuckDBPyConnection, world: Organisation) -> None:
    """Team grants on catalogs and schemas, what tables inherit from them, personal grants, the planted ones."""
    t = world.tables
    schemata = t[["table_catalog", "table_schema", "team"]].drop_duplicates()
    both = [
        pd.DataFrame(
            {
                "catalog_name": schemata.table_catalog,
                "schema_name": schemata.table_schema,
                "grantee": "team-" + schemata.team,
                "privilege_type": privilege,
            }
        )
        for privilege in ("USE_SCHEMA", "SELECT")
    ]
    every = schemata.table_catalog + "." + schemata.table_schema
    both += [
        _granted(every[every != CLOSED], EVERYBODY, "USE_SCHEMA"),
        *(_granted(every[every == schema], grantee, "SELECT") for schema, grantee in ON_SCHEMAS),
    ]
    insert(connection, "system.information_schema.schema_privileges", pd.concat(both), DIRECT)
    on_catalogs = pd.DataFrame(
        {
            "catalog_name": ["main", "dev"] * 9,
            "privilege_type": "USE_CATALOG",
            "grantee": [name for team in TEAMS for name in [f"team-{team}"] * 2] + [EVERYBODY] * 2,
        }
    )
    insert(connection, "system.information_schema.catalog_privileges", on_catalogs, DIRECT)
    columns = ["table_catalog", "table_schema", "table_name"]
    own = t[columns].assign(grantee="team-" + t.team, privilege_type="SELECT")
    place = t.table_catalog + "." + t.table_schema
    wide = [t[columns][place == schema].assign(grantee=to, privilege_type="SELECT") for schema, to in ON_SCHEMAS]
    inherited = pd.concat([own, *wide])
    insert(connection, "system.information_schema.table_privileges", inherited, DIRECT | {"inherited_from": "'SCHEMA'"})
    grants = personal_grants(world)
    personal = t.iloc[grants.target.to_numpy()][columns].assign(
        grantee=world.people.email.to_numpy()[grants.person], privilege_type="SELECT"
    )
    extra = [
        dict(zip(columns, fault.entity_id.split("."), strict=True)) | {"grantee": grantee, "privilege_type": privilege}
        for fault, grantee, privilege in granted(world)
    ]
    for target, grantee, privilege in (*idle_grants(world), *of_teams(world)):
        extra.append(t.iloc[target][columns].to_dict() | {"grantee": grantee, "privilege_type": privilege})
    given = own.iloc[team_changes(world).query("not taken").target.to_numpy()]
    direct = pd.concat([personal, given, pd.DataFrame(extra)])
    insert(connection, "system.information_schema.table_privileges", direct, DIRECT)
