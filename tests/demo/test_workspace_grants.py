"""The emulated Unity Catalog has the grants and tags that ``information_schema`` of the lakehouse shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from demo.catalog import ON_SCHEMAS, write_catalog
from demo.organisation import Organisation, found
from demo.securables import write_securables
from demo.tables import create_all, place
from demo.workspace import grants, securables, tags
from demo.workspace.securables import key
from demo.workspace.state import ApiRefused, Request, State

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def world() -> Organisation:
    return found(7, 0.1, NOW)


@pytest.fixture(scope="module")
def lakehouse(world: Organisation) -> Iterator[Any]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        create_all(connection)
        write_catalog(connection, world)
        write_securables(connection, world)
        yield connection


@pytest.fixture
def state(world: Organisation) -> State:
    objects = {**securables.seed(world, NOW), **grants.seed(world, NOW), **tags.seed(world, NOW)}
    return State(objects, lambda: NOW)


# Type -> table of information_schema, the columns that make up the name.
SHOWN = {
    "catalog": ("catalog_privileges", "catalog_name"),
    "schema": ("schema_privileges", "catalog_name || '.' || schema_name"),
    "table": ("table_privileges", "table_catalog || '.' || table_schema || '.' || table_name"),
    "volume": ("volume_privileges", "volume_catalog || '.' || volume_schema || '.' || volume_name"),
    "function": ("routine_privileges", "routine_catalog || '.' || routine_schema || '.' || routine_name"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_direct_grants_are_the_same(kind: str, lakehouse: Any, state: State) -> None:
    table, name = SHOWN[kind]
    rows = lakehouse.execute(
        f"SELECT {name}, grantee, privilege_type FROM {place('system.information_schema.' + table)} "
        "WHERE inherited_from = 'NONE'"
    ).fetchall()
    own = {
        (one.split(" ", 1)[1], who, privilege)
        for one, held in state.objects["grants"].items()
        if one.startswith(f"{kind} ")
        for who, privileges in held.items()
        for privilege in privileges
    }
    assert own == set(rows)
    assert own


def test_tables_inherit_what_the_lakehouse_says(world: Organisation, lakehouse: Any, state: State) -> None:
    rows = lakehouse.execute(
        "SELECT table_catalog || '.' || table_schema || '.' || table_name, grantee, privilege_type FROM "
        f"{place('system.information_schema.table_privileges')} WHERE inherited_from = 'SCHEMA'"
    ).fetchall()
    given = sum(name.startswith(f"{place}.") for name in world.tables.full_name for place, _ in ON_SCHEMAS)
    assert len(rows) == len(world.tables) + given
    for name, who, privilege in rows[::50]:
        told = grants.effective(state, Request({}, {}, "x"), "table", name)["privilege_assignments"]
        held = next(one["privileges"] for one in told if one["principal"] == who)
        schema = name.rpartition(".")[0]
        assert {"privilege": privilege, "inherited_from_type": "SCHEMA", "inherited_from_name": schema} in held


TAGS = {
    "catalog": ("catalog_tags", "catalog_name"),
    "schema": ("schema_tags", "catalog_name || '.' || schema_name"),
    "table": ("table_tags", "catalog_name || '.' || schema_name || '.' || table_name"),
    "column": ("column_tags", "catalog_name || '.' || schema_name || '.' || table_name || '.' || column_name"),
    "volume": ("volume_tags", "catalog_name || '.' || schema_name || '.' || volume_name"),
}


@pytest.mark.parametrize("kind", TAGS)
def test_tags_are_the_same(kind: str, lakehouse: Any, state: State) -> None:
    table, name = TAGS[kind]
    rows = lakehouse.execute(
        f"SELECT {name}, tag_name, tag_value FROM {place('system.information_schema.' + table)}"
    ).fetchall()
    own = {
        (one.split(" ", 1)[1], tag, value)
        for one, held in state.objects["tags"].items()
        if one.startswith(f"{kind} ")
        for tag, value in held.items()
    }
    assert own == set(rows)
    assert own


def test_every_table_exists_with_its_owner(world: Organisation, state: State) -> None:
    for one in world.tables.iloc[::100].itertuples():
        told = securables.table(state, Request({}, {}, "x"), one.full_name)
        assert (told["owner"], told["table_id"]) == (one.table_owner, one.table_id)
    with pytest.raises(ApiRefused, match="does not exist"):
        securables.table(state, Request({}, {}, "x"), "main.nowhere.nothing")


def test_a_change_is_counted_once_and_only_if_it_is_one(world: Organisation, state: State) -> None:
    name = world.tables.full_name[3]
    change = {"changes": [{"principal": "a@example.com", "add": ["SELECT"], "remove": ["MODIFY"]}]}
    for _ in range(2):
        grants.update(state, Request({}, change, "someone"), "TABLE", name)
    assert [(one.action, one.type, one.id, one.by) for one in state.effects] == [
        ("grants.update", "table", name, "someone")
    ]
    assert state.effects[0].detail["added"] == [["a@example.com", "SELECT"]]
    assert state.effects[0].detail["removed"] == []
    assert state.objects["grants"][key("table", name)]["a@example.com"] == ["SELECT"]
