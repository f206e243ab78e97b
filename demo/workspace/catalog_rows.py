"""What ``information_schema`` says of privileges and tags after an effect: keyed rows that come, change and go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from demo.catalog import ADMIN
from demo.workspace.state import Effect, Json

INFORMATION = "system.information_schema"
# Type of securable -> the table of its privileges, and the columns its name's parts stand in.
PRIVILEGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "catalog": ("catalog_privileges", ("catalog_name",)),
    "schema": ("schema_privileges", ("catalog_name", "schema_name")),
    "table": ("table_privileges", ("table_catalog", "table_schema", "table_name")),
    "volume": ("volume_privileges", ("volume_catalog", "volume_schema", "volume_name")),
    "function": ("routine_privileges", ("routine_catalog", "routine_schema", "routine_name")),
}
TAGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "catalog": ("catalog_tags", ("catalog_name",)),
    "schema": ("schema_tags", ("catalog_name", "schema_name")),
    "table": ("table_tags", ("catalog_name", "schema_name", "table_name")),
    "column": ("column_tags", ("catalog_name", "schema_name", "table_name", "column_name")),
    "volume": ("volume_tags", ("catalog_name", "schema_name", "volume_name")),
}
OF_TABLES = frozenset({"SELECT", "MODIFY", "APPLY_TAG", "MANAGE", "ALL_PRIVILEGES"})  # what tables inherit

Key = tuple[tuple[str, str], ...]
Keyed = tuple[str, Key, Json | None]  # the table, what finds the row, and the row: None when it has gone


def catalog_rows(effect: Effect, tables: Mapping[str, Sequence[str]]) -> Iterator[Keyed]:
    """Rows that came or went with ``effect``. ``tables`` maps "catalog.schema" to the names of its tables, which
    inherit what is granted above them."""
    if effect.action == "grants.update":
        for verb in ("removed", "added"):
            for principal, privilege in effect.detail[verb]:
                yield from _granted(effect.type, effect.id, principal, privilege, verb == "added", tables)
    elif effect.action.startswith("abac_policies."):
        yield _policy(effect)
    elif effect.action.startswith("entity_tag_assignments.") and effect.type in TAGS:
        table, columns = TAGS[effect.type]
        parts = dict(zip(columns, effect.id.split("."), strict=True))
        before, after = effect.detail["before"], effect.detail["object"]
        for tag in {*before, *after}:
            if before.get(tag) != after.get(tag):
                found = parts | {"tag_name": tag}
                row = found | {"tag_value": after[tag]} if tag in after else None
                yield f"{INFORMATION}.{table}", tuple(found.items()), row


def _policy(effect: Effect) -> Keyed:
    """What is said of a policy of a table; None when it has gone."""
    name, policy = effect.detail["policy_name"], effect.detail["object"]
    catalog, schema, table = effect.id.split(".")
    found = {"catalog_name": catalog, "schema_name": schema, "securable_name": table, "policy_name": name}
    row = policy and found | {
        "policy_id": policy["id"],
        "policy_type": "COLUMN_MASK",
        "on_securable_type": "TABLE",
        "for_securable_type": "TABLE",
        "created_by": policy["created_by"],
    }
    return f"{INFORMATION}.abac_policy_definitions", tuple(found.items()), row


def _granted(
    kind: str, name: str, principal: str, privilege: str, given: bool, tables: Mapping[str, Sequence[str]]
) -> Iterator[Keyed]:
    if kind not in PRIVILEGES:
        return
    yield _privilege(kind, name, principal, privilege, given, "NONE")
    if kind in ("schema", "catalog") and privilege in OF_TABLES:
        above = [name] if kind == "schema" else [schema for schema in tables if schema.split(".")[0] == name]
        for schema in above:
            for table in tables.get(schema, ()):
                yield _privilege("table", f"{schema}.{table}", principal, privilege, given, kind.upper())


def _privilege(kind: str, name: str, principal: str, privilege: str, given: bool, source: str) -> Keyed:
    table, columns = PRIVILEGES[kind]
    parts = dict(zip(columns, name.split("."), strict=True))
    found = {"grantee": principal, "privilege_type": privilege, "inherited_from": source, **parts}
    own = {f"specific_{column.split('_')[1]}": part for column, part in parts.items()} if kind == "function" else {}
    row = found | own | {"grantor": ADMIN, "is_grantable": "NO"} if given else None
    return f"{INFORMATION}.{table}", tuple(found.items()), row
