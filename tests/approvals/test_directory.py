"""The workspace's directory when the workspace gives no answer: nobody is let in, and nobody waits for it twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from approvals.people import scim
from approvals.people.people import Unreachable
from approvals.people.scim import ScimDirectory
from demo.workspace.people import LOCAL
from tests.demo.workspace import Served, served


class Ticks:
    """Stands in for the module ``time``."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


class Line:
    """The client of a workspace whose line may be cut; counts how often it is picked up."""

    def __init__(self, there: Served) -> None:
        self.there, self.cut, self.calls = there, False, 0

    def __call__(self) -> Any:
        self.calls += 1
        if self.cut:
            raise TimeoutError("Timed out after 0:00:05")
        return self.there.client()


@pytest.fixture(scope="module")
def there() -> Iterator[Served]:
    with served() as one:
        yield one


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    made = Ticks()
    monkeypatch.setattr(scim, "time", made)
    return made


def test_who_gave_no_answer_is_left_alone_for_a_while(there: Served, clock: Ticks) -> None:
    line = Line(there)
    directory = ScimDirectory(line, kept=0, nested=0)
    line.cut = True
    for look_up in (lambda: directory.person(LOCAL), lambda: directory.named("local"), directory.deciders):
        with pytest.raises(Unreachable):
            look_up()
    assert line.calls == 1
    line.cut = False
    with pytest.raises(Unreachable):  # it may be back, but who may decide is still unknown
        directory.person(LOCAL)
    clock.now += scim.SILENT
    found = directory.person(LOCAL)
    assert found is not None and found.name == "local"


def test_what_was_known_stays_known_while_the_line_is_cut(there: Served, clock: Ticks) -> None:
    line = Line(there)
    directory = ScimDirectory(line)
    known = directory.person(LOCAL)
    line.cut = True
    with pytest.raises(Unreachable):
        directory.named("local")
    assert known is not None and directory.person(LOCAL) == known


def test_a_refusal_is_an_answer(there: Served, clock: Ticks) -> None:
    line = Line(there)
    directory = ScimDirectory(line, kept=0, nested=0)
    there.emulator.faults.set("forbidden", 1, name="/Users")
    with pytest.raises(Unreachable):
        directory.person(LOCAL)
    assert directory.person(LOCAL) is not None


def test_the_people_of_a_group_are_named_however_it_is_written(there: Served) -> None:
    directory = ScimDirectory(lambda: there.client())
    groups = list(there.client().groups.list(attributes="displayName,members"))
    full = next(one for one in groups if one.members and str(one.members[0].ref).startswith("Users/"))
    named = directory.members(str(full.display_name).upper())
    assert named and named == tuple(
        sorted(str(one.display) for one in full.members or () if str(one.ref).startswith("Users/"))
    )
    assert directory.members("no such group") == ()


def test_groups_that_cannot_be_listed_name_nobody(there: Served, clock: Ticks) -> None:
    line = Line(there)
    line.cut = True
    assert ScimDirectory(line).members("finops-approvers") == ()
