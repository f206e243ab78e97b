"""Who is in a group: what Databricks refuses to change is refused before anything is sent; people,
services and groups are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from databricks.sdk.errors import PermissionDenied

from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Gone, Inverse
from actions.kinds.shared.principals import Ambiguous
from actions.registry import kind as kind_called
from actions.registry import parsed
from approvals.values.proposal import Target
from tests.actions.kind_cases_catalog import target
from tests.actions.workspace_server import Served, served, world

ADD, REMOVE = kind_called("group.add_member"), kind_called("group.remove_member")
KEY = "c" * 64
WHO = str(world().people[world().people.team == "finance"].email.iloc[0])
ID = str(world().people[world().people.team == "finance"].user_id.iloc[0])
BOT = str(world().principals.application_id.iloc[0])


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


def asked(group: str) -> Any:
    return parsed(REMOVE, {"group": group})


def group_id(workspace: Served, name: str) -> str:
    return next(one for one, found in workspace.state.objects["groups"].items() if found["displayName"] == name)


def members(workspace: Served, group: str) -> set[str]:
    return {one["value"] for one in workspace.state.objects["groups"][group]["members"]}


def refused(workspace: Served, on: Target, group: str) -> list[str]:
    image = REMOVE.snapshot(workspace.read, on, asked(group))
    return [one.id for one in REMOVE.preconditions(image, asked(group)) if one.ok is False]


def test_who_is_in_no_group_of_that_name_has_nothing_to_lose(workspace: Served) -> None:
    image = REMOVE.snapshot(workspace.read, target("principal", WHO), asked("team-risk"))
    assert (image["member"], REMOVE.plan(image, asked("team-risk"))) == (False, ())
    REMOVE.execute(workspace.act, target("principal", WHO), asked("team-risk"), image, KEY)
    assert workspace.effects == [] and REMOVE.inverse(target("principal", WHO), asked("team-risk"), image, {}) is None


def test_a_group_in_a_group_and_a_service_are_members_like_people(workspace: Served) -> None:
    for who, sort, group in (("team-finance", "group", "data-eng"), (BOT, "service", "data-eng")):
        on, wanted = target("principal", who), asked(group)
        image = ADD.snapshot(workspace.read, on, wanted)
        assert (image["_sort"], image["member"]) == (sort, False)
        ADD.execute(workspace.act, on, wanted, image, KEY)
        assert REMOVE.snapshot(workspace.read, on, wanted)["member"]
    assert ADD.blast(image, wanted).skipped == ()
    nested = ADD.snapshot(workspace.read, target("principal", "team-finance"), asked("data-eng"))
    assert ADD.blast(nested, wanted).skipped
    assert [one.detail["names"] for one in workspace.effects] == [
        {group_id(workspace, "team-finance"): "team-finance"}, {str(world().principals.user_id.iloc[0]): BOT},
    ]  # fmt: skip


def test_a_group_of_the_identity_provider_is_changed_there(workspace: Served) -> None:
    on = target("principal", "analysts")
    assert refused(workspace, on, "all-data") == ["kept_here"]
    image = REMOVE.snapshot(workspace.read, on, asked("all-data"))
    with pytest.raises(PermissionDenied, match="identity provider"):
        REMOVE.execute(workspace.act, on, asked("all-data"), image, KEY)
    assert workspace.effects == []


def test_a_member_is_put_in_and_taken_out_by_the_scim_api_of_the_account_and_twice_is_once(workspace: Served) -> None:
    on, wanted = target("principal", WHO), asked("team-risk")
    path = f"/api/2.0/account/scim/v2/Groups/{group_id(workspace, 'team-risk')}"
    for kind, operation in (
        (ADD, {"op": "add", "value": {"members": [{"value": ID}]}}),
        (REMOVE, {"op": "remove", "path": f'members[value eq "{ID}"]'}),
    ):
        image = kind.snapshot(workspace.read, on, wanted)
        others = members(workspace, image["_group"]) - {ID}
        workspace.workspace.bodies.clear()
        for _ in range(2):
            kind.execute(workspace.act, on, wanted, image, KEY)
        assert workspace.workspace.asked[-2:] == (f"PATCH {path}",) * 2
        shape = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        assert workspace.workspace.bodies == [{"schemas": shape, "Operations": [operation]}] * 2
        assert others and members(workspace, image["_group"]) - {ID} == others
    assert [(one.detail["added"], one.detail["removed"]) for one in workspace.effects] == [([ID], []), ([], [ID])]


def test_groups_that_databricks_keeps_and_those_of_one_workspace_are_left_alone(workspace: Served) -> None:
    state, on = workspace.state, target("principal", WHO)
    for number, (name, sort) in enumerate((("admins", "Group"), ("notes", "WorkspaceGroup")), 9900):
        made = {"id": str(number), "displayName": name, "members": [{"value": ID}], "meta": {"resourceType": sort}}
        state.put("groups", str(number), made)
        assert refused(workspace, on, name) == ["of_the_account"]
    state.put("groups", "9950", {"id": "9950", "displayName": "notes", "members": [{"value": ID}]})
    image = REMOVE.snapshot(workspace.read, on, asked("notes"))
    assert (image["_group"], image["member"]) == ("9950", True)  # the one of the account, not its namesake


def test_a_group_that_is_gone_a_stranger_and_two_that_read_alike_are_refused(workspace: Served) -> None:
    on = target("principal", WHO)
    with pytest.raises(Gone, match="no-such"):
        REMOVE.snapshot(workspace.read, on, asked("no-such"))
    with pytest.raises(Gone, match="nobody"):
        REMOVE.snapshot(workspace.read, target("principal", "nobody@example.com"), asked("team-finance"))
    with pytest.raises(BadTarget, match="knows"):
        REMOVE.snapshot(workspace.read, target("principal", WHO.upper()), asked("team-finance"))
    for number, name in ((9960, "Night"), (9961, "NIGHT")):
        workspace.state.put("groups", str(number), {"id": str(number), "displayName": name, "members": []})
    with pytest.raises(Ambiguous):
        REMOVE.snapshot(workspace.read, on, asked("night"))


@pytest.mark.parametrize("name", ['the "A" team', "a\\b", "R&D 100%", "who?", "o'brien"])
def test_a_group_of_any_name_is_reached_and_no_other(name: str, workspace: Served) -> None:
    workspace.state.put("groups", "9970", {"id": "9970", "displayName": name, "members": [{"value": ID}]})
    on, wanted = target("principal", WHO), asked(name)
    image = REMOVE.snapshot(workspace.read, on, wanted)
    assert REMOVE.inverse(on, wanted, image, {}) == Inverse("group.add_member", {"group": name})
    REMOVE.execute(workspace.act, on, wanted, image, KEY)
    assert workspace.state.objects["groups"]["9970"]["members"] == []
