"""What a person does is shown to themselves and to those who may see others, and to nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from approvals.people.people import Unreachable
from approvals.people.roles import Roles
from components.frame import identity
from components.frame.identity import Viewer
from components.text.view_context import ViewContext
from components.things import people
from components.tiles.tile import Empty, Finding, Frames, Note, Plot
from settings import settings
from tests.components.bodies import listed
from tests.components.reading import NOW, rows
from things import Thing

LOOK = ViewContext()
ANN = Thing("principal", "Ann@x.io")
AUDITS = Roles(looks=True, audits=True)


@pytest.mark.parametrize(("viewer", "may"), [
    (None, False), (Viewer("bob@x.io", False, Roles(looks=True)), False), (Viewer("ann@X.io", False, Roles(looks=True)), True),
    (Viewer("bob@x.io", False, AUDITS), True), (Viewer("ann@x.io", True, Roles(looks=True)), False),
], ids=["unknown", "another", "themselves", "an auditor", "a name that nobody checked"])  # fmt: skip
def test_who_may_see_what_a_person_does(viewer: Viewer | None, may: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "viewer", lambda _: viewer)
    monkeypatch.setattr(identity, "viewer", lambda _: viewer)
    assert people.may_see(settings(), ANN) is may


def acted(*days: tuple[int, str, int, int]) -> Frames:
    """Days (before today) of a product with so many actions, so many of them refused."""
    made: list[dict[str, Any]] = [
        {"day": (NOW - dt.timedelta(days=ago)).date(), "product": product, "actions": count, "refused": refused}
        for ago, product, count, refused in days
    ]
    return Frames({"person_activity": rows("things.person_activity", made).to_pandas()})


def test_what_they_use_is_said_with_the_most_used_first() -> None:
    said, plot = listed(people.activity(acted((2, "jobs", 4, 0), (1, "unityCatalog", 9, 2)), LOOK))
    assert (
        isinstance(said, Finding)
        and said.text == "13 actions on 2 days, last on 19 Nov, most with Unity Catalog; 2 refused."
    )
    assert said.tone == "plain" and isinstance(plot, Plot)
    assert isinstance(listed(people.activity(acted(), LOOK))[0], Empty)


def test_whom_it_is_not_for_is_told_so() -> None:
    (body,) = listed(people.activity(Frames(), LOOK))
    assert isinstance(body, Note) and "administrators" in body.text


class Directory:
    def __init__(self, *found: str, error: str = "") -> None:
        self.found, self.error = found, error

    def owner_groups(self, name: str) -> frozenset[str]:
        if self.error:
            raise Unreachable(self.error)
        return frozenset(self.found)


@pytest.mark.parametrize(("people_", "said"), [
    (Directory("b", "a"), "a, b"), (Directory(), "in no group"), (Directory(error="asleep"), "did not answer"),
], ids=["two", "none", "unreachable"])  # fmt: skip
def test_their_groups_are_those_of_the_directory(people_: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "may_see", lambda *_: True)
    ((tile,),) = people.groups(settings(), people_, ANN)
    assert any(said in getattr(body, "text", "") for body in listed(tile.build(Frames(), LOOK)))
    assert people.groups(settings(), people_, Thing("job", "7", "1")) == [] == people.groups(settings(), None, ANN)
    monkeypatch.setattr(people, "may_see", lambda *_: False)
    assert people.groups(settings(), people_, ANN) == []


def test_rights_by_their_own_name_say_on_what() -> None:
    made: list[dict[str, Any]] = [
        {"securable_kind": "table", "securable": "main.s.t", "given": "SELECT"},
        {"securable_kind": "catalog", "securable": "main", "given": "OWNER"},
    ]
    frame = rows("things.rights_of", made).to_pandas()
    assert people.rights_said(frame, LOOK) == (
        "By their own name they hold rights on 1 catalog, 1 table; 1 of them they own"
    )
