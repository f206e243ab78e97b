"""What an unusual cost is, is said by who may, over a connection that may decide, once for each press, and the ledger knows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from approvals.deciding import cost_marks
from approvals.deciding.cost_marks import CostMark, Event
from approvals.ledger import ledger
from approvals.people.identity import ReloadFirst
from approvals.people.people import Person, Unreachable
from approvals.store.nonces import NotThisClick
from approvals.store.store import Store
from approvals.values.refusals import NotYours
from components.ledger import told
from components.sections.mark_cost import Asked, Marking, written
from tests.actions.office import the_policy
from tests.approvals.world import START
from tests.support.clock import Clock
from tests.support.stores import store_at

FINANCE = Person("u-fin", "fin@example.com", frozenset({"finops-approvers"}))
VIEWER = replace(FINANCE, groups=frozenset({"viewers", "data-approvers"}))
EVENT = Event("1", "SQL", "9", dt.date(2026, 11, 23), dt.date(2026, 11, 24))
SCRIPT = """
from components.sections.mark_cost import body
from tests.components.test_mark_cost import AT, asked

body(asked(), AT[0], "UTC")
"""
AT: list[Marking] = []


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(START))
    yield made
    made.engine.dispose()


def asked() -> Asked:
    said = cost_marks.said_of(EVENT, kept(AT[0].store), START.date())
    return Asked(EVENT, "wh-9", said)


def form(store: Store, me: Callable[[], Person | None], workspaces: tuple[str, ...] | None = None) -> AppTest:
    AT[:] = [Marking(store, the_policy(), me, lambda: START, workspaces)]
    test = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not test.exception
    return test


def saved(test: AppTest, what: str, why: str = "month end") -> AppTest:
    test.radio[0].set_value(what).run()
    test.text_area[0].input(why)
    return test.button[0].click().run()


def kept(store: Store) -> list[CostMark]:
    with store.reading() as tx:
        return cost_marks.marks(tx)


def entries(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as tx:
        found = ledger.search(tx, event="cost.")
    return [(one.event, one.actor, told.about(one, {})) for one in reversed(found)]


def test_who_decides_about_costs_says_it_was_expected_mutes_it_and_opens_it_again(store: Store) -> None:
    assert not saved(form(store, lambda: FINANCE), "expected").error
    assert [(one.state, one.why, one.marked_by) for one in kept(store)] == [("expected", "month end", FINANCE.name)]
    test = form(store, lambda: FINANCE)
    assert "month end" in test.markdown[0].value  # what is said of it now
    assert not saved(test, "muted").error
    assert [(one.state, one.until) for one in kept(store)] == [("muted", START.date() + dt.timedelta(days=30))]
    assert not saved(form(store, lambda: FINANCE), "open", "").error
    assert kept(store) == []
    about = "SQL · 9 of workspace 1, from 2026-11-23"
    assert entries(store) == [(f"cost.{what}", FINANCE.name, about) for what in ("expected", "muted", "reopened")]


def test_without_a_reason_nothing_is_kept_and_what_was_typed_stays(store: Store) -> None:
    test = saved(form(store, lambda: FINANCE), "expected", "   ")
    assert "Say why" in test.error[0].value and kept(store) == [] and entries(store) == []


def no_origin() -> Person:
    raise ReloadFirst("This connection does not say where it comes from: you can read, not decide.")


@pytest.mark.parametrize("later", [lambda: VIEWER, lambda: None, no_origin], ids=["viewer", "nobody", "no origin"])
def test_nobody_else_does(store: Store, later: Callable[[], Person | None]) -> None:
    """Neither is the button on, nor does a press count that was drawn for somebody who may."""
    test = form(store, later)
    assert test.button[0].disabled and test.info
    words = {"mark": "of somebody who may"}
    with pytest.raises((NotYours, Unreachable)):
        written(EVENT, "expected", None, "why", AT[0], words)
    assert kept(store) == [] and entries(store) == []


def test_a_cost_of_another_workspace_is_refused(store: Store) -> None:
    test = saved(form(store, lambda: FINANCE, ("2",)), "expected")
    assert "not one of a workspace of yours" in test.error[0].value and kept(store) == []


def test_a_word_is_good_once_for_who_got_it_and_for_that_event(store: Store) -> None:
    form(store, lambda: FINANCE)
    with pytest.raises(NotThisClick):
        written(EVENT, "expected", None, "why", AT[0], {"mark": "made up"})
    other = replace(AT[0], me=lambda: replace(FINANCE, id="u-other", name="other@example.com"))
    with pytest.raises(NotThisClick):
        written(EVENT, "expected", None, "why", other, {"mark": "made up"})
    assert kept(store) == []


def test_what_the_ledger_keeps_is_the_whole_of_it(store: Store) -> None:
    saved(form(store, lambda: FINANCE), "muted", "being moved")
    with store.reading() as tx:
        (entry,) = ledger.search(tx, event="cost.")
    body = json.loads(entry.body)
    assert body["until"] == (START.date() + dt.timedelta(days=30)).isoformat() and body["reason"] == "being moved"
    assert told.sentence(entry).startswith("muted unusual costs of a place")
