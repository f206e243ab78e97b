"""The emulated workspace over a real socket with the real SDK: who may sign in, users and groups, the clock."""

from __future__ import annotations

from typing import Any

import pytest

from demo.emulator.server import CLIENT, SECRET, TOKEN
from demo.newcomers import newcomers
from demo.workspace.people import APP, APP_SECRET, APP_TOKEN, APPROVERS, LOCAL
from tests.demo.workspace import Served, raw


def test_each_token_is_a_principal(fresh: Served) -> None:
    person = fresh.world.people.iloc[5]
    assert fresh.client(APP_TOKEN).current_user.me().user_name == APP
    assert fresh.client(TOKEN).current_user.me().user_name == CLIENT
    assert fresh.client(f"user-token-{person.user_id}").current_user.me().user_name == person.email
    service = fresh.world.principals.iloc[2]
    assert fresh.client(f"principal-token-{service.application_id}").current_user.me().id == service.user_id


def test_client_credentials_are_checked(fresh: Served) -> None:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config

    def by(client: str, secret: str) -> Any:
        return WorkspaceClient(
            config=Config(
                host=fresh.emulator.url,
                client_id=client,
                client_secret=secret,
                auth_type="oauth-m2m",
                retry_timeout_seconds=1,
            )
        )

    assert by(APP, APP_SECRET).current_user.me().user_name == APP
    assert by(CLIENT, SECRET).current_user.me().user_name == CLIENT
    with pytest.raises(Exception, match="invalid_client"):
        by(APP, "wrong").current_user.me()


def test_strangers_get_401_and_unknown_paths_404(fresh: Served) -> None:
    for token in (None, "", "made-up"):
        status, told = raw(fresh, "GET", "/api/2.0/preview/scim/v2/Me", token=token)
        assert (status, told["error_code"]) == (401, "UNAUTHENTICATED")
    status, told = raw(fresh, "GET", "/api/2.0/no/such/thing")
    assert (status, told["error_code"], told["details"]) == (404, "ENDPOINT_NOT_FOUND", [])
    assert raw(fresh, "DELETE", "/api/2.0/sql/warehouses")[0] == 404
    assert raw(fresh, "POST", "/api/2.2/jobs/run-now", b"[1]")[0] == 400
    assert raw(fresh, "POST", "/api/2.2/jobs/run-now", b"{half")[0] == 400
    assert raw(fresh, "POST", "/_emulator/advance", b'{"hours": 1}', token=None)[0] == 401


# People


def test_users_are_found_by_name(fresh: Served) -> None:
    client = fresh.client()
    person = fresh.world.people.iloc[7]
    found = list(client.users.list(filter=f'userName eq "{person.email}"'))
    assert [(u.id, u.user_name, u.active) for u in found] == [(person.user_id, person.email, True)]
    assert f"team-{person.team}" in {g.display for g in found[0].groups}
    assert list(client.users.list(filter='userName eq "nobody@example.com"')) == []
    assert len(list(client.users.list())) == len(fresh.world.people) + len(newcomers(fresh.world)) + 1
    assert client.users.get(person.user_id).user_name == person.email


def test_the_local_user_is_in_every_group_of_approvers(fresh: Served) -> None:
    me = fresh.client(f"user-token-{LOCAL}").current_user.me()
    assert (me.id, me.user_name, me.active) == (LOCAL, "local", True)
    assert {g.display for g in me.groups} == {*APPROVERS, "freeze-approvers"}


def test_groups_overlap_a_little(fresh: Served) -> None:
    groups = {g.display_name: {m.value for m in g.members} for g in fresh.client().groups.list()}
    approvers = [groups[name] - {LOCAL} for name in APPROVERS]
    assert all(4 <= len(one) <= 6 for one in approvers)
    assert 0 < sum(map(len, approvers)) - len(set().union(*approvers)) <= 6
    admins = fresh.world.people.user_id[:3]
    assert groups["lakehelm-admins"] == set(admins)
    new = newcomers(fresh.world)
    through = new[new.succeeded.notna()]  # who joined lately is in the team from the first success on
    for team, own in fresh.world.people.groupby("team"):
        assert groups[f"team-{team}"] == {*own.user_id, *through.user_id[through.team == team]}


def test_membership_is_changed_once(fresh: Served) -> None:
    from databricks.sdk.errors import NotFound

    client, person = fresh.client(), fresh.world.people.user_id.iloc[40]
    group = next(iter(client.groups.list(filter='displayName eq "auditors"')))

    def patch(**operation: Any) -> None:
        path = f"/api/2.0/account/scim/v2/Groups/{group.id}"  # the workspace's own API changes no group of the account
        client.api_client.do("PATCH", path, body={"Operations": [operation]})

    def members() -> set[str]:
        return {m.value for m in client.groups.get(group.id).members}

    before, count = members(), len(fresh.effects)
    for _ in range(2):
        patch(op="add", value={"members": [{"value": person}]})
    assert members() == before | {person}
    assert "auditors" in {g.display for g in client.users.get(person).groups}
    for _ in range(2):
        patch(op="remove", path=f'members[value eq "{person}"]')
    assert members() == before
    assert [(e.action, e.detail["added"], e.detail["removed"]) for e in fresh.effects[count:]] == [
        ("groups.patch", [person], []),
        ("groups.patch", [], [person]),
    ]
    with pytest.raises(NotFound):
        patch(op="add", path="members", value=[{"value": "77"}])
    assert members() == before


def test_who_is_not_active_may_not_sign_in(fresh: Served) -> None:
    from databricks.sdk.errors import Unauthenticated
    from databricks.sdk.service.iam import Patch, PatchOp, PatchSchema

    person = fresh.world.people.user_id.iloc[41]
    own, shape = fresh.client(f"user-token-{person}"), [PatchSchema.URN_IETF_PARAMS_SCIM_API_MESSAGES_2_0_PATCH_OP]

    def activate(value: bool) -> None:
        operation = Patch(op=PatchOp.REPLACE, value={"active": value})
        fresh.client().users.patch(person, operations=[operation], schemas=shape)

    activate(False)
    assert fresh.client().users.get(person).active is False
    with pytest.raises(Unauthenticated):
        own.current_user.me()
    activate(True)
    assert own.current_user.me().id == person


@pytest.mark.parametrize("hours", ["-1", "9000", '"6"', "null"])
def test_the_clock_is_moved_ahead_only(fresh: Served, hours: str) -> None:
    before = fresh.state.clock()
    assert raw(fresh, "POST", "/_emulator/advance", f'{{"hours": {hours}}}'.encode())[0] == 400
    assert fresh.state.clock() == before
