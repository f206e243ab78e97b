"""Asking to be told of a thing, and the page of one's notices: one's own, once a press, and never a page that breaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from approvals.people import notices, telling
from approvals.people.identity import ReloadFirst
from approvals.people.notice_choices import Choice, chosen
from approvals.people.notices import Notice, mine
from approvals.people.people import Person, Unreachable
from approvals.people.roles import RowLimits
from approvals.people.telling import Event
from approvals.store.store import Store
from approvals.values.refusals import Refusal
from components.notices import page
from components.notices.choice import sentence
from components.notices.own import Own, written
from components.text.view_context import ViewContext
from tests.approvals.world import ANN, BO, START, do
from tests.support.clock import Clock
from things import Thing

JOB = Thing("job", "10", "1")
ALL = RowLimits()
AT: list[Own] = []
FORM = """
from components.notices.form import body
from tests.components.test_notices import AT, JOB
body(AT[0], JOB, "load <b>", "page")
"""
PAGE = """
from components.notices.page import draw
from components.text.view_context import ViewContext
from tests.components.test_notices import AT
draw(AT[0], ViewContext(), AT[0].now())
"""


def at(store: Store, me: Callable[[], Person | None] = lambda: ANN, limits: RowLimits = ALL) -> Own:
    AT[:] = [Own(store, me, me, lambda: store.clock(None), limits)]  # type: ignore[arg-type]
    return AT[0]


def run(script: str) -> AppTest:
    test = AppTest.from_string(script, default_timeout=30).run()
    assert not test.exception
    return test


def press(test: AppTest, label: str) -> AppTest:
    found = next(one for one in test.button if one.label == label).click().run()
    assert not found.exception
    return found


def kept(store: Store, person: Person = ANN) -> list[str]:
    with store.reading() as tx:
        return [one.kind for one in mine(tx, person)]


def watch(store: Store, person: Person = ANN, thing: Thing = JOB, name: str = "load") -> str:
    return str(do(store, notices.ask, person, ALL, "failed", thing, name))


def test_who_asks_is_told_from_then_on(store: Store) -> None:
    at(store)
    test = press(run(FORM), "Tell me")
    assert test.success[0].value.startswith("You will be told when") and kept(store) == ["failed"]
    assert any("You are told when a run of it fails" in one.value for one in test.markdown)
    assert kept(store, BO) == []


def test_a_budget_needs_its_amount(store: Store) -> None:
    at(store)
    test = run(FORM)
    budget = next(one for one in notices.kinds_for(JOB) if one.budget)
    test.radio[0].set_value(budget).run()
    assert next(one for one in test.button if one.label == "Tell me").disabled
    test.number_input[0].set_value(250.5).run()
    assert press(test, "Tell me").success
    with store.reading() as tx:
        assert [(one.kind, one.budget, one.currency) for one in mine(tx, ANN)] == [("budget", Decimal("250.5"), "USD")]
    assert page.when(mine_of(store)) == "its month costs more than a budget of 250.50 USD"


def mine_of(store: Store) -> Notice:
    with store.reading() as tx:
        return mine(tx, ANN)[0]


def no_origin() -> Person:
    raise ReloadFirst("This connection does not say where it comes from: you can read, not decide.")


@pytest.mark.parametrize("me", [lambda: None, no_origin], ids=["nobody", "no origin"])
def test_nobody_else_can(store: Store, me: Callable[[], Person | None]) -> None:
    own = replace(at(store), me=me)
    AT[:] = [own]
    test = run(FORM)
    assert all(one.disabled for one in test.button if one.label == "Tell me")
    words = replace(own, me=lambda: ANN).words()
    for acting in (me, lambda: BO):  # a word of another person counts for nobody
        with pytest.raises((Refusal, Unreachable)):
            written(
                replace(own, me=acting),
                words,
                "tell",
                lambda tx, person: notices.ask(tx, person, ALL, "failed", JOB, ""),
            )
    assert kept(store) == [] and kept(store, BO) == []


def test_a_word_counts_once(store: Store) -> None:
    """Outside of a page the session that words lie in is empty at every look."""
    own = at(store)
    words = own.words()
    written(own, words, "tell", lambda tx, me: notices.ask(tx, me, ALL, "failed", JOB, ""))
    with pytest.raises(Refusal, match="counts no more"):
        written(own, words, "tell", lambda tx, me: notices.ask(tx, me, ALL, "failed", replace(JOB, id="20"), ""))


def test_what_somebody_may_not_see_cannot_be_asked_for(store: Store) -> None:
    at(store, limits=RowLimits(workspaces=frozenset({"2"})))
    test = run(FORM)
    assert not test.button and "not yours to see" in test.caption[0].value


def test_a_directory_that_is_away_is_said(store: Store) -> None:
    def away() -> Person:
        raise Unreachable("The workspace's directory cannot be asked now.")

    at(store, away)
    assert "cannot be asked now" in run(FORM).caption[0].value
    assert "cannot be asked now" in run(PAGE).warning[0].value


def test_the_empty_page_says_how_to_begin(store: Store) -> None:
    at(store)
    said = " ".join(one.value for one in [*run(PAGE).markdown, *run(PAGE).caption])
    assert "press **Tell me**" in said and page.SILENT in said and "told of 0 things" in said


def event(clock: Clock, key: str, subject: str = "Job load failed") -> Event:
    return Event(key, clock.now, subject, "Run 1 ended")


def test_what_was_told_is_there_and_new_until_it_is_read(store: Store, clock: Clock) -> None:
    watch(store)
    watch(store, BO)
    with store.reading() as tx:
        (one,) = mine(tx, ANN)
    do(store, telling.tell, one, event(clock, "1"))
    clock.forward(minutes=5)
    do(store, telling.tell, one, event(clock, "2", "Job *load* <x> failed"))
    at(store)
    first = run(PAGE)
    assert first.markdown[0].value.startswith("2 messages new since you looked")
    told = first.dataframe[1].value
    assert list(told["subject"]) == ["Job *load* <x> failed", "Job load failed"]
    clock.forward(minutes=5)
    assert run(PAGE).markdown[0].value.startswith("Nothing new since you looked")
    at(store, lambda: BO)
    assert len(run(PAGE).dataframe) == 1  # was told nothing


def test_one_is_muted_told_again_and_ended(store: Store, clock: Clock) -> None:
    ident = watch(store)
    at(store)
    assert "Choose one first" in press(run(PAGE), "Mute").error[0].value
    test = run(PAGE)
    test.selectbox[0].set_value(ident)
    test.selectbox[1].set_value("a week")
    test = press(test, "Mute")
    assert test.success[0].value.startswith("Muted for a week")
    assert test.dataframe[0].value["state"][0].startswith("Muted until 2 Dec")
    test.selectbox[0].set_value(ident)
    test = press(test, "Unmute")
    assert test.dataframe[0].value["state"][0].startswith("Not looked at yet")
    test.selectbox[0].set_value(ident)
    test = press(test, "End")
    assert test.success[0].value.startswith("Ended") and kept(store) == [] and page.NONE in test.markdown[1].value


STATES: list[tuple[dict[str, Any], str]] = [
    ({}, "Not looked at yet"), ({"checked_at": START}, "Watching"), ({"checked_at": START, "could_not": "No grant"}, "No grant"),
    ({"muted_until": START + dt.timedelta(hours=1)}, "Muted until"), ({"muted_until": START, "checked_at": START}, "Watching"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), STATES)
def test_how_it_stands_is_in_words(store: Store, given: dict[str, Any], said: str) -> None:
    watch(store)
    with store.reading() as tx:
        (one,) = mine(tx, ANN)
    assert page.state(replace(one, **given), ViewContext(), START).startswith(said)


CHOICE = PAGE.replace("now())", "now(), ('notice', 'notice-slack'))")


def said_of(test: AppTest) -> list[str]:
    return [one.value.replace("\\", "") for one in test.caption]


def test_one_chooses_where_and_how_often_one_is_told(store: Store) -> None:
    at(store)
    test = run(CHOICE)
    assert "Messages go to the usual channel, at once." in said_of(test)
    where, often = (next(one for one in test.selectbox if one.label == label) for label in ("Where", "How often"))
    assert where.options == ["Usual channel", "Slack", "Only here"]
    where.set_value("notice-slack")
    often.set_value("Once a day at 07:00")
    press(test, "Save")
    with store.reading() as tx:
        assert chosen(tx, ANN.id) == Choice("notice-slack", 7, ViewContext().zone)
        assert chosen(tx, BO.id) == Choice()
    assert f"Messages go to Slack, once a day at 07:00 ({ViewContext().zone})." in said_of(test)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(""), "Messages stand here and go nowhere else."),
        (Choice(), "Messages stand here: the usual channel is not set up."),
        (Choice("notice-teams"), "Messages stand here: Teams is not set up."),
    ],
)
def test_where_nothing_is_set_up_messages_are_said_to_stand_here(choice: Choice, said: str) -> None:
    assert sentence(choice, ()) == said
