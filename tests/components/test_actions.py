"""What can be done with a thing, each with the reason why not, and the target that an action is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from actions.inbox_intake import KindForm, forms
from approvals.people.people import Person
from approvals.reading.held_back import COLUMNS
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from approvals.values.value import Json
from components.text.view_context import ViewContext
from components.things.actions import TARGETS, Subject, actions_for, target_of
from components.things.can_do import tile as can_be_done
from components.tiles.tile import Empty, Finding, Frames, Grid
from things import KINDS, Thing

ANN = Person("u1", "ann@example.com")
WAREHOUSE = Subject(Thing("warehouse", "w1", "1"), "bi")


@dataclass(frozen=True)
class Intake:
    """Lets everybody propose but who is nobody."""

    def kinds(self) -> Mapping[str, KindForm]:
        return forms()

    def wrong(self, kind: str, params: Json) -> Mapping[str, str]:
        return {}

    def why_not(self, person: Person | None, kind: str = "") -> str:
        return "" if person else "Nobody is signed in."

    def propose(self, kind: str, target: Target, params: Json, person: Person, why: str) -> str:
        raise AssertionError


def reasons(subject: Subject, person: Person | None = ANN) -> set[str]:
    return {one.why_not for one in actions_for(subject, Intake(), person)}


def test_a_thing_has_the_kinds_whose_target_it_can_be() -> None:
    names = {one.kind for one in actions_for(WAREHOUSE, Intake(), ANN)}
    assert {"warehouse.set_autostop", "warehouse.resize", "notify.owner"} <= names
    assert not {name for name in names if name.startswith(("job.", "cluster."))}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_thing_has_actions_or_is_no_target(kind: str) -> None:
    thing = Thing(KINDS[kind].key, "7/8" if kind == "run" else "7", "1" if KINDS[kind].in_workspace else "")
    assert bool(actions_for(Subject(thing, "x"), Intake(), ANN)) == (kind in TARGETS)


def test_people_can_be_taught_told_written_of_and_moved_between_groups() -> None:
    names = {one.kind for one in actions_for(Subject(Thing("principal", "ann@x.com"), "ann"), Intake(), ANN)}
    assert names == {
        "training.suggest", "notify.owner", "ticket.open", "group.add_member", "group.remove_member",
        "user.activate", "user.deactivate",
    }  # fmt: skip
    prod = Subject(Thing("workspace", "1"), "prod", places=("1",))
    assert target_of(prod).workspace_id == "1" and reasons(prod) == {""}


class WithoutGroups(Intake):
    """The policy has switched the kinds off that change who is in a group."""

    def why_not(self, person: Person | None, kind: str = "") -> str:
        return "Switched off." if kind.startswith("group.") else ""


def test_what_cannot_be_proposed_now_stands_behind_what_can() -> None:
    found = actions_for(Subject(Thing("principal", "ann@x.com"), "ann"), WithoutGroups(), ANN)
    assert [one.kind for one in found] == [
        "notify.owner", "ticket.open", "training.suggest", "user.activate", "user.deactivate", "group.add_member",
        "group.remove_member",
    ]  # fmt: skip


def test_why_not_is_said() -> None:
    assert reasons(WAREHOUSE) == {""}
    assert reasons(WAREHOUSE, None) == {"Nobody is signed in."}
    assert reasons(Subject(WAREHOUSE.thing, "bi", deleted=True)) == {"SQL warehouse bi is deleted."}
    assert reasons(Subject(WAREHOUSE.thing, "bi", places=("2",))) == {
        "It is not in a workspace whose rows you may see."
    }
    assert reasons(Subject(WAREHOUSE.thing, "bi", places=("1", "2"))) == {""}
    table = Thing("table", "main.sales.orders")
    assert reasons(Subject(table, "orders", places=("1",))) == {"It is not in a workspace whose rows you may see."}


def test_the_target_is_known_as_the_workspace_knows_it() -> None:
    assert target_of(WAREHOUSE) == Target(workspace_id="1", type="warehouse", id="w1", name="bi")
    assert target_of(Subject(Thing("run", "7/8", "1"), "etl, run 8")).id == "8"
    assert target_of(Subject(Thing("endpoint", "e1", "1"), "churn")).id == "churn"
    assert target_of(Subject(Thing("table", "a.b.c"), "a.b.c")).workspace_id == ""


def page() -> None:
    from components.things.actions import body
    from tests.components.test_actions import ANN, PRESSED, WAREHOUSE

    body(WAREHOUSE, PRESSED, lambda: ANN)


class Pressed(Intake):
    """Remembers what was handed in; refuses a short sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str, Json, str]] = []

    def wrong(self, kind: str, params: Json) -> Mapping[str, str]:
        return {"auto_stop_minutes": "At most 1440."} if params.get("auto_stop_minutes", 0) > 1440 else {}

    def propose(self, kind: str, target: Target, params: Json, person: Person, why: str) -> str:
        if len(why) < 10:
            raise Refusal("Say why in 10 characters.")
        self.seen.append((kind, target.key, params, person.name))
        return "p1"


