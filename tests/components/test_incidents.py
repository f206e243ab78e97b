"""The page of incidents: in words, and worked on by those who may, once a press."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from approvals.deciding import incidents as deciding
from approvals.deciding.incident_rows import Found
from approvals.people.people import Person
from approvals.people.roles import RowLimits
from approvals.reading.incidents import incidents
from approvals.store.store import Store, Tx
from components.incidents.known import known
from components.incidents.words import NOBODY, ended, in_turn, listed, sentence
from components.incidents.work import NOT_YOURS, VERBS
from components.notices.own import Own
from tests.actions.office import the_policy
from tests.approvals.test_incidents import ANN, FAILED, LOOKED, OTHER, STALE
from tests.approvals.world import START, do
from tests.support.clock import Clock

AT: list[Own] = []
ALL = RowLimits()
POLICY = the_policy()
PAGE = """
from components.incidents.facts import handed_on
from components.incidents.harm import Harm
from components.incidents.page import draw
from components.text.view_context import ViewContext
from tests.components.test_incidents import AT, POLICY

def asked(shown, row, places):
    if row.reason:
        with places.facts:
            handed_on(row, shown, Harm("2 jobs"))

draw(AT[0], POLICY, ViewContext(), lambda agent: [("Undo", f"what {agent} did")], asked)
"""
BILLS = replace(FAILED, target=OTHER, cause=OTHER)
EVE = Person("u-eve", "eve@example.com", frozenset({"data-approvers"}))
STRANGER = Person("u-x", "x@example.com", frozenset())


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)  # a page by itself knows no other


def page(
    store: Store,
    me: Callable[[], Person | None] = lambda: ANN,
    limits: RowLimits = ALL,
    address: Mapping[str, str] = MappingProxyType({}),
) -> AppTest:
    AT[:] = [Own(store, me, me, lambda: store.clock(None), limits, "incidents", VERBS)]  # type: ignore[arg-type]
    test = AppTest.from_string(PAGE, default_timeout=30)
    for word, said in address.items():
        test.query_params[word] = said
    test.run()
    assert not test.exception
    return test


def first(test: AppTest) -> str:
    return plainly(test.markdown[0].value)


def plainly(said: object) -> str:
    return str(said).replace("\\", "")


def press(test: AppTest, label: str) -> AppTest:
    found = next(one for one in test.button if one.label == label).click().run()
    assert not found.exception
    return found


def rows(store: Store) -> pd.DataFrame:
    with store.reading() as tx:
        return incidents(tx)


def found(store: Store, *seen: Found) -> list[str]:
    came: list[str] = do(store, deciding.observed, seen, LOOKED)
    return came


def test_nothing_is_said_over_what(store: Store) -> None:
    test = page(store)
    assert "Nothing is broken that agents know of. None was answered or closed" in first(test)
    assert not test.button and not test.dataframe


def test_it_is_taken_on_and_closed_with_a_sentence(store: Store, clock: Clock) -> None:
    found(store, FAILED, STALE)
    clock.forward(minutes=40)
    test = page(store)
    assert "1 open, 1 not answered, the oldest for 40 min; the widest: orders, 2 things." in first(test)
    assert any("no write for 9 hours" in one.value for one in test.markdown)
    test = press(test, "I take it")
    assert plainly(test.success[0].value) == "It is yours." and rows(store)["owner"][0] == ANN.name
    test.text_area[0].set_value("the grant is back")
    test = press(test, "Close")
    row = rows(store).iloc[0]
    assert (row["state"], row["reason"], row["words"], row["closed_by"]) == (
        "closed", "mended", "the grant is back", ANN.name,
    )  # fmt: skip
    assert "Answered within 40 min (median of 1), closed within 40 min (median of 1)." in first(test)
    test.text_area[0].set_value("it failed again")
    press(test, "Open it again")
    assert rows(store)["state"][0] == "answered"


def test_without_a_sentence_it_stays_open_and_says_so(store: Store) -> None:
    found(store, FAILED)
    test = press(page(store), "Close")
    assert test.error[0].value.startswith("Say it in a sentence") and rows(store)["state"][0] == "open"


def test_two_of_one_cause_are_joined(store: Store) -> None:
    one, two = found(store, FAILED, BILLS)
    test = page(store)
    test.selectbox(key="incident").set_value(two).run()
    test.selectbox(key="incident-into").set_value(one)
    test.text_area[0].set_value("both read that table")
    press(test, "Join")
    known = rows(store).set_index("incident_id")
    assert known.loc[two, "merged_into"] == one and known.loc[one, "findings"] == 2


@pytest.mark.parametrize("who", [STRANGER, None])
def test_who_may_not_work_on_it_changes_nothing(store: Store, who: Person | None) -> None:
    found(store, replace(FAILED, owner="team-orders"))
    test = page(store, lambda: who)
    if who is None:
        assert all(one.disabled for one in test.button)
        return
    assert plainly(press(test, "I take it").error[0].value) == NOT_YOURS
    assert rows(store)["state"][0] == "open"


def test_only_ones_own_workspaces_are_shown(store: Store) -> None:
    found(store, FAILED)
    assert "Nothing is broken" in first(page(store, limits=RowLimits(frozenset({"2"}))))
    assert "1 open" in first(page(store, limits=RowLimits(frozenset({"1"}))))
    assert "Nothing is broken" in first(page(store, limits=RowLimits(cost_centers=frozenset({"a"}))))


def test_what_needs_somebody_comes_first(store: Store, clock: Clock) -> None:
    (one,) = found(store, FAILED)
    clock.forward(minutes=5)
    (two,) = found(store, FAILED, BILLS)
    do(store, deciding.answer, one, ANN)
    assert in_turn(rows(store)) == [two, one]
    do(store, deciding.close, two, ANN, "false alarm", "a test")
    assert in_turn(rows(store)) == [one, two]


def test_rows_in_words_are_harmless_and_name_things(store: Store) -> None:
    evil = OTHER.model_copy(update={"name": "<b>[x](http://y)</b>"})
    found(store, replace(FAILED, target=evil, cause=evil, title="**bold**"))
    row = listed(rows(store)).iloc[0]
    assert (row["thing_kind"], row["thing_id"], row["workspace_id"]) == ("job", "8", "1")
    assert row["owner"] == NOBODY and row["waiting"] is None
    test = page(store)
    assert not any("<b>" in one.value for one in [*test.markdown, *test.subheader])


def test_how_one_ended_in_words(store: Store) -> None:
    (one,) = found(store, FAILED)
    for _ in range(2):
        found(store)
    row = next(rows(store).itertuples())
    assert ended(row) == "Healthy again, closed by itself" and row.incident_id == one
    assert sentence(rows(store), START + dt.timedelta(hours=1)).startswith("Nothing is broken")


def test_they_are_read_and_their_tables_made_once_until_something_of_them_changes(store: Store, clock: Clock) -> None:
    opened = do(store, lambda tx: deciding.observed(tx, [FAILED, BILLS], LOOKED))[0]
    steps: list[Callable[[Tx], object]] = [
        lambda tx: deciding.answer(tx, opened, ANN),
        lambda tx: deciding.answer(tx, opened, EVE),
        lambda tx: deciding.close(tx, opened, ANN, "accepted", "It is known."),
        lambda tx: deciding.reopen(tx, opened, ANN, "It is not."),
        lambda tx: deciding.observed(tx, [FAILED], LOOKED),
        lambda tx: deciding.observed(tx, [FAILED, replace(STALE, cause=FAILED.cause)], LOOKED),
    ]
    for step in steps:
        with store.reading() as tx:
            before, again = known(tx, None, opened), known(tx, None, opened)
        assert before is again and before.open is again.open
        clock.forward(minutes=1)
        do(store, step)
        with store.reading() as tx:
            assert known(tx, None, opened) is not before


def test_who_may_see_other_workspaces_is_not_shown_what_another_was(store: Store) -> None:
    do(store, lambda tx: deciding.observed(tx, [FAILED], LOOKED))
    with store.reading() as tx:
        assert len(known(tx, None, "").rows) == 1
        assert known(tx, (), "").rows.empty


def test_what_ended_alike_is_shown_with_what_ended_it(store: Store, clock: Clock) -> None:
    (one,) = found(store, FAILED)
    clock.forward(minutes=90)
    do(store, deciding.close, one, ANN, "mended", "the grant is back")
    found(store, BILLS)
    said = [plainly(markdown.value) for markdown in page(store).markdown]
    assert "**1 earlier one like it ended: 1 mended; open for 2 h (median).**" in said
    with store.reading() as tx:
        (row,) = known(tx, None, "").past.frame.to_dict("records")
    assert (row["name"], row["took"], row["why"]) == ("orders", 5400.0, f"Mended, by {ANN.name}: the grant is back")
    assert (row["open"], row["words"]) == ("Open", {"incident": one})
    clock.forward(days=31)  # it is on the page no more
    with store.reading() as tx:
        (row,) = known(tx, None, "").past.frame.to_dict("records")
    assert row["open"] is None


def test_the_first_sentence_names_the_widest_and_counts_duplicates(store: Store, clock: Clock) -> None:
    one, two = found(store, FAILED, STALE, BILLS)
    said = sentence(rows(store), START)
    assert "2 without an owner" not in said and "; the widest: orders, 2 things. " in said
    assert said.endswith("0 duplicates of 2 opened in 30 days.")
    do(store, deciding.merge, two, one, ANN, "both read that table")
    said = sentence(rows(store), START)
    assert "; the widest: orders, 3 things. " in said and said.endswith("1 duplicate of 2 opened in 30 days.")
    clock.forward(days=31)
    assert "duplicate" not in sentence(rows(store), START + dt.timedelta(days=31))


def test_what_can_be_done_is_shown_while_it_is_open_alone(store: Store) -> None:
    (one,) = found(store, FAILED)
    said = [plainly(markdown.value) for markdown in page(store).markdown]
    assert "**0 changes are proposed. Doing nothing: what waiting costs is not known.**" in said
    do(store, deciding.close, one, ANN, "mended", "the grant is back")
    assert not any("Doing nothing" in plainly(markdown.value) for markdown in page(store).markdown)


def test_the_one_of_the_address_is_shown_whole(store: Store) -> None:
    _, two = found(store, FAILED, BILLS)
    test = page(store, address={"incident": two})
    assert test.selectbox(key="incident").value == two and "bills" in test.subheader[0].value
    assert any("**bills**" in plainly(markdown.value) for markdown in test.markdown)


def test_its_runbook_is_in_a_fold(store: Store) -> None:
    found(store, FAILED)
    test = page(store)
    assert [fold.label for fold in test.expander] == ["Runbook: how it is seen, mended, checked and undone"]
    assert "- Undo: what pipelineops.failed did" in [plainly(one.value) for one in test.markdown]


def test_a_closed_one_has_its_facts_to_take_along(store: Store) -> None:
    (one,) = found(store, FAILED)
    do(store, deciding.close, one, ANN, "mended", "the grant is back")
    test = page(store)
    assert any(plainly(markdown.value).startswith("- **How it ended**: Mended, by") for markdown in test.markdown)
    assert "- **Who was hit**: 2 jobs" in [plainly(markdown.value) for markdown in test.markdown]


def test_a_title_that_begins_with_the_name_of_its_cause_does_not_say_it_twice(store: Store) -> None:
    named = replace(FAILED, title=f"{FAILED.cause.name} writes nothing")
    do(store, lambda tx: deciding.observed(tx, [named, replace(BILLS, title="it failed")], LOOKED))
    with store.reading() as tx:
        names = set(known(tx, None, "").names.values())
    assert names == {named.title, f"{BILLS.cause.name}: it failed"}
