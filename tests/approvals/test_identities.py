"""The names of the directory: there at once, asked for in another thread, kept where it does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from approvals.people import identities
from approvals.people.identities import AGAIN, KEPT, Identities, Identity

ANN = SimpleNamespace(id="1", user_name="ann@example.com", display_name="Ann Example")
ETL = SimpleNamespace(id="2", application_id="7d0c9a1e-0000-4000-8000-000000000001", display_name="nightly-etl")
DATA = SimpleNamespace(id="3", display_name="data-approvers", members=[SimpleNamespace(value="1")], meta=None)
ALL = (
    Identity("person", ("ann@example.com", "1"), "Ann Example"),
    Identity("service", ("7d0c9a1e-0000-4000-8000-000000000001", "2"), "nightly-etl"),
    Identity("group", ("data-approvers", "3"), "data-approvers", ("1",)),
)


class Workspace:
    """A directory that counts how often it is asked for services, and may be away."""

    def __init__(self) -> None:
        self.asked, self.away, self.now = 0, False, 0.0
        self.waiting: list[Callable[[], None]] = []
        self.users = SimpleNamespace(list=lambda attributes: [ANN])
        self.groups = SimpleNamespace(list=lambda attributes: [DATA])
        self.service_principals = SimpleNamespace(list=self._services)

    def _services(self, attributes: str) -> list[Any]:
        self.asked += 1
        if self.away:
            raise ConnectionError
        return [ETL]

    def read(self) -> Identities:
        client: Any = self
        return Identities(lambda: client, ticks=lambda: self.now, start=self.waiting.append)

    def work(self) -> None:
        self.waiting.pop()()


@pytest.fixture
def nobody() -> Iterator[None]:
    yield
    identities._KEPT.clear()


def test_who_asks_does_not_wait_and_the_directory_is_asked_once() -> None:
    there = Workspace()
    read = there.read()
    assert (read(), read(), there.asked, len(there.waiting)) == ((), (), 0, 1)
    there.work()
    assert (read(), there.asked, there.waiting) == (ALL, 1, [])


def test_what_has_not_changed_is_the_same_value() -> None:
    there = Workspace()
    read = there.read()
    read()
    there.work()
    before, there.now = read(), KEPT
    assert read() is before and len(there.waiting) == 1
    there.work()
    assert (read() is before, there.asked) == (True, 2)


def test_a_part_that_does_not_answer_keeps_its_names_and_is_asked_again_soon() -> None:
    there = Workspace()
    there.away, read = True, there.read()
    read()
    there.work()
    assert read() == (ALL[0], ALL[2])
    there.away, there.now = False, AGAIN
    read()
    there.work()
    assert set(read()) == set(ALL)
    there.away, there.now = True, there.now + KEPT
    read()
    there.work()
    assert set(read()) == set(ALL)


def test_a_process_knows_nobody_before_it_is_told_where_to_look(nobody: None) -> None:
    assert identities.known() == ()
    identities.keep(lambda: ALL)
    assert identities.known() == ALL


@pytest.mark.parametrize("kind, members", [("WorkspaceGroup", ["1"]), (None, [])])
def test_members_of_groups_of_one_workspace_or_that_nobody_tells_are_not_known(
    kind: str | None, members: list[str]
) -> None:
    there = Workspace()
    meta = SimpleNamespace(resource_type=kind)
    group = SimpleNamespace(
        id="3", display_name="x", members=[SimpleNamespace(value=one) for one in members], meta=meta
    )
    there.groups = SimpleNamespace(list=lambda attributes: [group])
    read = there.read()
    read()
    there.work()
    assert [one.members for one in read() if one.kind == "group"] == [None]
