"""The lesser objects of Unity Catalog: volumes, locations, credentials, shares, masks, and findings on sensitive data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from demo.catalog import ADMIN, DIRECT, SENSITIVE, sensitive
from demo.faults import faults_of
from demo.names import HOSTILE, METASTORE
from demo.organisation import Organisation
from demo.rhythm import DAY, generator
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BORN = {"created": "TIMESTAMPTZ '2024-03-01 09:00:00+00'", "created_by": f"'{ADMIN}'"}
OF_MAIN = {"volume_catalog": "main", "volume_schema": "payments_bronze"}
# Table of information_schema -> its rows; owners and creators are the administrator.
ROWS: Mapping[str, list[dict[str, Any]]] = {
    "volumes": [
        OF_MAIN | {"volume_name": f"files_{i}", "volume_type": "MANAGED", "volume_owner": ADMIN} for i in range(6)
    ],
    "volume_tags": [
        {
            "catalog_name": "main",
            "schema_name": "payments_bronze",
            "volume_name": "files_0",
            "tag_name": "Owner ",
            "tag_value": HOSTILE,
        }
    ],
    "storage_credentials": [
        {
            "storage_credential_id": f"cred-{i}",
            "storage_credential_name": f"lake-{i}",
            "storage_credential_owner": ADMIN,
            "credential_type": "AWS_IAM_ROLE",
            "used_for_managed_storage": "NO",
        }
        for i in range(2)
    ],
    "external_locations": [
        {
            "external_location_name": f"landing_{i}",
            "external_location_owner": ADMIN,
            "read_only": "NO",
            "url": f"s3://landing/{i}",
            "storage_credential_name": "lake-0",
        }
        for i in range(3)
    ],
    "credentials": [
        {
            "credential_id": "svc-1",
            "credential_name": "maps-service",
            "credential_owner": ADMIN,
            "credential_purpose": "SERVICE",
            "credential_type": "AWS_IAM_ROLE",
        }
    ],
    "connections": [
        {"connection_name": "crm", "connection_type": "SALESFORCE", "connection_owner": ADMIN},
        {"connection_name": "ledger", "connection_type": "POSTGRESQL", "connection_owner": ADMIN},
    ],
    "metastores": [
        {
            "metastore_id": METASTORE.rsplit(":", 1)[1],
            "metastore_name": "main-us",
            "metastore_owner": ADMIN,
            "cloud": "aws",
            "region": "us-east-1",
            "global_metastore_id": METASTORE,
            "delta_sharing_scope": "INTERNAL_AND_EXTERNAL",
            "privilege_model_version": "1.0",
        }
    ],
    "shares": [{"share_name": "partners", "share_owner": ADMIN}],
    "recipients": [
        {"recipient_name": "auditor", "recipient_owner": ADMIN, "authentication_type": "TOKEN"},
        {"recipient_name": "supplier", "recipient_owner": ADMIN, "authentication_type": "DATABRICKS"},
    ],
    "share_recipient_privileges": [
        {"grantor": ADMIN, "recipient_name": name, "share_name": "partners", "privilege_type": "SELECT"}
        for name in ("auditor", "supplier")
    ],
    "catalog_tags": [{"catalog_name": "dev", "tag_name": "environment", "tag_value": "dev"}],
    "schema_tags": [{"catalog_name": "main", "schema_name": "payments_gold", "tag_name": "tier", "tag_value": "1"}],
    "row_filters": [
        {
            "table_catalog": "main",
            "table_schema": "risk_gold",
            "table_name": "t_1201",
            "filter_name": "main.risk_gold.own_region",
            "target_columns": "region",
        }
    ],
    "views": [
        {
            "table_catalog": "main",
            "table_schema": "finance_gold",
            "table_name": f"v_report_{i}",
            "view_definition": "SELECT region, sum(amount) AS amount FROM main.finance_gold.t_1212 GROUP BY region",
            "is_materialized": "NO",
        }
        for i in range(8)
    ],
    "routines": [
        {
            "specific_catalog": "main",
            "specific_schema": "risk_gold",
            "specific_name": name,
            "routine_catalog": "main",
            "routine_schema": "risk_gold",
            "routine_name": name,
            "routine_owner": ADMIN,
            "routine_type": "FUNCTION",
            "data_type": kind,
            "full_data_type": kind,
            "routine_body": "SQL",
        }
        for name, kind in (("own_region", "BOOLEAN"), ("mask_contact", "STRING"))
    ],
    "table_constraints": [
        {
            "table_catalog": "main",
            "table_schema": "payments_gold",
            "table_name": "t_1200",
            "constraint_catalog": "main",
            "constraint_schema": "payments_gold",
            "enforced": "NO",
            "constraint_name": "pk_1200",
            "constraint_type": "PRIMARY KEY",
        }
    ],
    "table_share_usage": [
        {
            "catalog_name": "main",
            "schema_name": "payments_gold",
            "table_name": "t_1200",
            "share_name": "partners",
            "cdf_enabled": "NO",
        }
    ],
}
PRIVILEGES: Mapping[str, list[dict[str, Any]]] = {
    "volume_privileges": [
        OF_MAIN | {"grantee": "team-payments", "volume_name": f"files_{i}", "privilege_type": "READ_VOLUME"}
        for i in range(6)
    ],
    "external_location_privileges": [
        {"grantee": "team-platform", "external_location_name": f"landing_{i}", "privilege_type": "READ_FILES"}
        for i in range(3)
    ],
    "storage_credential_privileges": [
        {"grantee": "team-platform", "storage_credential_name": "lake-0", "privilege_type": "CREATE_EXTERNAL_LOCATION"}
    ],
    "connection_privileges": [
        {"grantee": "team-finance", "connection_name": "ledger", "privilege_type": "USE_CONNECTION"}
    ],
    "credential_privileges": [
        {"grantee": "team-logistics", "credential_name": "maps-service", "privilege_type": "ACCESS"}
    ],
    "metastore_privileges": [
        {"grantee": "team-platform", "metastore_id": METASTORE.rsplit(":", 1)[1], "privilege_type": "CREATE_CATALOG"}
    ],
    "routine_privileges": [
        {
            "grantee": "team-risk",
            "specific_catalog": "main",
            "specific_schema": "risk_gold",
            "specific_name": "mask_contact",
            "routine_catalog": "main",
            "routine_schema": "risk_gold",
            "routine_name": "mask_contact",
            "privilege_type": "EXECUTE",
        }
    ],
}


def write_securables(connection: DuckDBPyConnection, world: Organisation) -> None:
    """The small tables of information_schema, and ``data_classification.results`` with the masks that answer it."""
    from queries import schema

    for name, rows in ROWS.items():
        table = f"system.information_schema.{name}"
        own = {k: v for k, v in BORN.items() if k in schema.tables()[table].columns}
        insert(connection, table, pd.DataFrame(rows), own)
    for name, rows in PRIVILEGES.items():
        insert(connection, f"system.information_schema.{name}", pd.DataFrame(rows), DIRECT)
    _sensitive(connection, world)


def _sensitive(connection: DuckDBPyConnection, world: Organisation) -> None:
    """Where e-mail addresses were found; every such column is tagged and masked, but the planted one."""
    rng, bare = (
        generator(world.seed, 64),
        {fault.entity_id: fault.begin for fault in faults_of(world, "unmasked_sensitive")},
    )
    found = world.tables[sensitive(world.tables)].assign(column_name=SENSITIVE[0])
    ago = rng.integers(30, 200, len(found)) * DAY
    found["first"] = (
        found.full_name.map(bare).fillna(int(world.now.timestamp()) - pd.Series(ago, found.index)).astype("int64")
    )
    names = {"catalog_name": "table_catalog", "schema_name": "table_schema"}
    insert(
        connection,
        "system.data_classification.results",
        found,
        names
        | {
            "catalog_id": "md5(table_catalog)",
            "first_detected_time": 'to_timestamp("first")',
            "data_type": f"'{SENSITIVE[1]}'",
            "latest_detected_time": f"TIMESTAMPTZ '{world.now.isoformat()}' - INTERVAL 20 HOURS",
            "confidence": "'HIGH'",
            "class_tag": "'class.email_address'",
            "frequency": "0.97",
        },
    )
    masked = found[~found.full_name.isin(list(bare))]
    insert(
        connection,
        "system.information_schema.column_masks",
        masked,
        {"mask_name": "'main.risk_gold.mask_contact'", "using_columns": "''"},
    )
    insert(
        connection,
        "system.information_schema.column_tags",
        masked,
        names | {"tag_name": "'class.email_address'", "tag_value": "''"},
    )
