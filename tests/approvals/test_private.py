"""What the store keeps on a laptop is for this user alone; and what the directory is told of groups."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.people.scim import LOCAL, ScimDirectory
from approvals.store.store import Store, engine


@pytest.fixture
def open_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_mask")
@pytest.mark.parametrize("there", [False, True], ids=["new", "made before"])
def test_the_database_and_what_lies_beside_it_are_private(tmp_path: Path, there: bool) -> None:
    home = tmp_path / "home"
    if there:
        home.mkdir(0o700)
        (home / "store.sqlite").touch(0o644)
    made = engine(f"sqlite:///{home / 'store.sqlite'}")
    with Store(made).writing() as tx:
        tx.connection.execute(sa.text("CREATE TABLE x (y INTEGER)"))
        beside = {one.name: one.stat().st_mode & 0o777 for one in home.iterdir()}
    assert {"store.sqlite", "store.sqlite-wal"} <= set(beside) and set(beside.values()) == {0o600}
    assert home.stat().st_mode & 0o777 == 0o700
    made.dispose()


def group(number: str, name: str, kind: str | None, *members: str, named: bool = True) -> Any:
    held = [SimpleNamespace(value=one, ref=f"Groups/{one}") for one in members] if named else None
    return SimpleNamespace(
        id=number, display_name=name, members=held, meta=SimpleNamespace(resource_type=kind) if kind else None
    )


def directory(*groups: Any) -> ScimDirectory:
    client = SimpleNamespace(groups=SimpleNamespace(list=lambda attributes: list(groups)))
    return ScimDirectory(lambda: client)


def user(*groups: tuple[str, str]) -> Any:
    return SimpleNamespace(
        id="1",
        user_name="ann@example.com",
        active=True,
        groups=[SimpleNamespace(value=number, display=name) for number, name in groups],
    )


def test_a_group_of_the_workspace_is_not_the_account_s() -> None:
    """Whoever administers one workspace makes a group called like the administrators' of the account."""
    there = directory(
        group("10", "lakehelm-admins", "Group"),
        group("20", "lakehelm-admins", LOCAL),
        group("30", "freeze-approvers", LOCAL, "40"),
        group("40", "data-approvers", "Group"),
        group("50", "platform-approvers", "Group", "20"),
    )
    local, account = (
        there.whole(user(("20", "lakehelm-admins"), ("40", "data-approvers"))),
        there.whole(user(("10", "lakehelm-admins"))),
    )
    assert local is not None and local.groups == {"data-approvers"}
    assert account is not None and account.groups == {"lakehelm-admins"}


def test_groups_of_an_unknown_kind_count_as_before() -> None:
    there = directory(group("10", "red", None), group("20", "blue", None, "10"))
    found = there.whole(user(("10", "red")))
    assert found is not None and found.groups == {"red", "blue"}


def test_groups_without_members_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = directory(group("10", "red", None, named=False), group("20", "blue", None, named=False)).whole(
            user(("10", "red"))
        )
    assert found is not None and found.groups == {"red"}
    assert "2 groups came without their members" in caplog.text