PRESSED = Pressed()


def test_the_form_says_what_became_of_it_and_keeps_what_was_typed() -> None:
    test = AppTest.from_function(page, default_timeout=30).run()
    test.selectbox[0].set_value("warehouse.set_autostop").run()

    def propose() -> None:
        next(one for one in test.button if one.label == "Propose").click().run()
        assert not test.exception

    test.number_input[0].set_value(5000)
    propose()
    assert "At most 1440" in " ".join(one.value for one in test.markdown)
    test.number_input[0].set_value(10)
    propose()
    assert "Say why in 10 characters" in test.error[0].value
    assert test.number_input[0].value == 10 and PRESSED.seen == []
    test.text_area[0].set_value("It idles all night.")
    propose()
    assert "Others decide" in test.success[0].value
    assert PRESSED.seen == [("warehouse.set_autostop", "1/warehouse/w1", {"auto_stop_minutes": 10}, "ann@example.com")]


def test_the_form_opens_with_the_kind_that_was_asked_for_where_it_fits() -> None:
    def script() -> None:
        import streamlit as st

        from components.things.actions import open_form
        from tests.components.test_actions import ANN, PRESSED, WAREHOUSE

        open_form(WAREHOUSE, PRESSED, lambda: ANN, st.query_params["kind"])

    for kind, chosen in (("warehouse.resize", True), ("cluster.resize", False), ("no.such", False)):
        test = AppTest.from_function(script, default_timeout=30)
        test.query_params["kind"] = kind
        test.run()
        assert not test.exception
        assert (test.selectbox[0].value == kind) == chosen


def test_the_form_begins_with_what_was_found() -> None:
    def script() -> None:
        from components.things.actions import open_form
        from tests.components.test_actions import ANN, PRESSED, WAREHOUSE

        open_form(WAREHOUSE, PRESSED, lambda: ANN, "warehouse.set_autostop", {"auto_stop_minutes": 5}, "It idles.")

    test = AppTest.from_function(script, default_timeout=30).run()
    assert not test.exception
    assert (test.number_input[0].value, test.text_area[0].value) == (5, "It idles.")


def test_a_change_is_asked_for_once_and_never_without_a_thing_or_a_kind() -> None:
    def script() -> None:
        import streamlit as st

        from components.runtime.opened import Proposing, ask_to_propose, asked_to_propose
        from tests.components.test_actions import WAREHOUSE

        ask_to_propose(None, "bi", "warehouse.resize")
        ask_to_propose(WAREHOUSE.thing, "bi", None)
        assert asked_to_propose() is None
        ask_to_propose(WAREHOUSE.thing, "bi", "warehouse.resize")
        assert asked_to_propose() == Proposing(WAREHOUSE.thing, "bi", "warehouse.resize")
        assert asked_to_propose() is None
        st.text("asked")

    test = AppTest.from_function(script, default_timeout=30).run()
    assert not test.exception and test.text[0].value == "asked"


