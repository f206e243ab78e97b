"""A deadline is declared by who may, over a connection that may decide, once for each press, and the ledger knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from approvals.deciding import deadlines
from approvals.ledger import ledger
from approvals.people.identity import ReloadFirst
from approvals.people.people import Person, Unreachable
from approvals.store.store import Store
from approvals.values.refusals import NotYours
from components.sections.deadline_form import Declaring, written
from tests.actions.office import the_policy
from tests.approvals.world import START
from tests.support.clock import Clock
from tests.support.stores import store_at

PIPELINES = Person("u-pip", "pip@example.com", frozenset({"data-approvers"}))
SCRIPT = """
from components.sections.deadline_form import _fields
from tests.components.test_deadline_form import AT

_fields([("1", "10", "load"), ("2", "20", "other")], AT[0])
"""
AT: list[Declaring] = []
JOBS = [("1", "10", "load"), ("2", "20", "other")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(START))
    yield made
    made.engine.dispose()


def form(store: Store, me: Callable[[], Person | None], workspaces: tuple[str, ...] | None = None) -> AppTest:
    AT[:] = [Declaring(store, the_policy(), me, lambda: START, workspaces)]
    script = SCRIPT.replace("_fields([", "import streamlit as st\nwith st.form('deadline'):\n    _fields([")
    test = AppTest.from_string(script, default_timeout=30).run()
    assert not test.exception
    return test


def pressed(test: AppTest, label: str, job: int = 0) -> AppTest:
    test.selectbox[0].set_value(JOBS[job])
    test.text_input[0].input("06:30")
    return next(one for one in test.button if one.label == label).click().run()


def kept(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as tx:
        return [(one.job_id, one.due_time, one.declared_by) for one in deadlines.declared(tx)]


def told(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as tx:
        found = ledger.search(tx, event="deadline.")
    return [(one.event, one.actor, json.loads(one.body)["job"]) for one in reversed(found)]


def test_who_decides_about_pipelines_declares_and_withdraws(store: Store) -> None:
    test = pressed(form(store, lambda: PIPELINES), "Declare")
    assert test.success[0].value.startswith("Declared") and kept(store) == [("10", "06:30", PIPELINES.name)]
    test = pressed(form(store, lambda: PIPELINES), "Withdraw")
    assert test.success[0].value.startswith("Withdrawn") and kept(store) == []
    assert told(store) == [("deadline.declared", PIPELINES.name, "10"), ("deadline.withdrawn", PIPELINES.name, "10")]
    assert pressed(form(store, lambda: PIPELINES), "Withdraw").info and len(told(store)) == 2


def no_origin() -> Person:
    raise ReloadFirst("This connection does not say where it comes from: you can read, not decide.")


VIEWER = replace(PIPELINES, groups=frozenset({"viewers", "finops-approvers"}))


@pytest.mark.parametrize("later", [lambda: VIEWER, lambda: None, no_origin], ids=["viewer", "nobody", "no origin"])
def test_nobody_else_does(store: Store, later: Callable[[], Person | None]) -> None:
    """Neither is the button on, nor does a press count that was drawn for somebody who may."""
    assert all(one.disabled for one in form(store, later).button)
    who: list[Callable[[], Person | None]] = [lambda: PIPELINES]
    for label in ("Declare", "Withdraw"):
        test = form(store, lambda: who[0]())
        who[0] = later
        assert not pressed(test, label).success
        who[0] = lambda: PIPELINES
        words = AT[0].words()
        who[0] = later
        with pytest.raises((NotYours, Unreachable)):
            written(JOBS[0], "06:30", "UTC", label == "Withdraw", AT[0], words)
        who[0] = lambda: PIPELINES
    assert kept(store) == [] and told(store) == []


def test_a_job_of_another_workspace_is_refused(store: Store) -> None:
    test = pressed(form(store, lambda: PIPELINES, ("1",)), "Declare", job=1)
    assert "not in a workspace of yours" in test.error[0].value and kept(store) == []


def test_a_press_of_another_person_does_not_count(store: Store) -> None:
    who = [PIPELINES]
    test = form(store, lambda: who[0])
    words = AT[0].words()
    who[0] = replace(PIPELINES, id="u-other", name="other@example.com")
    with pytest.raises(Exception, match="counts no more"):
        written(("1", "10", "load"), "06:30", "UTC", False, AT[0], words)
    assert kept(store) == [] and test is not None
