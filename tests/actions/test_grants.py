"""Grants: what is inherited is not revoked, what really changed is what an undo takes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions.kinds.shared.kind import Inverse
from actions.registry import BadParams, parsed
from actions.registry import kind as kind_called
from demo.workspace.securables import key
from tests.actions.kind_cases_catalog import target
from tests.actions.workspace_server import Served, served, world

ADD, REVOKE = kind_called("grant.add"), kind_called("grant.revoke")
KEY = "b" * 64
TABLE = world().tables.iloc[0]
ON = target("table", TABLE.full_name)
TEAM, SCHEMA = f"team-{TABLE.team}", f"{TABLE.table_catalog}.{TABLE.table_schema}"
ADA = "ada.arden@example.com"


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def grant(principal: str, *privileges: str) -> Any:
    return parsed(ADD, {"principal": principal, "privileges": list(privileges)})


def direct(workspace: Served, kind: str = "table", name: str = ON.id) -> dict[str, Any]:
    return workspace.state.objects["grants"].get(key(kind, name), {})


def test_revoking_what_is_inherited_changes_nothing_and_says_where_to_go(workspace: Served) -> None:
    params = grant(TEAM, "SELECT")
    image = REVOKE.snapshot(workspace.read, ON, params)
    assert image["privileges"] == []
    assert image["_inherited"] == {
        "SELECT": f"schema {SCHEMA}",
        "USE_CATALOG": f"catalog {TABLE.table_catalog}",
        "USE_SCHEMA": f"schema {SCHEMA}",
    }
    assert REVOKE.plan(image, params) == ()
    refused = [one for one in REVOKE.preconditions(image, params) if one.ok is False]
    assert [(one.id, one.observed) for one in refused] == [("direct", f"SELECT comes from schema {SCHEMA}")]
    assert REVOKE.inverse(ON, params, image, {}) is None
    REVOKE.execute(workspace.act, ON, params, image, KEY)
    assert workspace.effects == []


def test_the_schema_is_where_it_can_be_revoked(workspace: Served) -> None:
    on, params = target("schema", SCHEMA), grant(TEAM, "SELECT")
    image = REVOKE.snapshot(workspace.read, on, params)
    assert [(one.path, one.before, one.after) for one in REVOKE.plan(image, params)] == [
        (f"SELECT for {TEAM}", "granted", None)
    ]
    REVOKE.execute(workspace.act, on, params, image, KEY)
    assert direct(workspace, "schema", SCHEMA)[TEAM] == ["USE_SCHEMA"]
    assert REVOKE.snapshot(workspace.read, ON, params)["_inherited"].keys() == {"USE_CATALOG", "USE_SCHEMA"}


def test_a_direct_grant_that_is_also_inherited_can_be_revoked_with_a_warning(workspace: Served) -> None:
    workspace.act.grants.update("table", ON.id, changes=[_change(TEAM, "SELECT")])
    params = grant(TEAM, "SELECT")
    image = REVOKE.snapshot(workspace.read, ON, params)
    assert all(one.ok for one in REVOKE.preconditions(image, params))
    assert REVOKE.dry_run(workspace.read, ON, params, image).warnings == (
        f"{TEAM} keeps SELECT through schema {SCHEMA}",
    )


def _change(principal: str, *add: str) -> Any:
    from databricks.sdk.service.catalog import PermissionsChange, Privilege

    return PermissionsChange(principal=principal, add=[Privilege(one) for one in add])


def test_undo_takes_back_only_what_really_changed(workspace: Served) -> None:
    workspace.act.grants.update("table", ON.id, changes=[_change(ADA, "SELECT")])
    params = grant(ADA, "SELECT", "MODIFY", "MODIFY")
    image = ADD.snapshot(workspace.read, ON, params)
    assert [one.path for one in ADD.plan(image, params)] == [f"MODIFY for {ADA}"]
    assert ADD.inverse(ON, params, image, {}) == Inverse("grant.revoke", {"principal": ADA, "privileges": ["MODIFY"]})
    ADD.execute(workspace.act, ON, params, image, KEY)
    assert direct(workspace)[ADA] == ["MODIFY", "SELECT"]
    assert workspace.effects[-1].detail["added"] == [[ADA, "MODIFY"]]


def test_nothing_to_do_is_nothing(workspace: Served) -> None:
    workspace.act.grants.update("table", ON.id, changes=[_change(ADA, "SELECT")])
    image = ADD.snapshot(workspace.read, ON, grant(ADA, "SELECT"))
    assert ADD.plan(image, grant(ADA, "SELECT")) == ()
    assert ADD.inverse(ON, grant(ADA, "SELECT"), image, {}) is None
    gone = REVOKE.snapshot(workspace.read, ON, grant(ADA, "MODIFY"))
    assert REVOKE.plan(gone, grant(ADA, "MODIFY")) == ()
    assert all(one.ok for one in REVOKE.preconditions(gone, grant(ADA, "MODIFY")))


def test_a_grant_behind_a_closed_door_is_said_to_be_one(workspace: Served) -> None:
    params = grant("newcomer@example.com", "SELECT")
    image = ADD.snapshot(workspace.read, ON, params)
    said = ADD.dry_run(workspace.read, ON, params, image).warnings
    assert [("USE_CATALOG" in one, "USE_SCHEMA" in one) for one in said] == [(True, False), (False, True)]
    team = ADD.snapshot(workspace.read, ON, grant(TEAM, "MODIFY"))
    assert ADD.dry_run(workspace.read, ON, grant(TEAM, "MODIFY"), team).warnings == ()


def test_all_privileges_on_the_object_keep_a_privilege_alive(workspace: Served) -> None:
    workspace.act.grants.update("table", ON.id, changes=[_change(ADA, "ALL_PRIVILEGES")])
    image = REVOKE.snapshot(workspace.read, ON, grant(ADA, "SELECT"))
    refused = [one.observed for one in REVOKE.preconditions(image, grant(ADA, "SELECT")) if one.ok is False]
    assert refused == ["SELECT comes from ALL_PRIVILEGES on the object itself"]


@pytest.mark.parametrize(("privilege", "type_", "possible"), [
    ("USE_CATALOG", "table", False), ("READ_VOLUME", "table", False), ("SELECT", "table", True), ("SELECT", "schema", True),
    ("CREATE_SCHEMA", "schema", False), ("CREATE_SCHEMA", "catalog", True), ("EXECUTE", "function", True),
])  # fmt: skip
def test_a_privilege_must_be_one_of_the_type(privilege: str, type_: str, possible: bool) -> None:
    image = {"privileges": [], "_inherited": {}, "_type": type_}
    checks = {one.id: one.ok for one in ADD.preconditions(image, grant(ADA, privilege))}
    assert checks["applies"] is possible


@pytest.mark.parametrize("principal", ["a\nb", "", "x" * 256, "a`b", "a\u200bb", "a\tb"])
def test_a_principal_has_nothing_unseen_and_no_backquote(principal: str) -> None:
    with pytest.raises(BadParams) as refused:
        grant(principal, "SELECT")
    assert refused.value.problems.keys() == {"principal"}


def test_another_principals_grants_stay(workspace: Served) -> None:
    on = target("table", world().tables.full_name[5])
    workspace.act.grants.update("table", on.id, changes=[_change(ADA, "SELECT"), _change("bo.x@example.com", "SELECT")])
    image = REVOKE.snapshot(workspace.read, on, grant(ADA, "SELECT"))
    REVOKE.execute(workspace.act, on, grant(ADA, "SELECT"), image, KEY)
    assert direct(workspace, "table", on.id)["bo.x@example.com"] == ["SELECT"]
    assert ADA not in direct(workspace, "table", on.id)
    assert workspace.effects[-1].detail["removed"] == [[ADA, "SELECT"]]