def can_do(subject: Subject, person: Person | None = ANN, lacking: str = "") -> list[object]:
    possible = [] if lacking else actions_for(subject, Intake(), person)
    return list(can_be_done(subject, possible, lacking).build(Frames(), ViewContext()))  # type: ignore[arg-type]


def test_each_kind_of_action_has_a_button_or_the_reason_why_not() -> None:
    said, grid = can_do(WAREHOUSE)
    assert isinstance(said, Finding) and isinstance(grid, Grid)
    count = len(grid.frame)
    assert said.text == f"{count} of {count} kinds of change can be proposed now"
    assert set(grid.frame["propose"]) == {"Propose"} and "why_not" not in grid.columns
    assert grid.thing_at("name", 0) == WAREHOUSE.thing
    assert "warehouse.set_autostop" in set(grid.frame["kind"])
    assert [one.startswith("warehouse.") for one in grid.frame["kind"]][-3:] == [
        False
    ] * 3  # what fits anything comes last


@pytest.mark.parametrize(
    "thing", [Thing("run", "7/8", "1"), Thing("table", "a.b.c"), Thing("endpoint", "e", "1")], ids=str
)
def test_a_button_is_about_the_thing_of_the_page(thing: Thing) -> None:
    _, grid = can_do(Subject(thing, "x"))
    assert isinstance(grid, Grid) and grid.thing_at("name", 0) == thing


def test_where_nothing_can_be_proposed_no_button_is_there_and_the_reason_is_the_title() -> None:
    said, grid = can_do(Subject(WAREHOUSE.thing, "bi", deleted=True))
    assert isinstance(said, Finding) and said.text.endswith("can be proposed now: SQL warehouse bi is deleted.")
    assert isinstance(grid, Grid) and grid.frame["propose"].isna().all()
    assert set(grid.frame["why_not"]) == {"SQL warehouse bi is deleted."}


def test_what_is_no_target_and_a_workspace_that_is_not_connected_are_said() -> None:
    (nothing,) = can_do(Subject(Thing("proposal", "p"), "p"))
    assert isinstance(nothing, Empty) and nothing.text == "Nothing is done to a proposal here."
    (away,) = can_do(WAREHOUSE, lacking="The workspace is being connected.")
    assert isinstance(away, Empty) and away.text == "The workspace is being connected."


def test_what_agents_hold_back_says_why_and_leads_to_where_it_is_lifted() -> None:
    at = pd.Timestamp("2026-11-03 09:00", tz="UTC")
    rows = [
        ("p2", "a title", "finops.idle_warehouse", "warehouse.set_autostop", "risk_too_high", at, "until it changes"),
        ("p1", "a title", "finops.idle_warehouse", "warehouse.set_autostop", "policy", at, "until somebody lifts it"),
        ("p0", "a title", "infraops.queue_pressure", "warehouse.resize", "", at, "until 2026-11-17"),
    ]
    held = pd.DataFrame(rows, columns=list(COLUMNS))
    drawn = can_be_done(WAREHOUSE, actions_for(WAREHOUSE, Intake(), ANN), held=held).build(Frames(), ViewContext())
    (grid,) = [one for one in drawn if isinstance(one, Grid)]  # type: ignore[union-attr]
    told = grid.frame.set_index("kind")["held"].dropna().to_dict()
    assert told == {
        "warehouse.set_autostop": "Risk too high, on 2026-11-03: until it changes",
        "warehouse.resize": "Decided against, on 2026-11-03: until 2026-11-17",
    }
    assert "held" in grid.columns and set(grid.frame["propose"]) == {"Propose"}  # people may propose it all the same
    place = list(grid.frame["kind"]).index("warehouse.set_autostop")
    assert grid.thing_at("held", place) == Thing("proposal", "p2")
    assert grid.thing_at("held", list(grid.frame["kind"]).index("notify.owner")) is None
    _, without = can_do(WAREHOUSE)
    assert isinstance(without, Grid) and "held" not in without.columns
