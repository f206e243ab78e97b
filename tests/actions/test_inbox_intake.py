"""The port of the inbox: whatever goes wrong behind it is a sentence for the person, and a verb is one method more."""

from __future__ import annotations

import inspect
from typing import Any, cast

import pytest

from actions.desk import Desk
from actions.inbox_intake import InboxIntake, forms, wrong
from actions.registry import KINDS
from approvals.people.people import Person, Unreachable
from approvals.values.refusals import NotYours, Refusal
from components.inbox.services import Intake

ANN = Person("u-1", "ann@example.com")
GIVEN: dict[str, tuple[Any, ...]] = {
    "edit": ("p1", 1, {}, ANN, "why"),
    "override": ("p1", "warehouse.start", {}, ANN, "other", "why"),
    "undo": ("p1", ANN, "why"),
    "emergency": ("p1", 1, ANN, "INC-7", "why"),
    "reread": (None,),
    "verify": ("p1",),
}
UNTRIED = {"kinds", "wrong", "starts"}  # they ask no workspace


class Broken:
    """A desk at which everything fails in one way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        raise self.error


def test_every_verb_of_the_port_is_tried() -> None:
    verbs = {name for name, _ in inspect.getmembers(Intake, inspect.isfunction) if not name.startswith("_")}
    assert verbs - UNTRIED == set(GIVEN)
    assert verbs <= set(dir(InboxIntake))


@pytest.mark.parametrize("verb", GIVEN)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("tok"), "It could not be worked out"),
        (NotYours("Not yours."), "^Not yours.$"),
        (Unreachable("Nobody answers."), "^Nobody answers.$"),
    ],
)
def test_what_goes_wrong_is_a_sentence(verb: str, error: Exception, said: str) -> None:
    at = InboxIntake(cast(Desk, Broken(error)))
    with pytest.raises((Refusal, Unreachable), match=said):
        getattr(at, verb)(*GIVEN[verb])


def test_every_kind_has_a_form() -> None:
    assert forms().keys() == KINDS.keys()
    assert all(one.title and one.schema["type"] == "object" and one.resources for one in forms().values())
    assert wrong("warehouse.set_autostop", {"auto_stop_minutes": 10}) == {}
    assert wrong("warehouse.set_autostop", {}) == {"auto_stop_minutes": "auto_stop_minutes is missing."}
