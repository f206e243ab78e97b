"""A deadline is declared by who may, over a connection that may decide, once for each press, and the ledger knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from approvals.deciding import deadlines
from approvals.ledger import ledger
from approvals.people.identity import ReloadFirst
from approvals.people.people import Person, Unreachable
from approvals.store.store import Store
from approvals.values.refusals import NotYours
from components.sections import deadline_form, deadline_lines
from components.sections.deadline_form import wanted
from components.sections.declaring import Declaring, Wanted, declare, withdraw
from components.tiles.tile import Grid
from tests.actions.office import the_policy
from tests.approvals.world import START
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import Thing

PIPELINES = Person("u-pip", "pip@example.com", frozenset({"data-approvers"}))
SCRIPT = """
from components.sections.deadline_form import _opened
from tests.components.test_deadline_form import AT, JOBS, OFFERS

_opened(JOBS, AT[0], lambda: OFFERS)
"""
AT: list[Declaring] = []
JOBS = [("1", "10", "load"), ("2", "20", "other")]
OFFERS = pd.DataFrame(
    [("1", "10", "load", "06:35", "Europe/Berlin"), ("2", "20", "other", "23:00", "UTC")],
    columns=["workspace_id", "job_id", "name", "due_time", "zone"],
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(START))
    yield made
    made.engine.dispose()


def form(store: Store, me: Callable[[], Person | None], workspaces: tuple[str, ...] | None = None) -> AppTest:
    AT[:] = [Declaring(store, the_policy(), me, lambda: START, workspaces)]
    test = AppTest.from_string(SCRIPT, default_timeout=30).run()
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
            if label == "Withdraw":
                withdraw(JOBS[0], AT[0], words)
            else:
                declare([Wanted(JOBS[0], "06:30", "UTC")], AT[0], words)
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
        declare([Wanted(JOBS[0], "06:30", "UTC")], AT[0], words)
    assert kept(store) == [] and test is not None


def lined(test: AppTest, text: str) -> AppTest:
    test.segmented_control[0].set_value("Pasted lines").run()
    test.text_area[0].input(text)
    return test.button[0].click().run()


def test_lines_are_declared_all_or_none(store: Store) -> None:
    test = lined(form(store, lambda: PIPELINES), "1,10,06:30\n2,20,25:00,UTC\n2,99,07:00")
    assert test.error[0].value.startswith("Nothing was declared\\.") and kept(store) == [] == told(store)
    assert "Line 2: “25:00” is no time such as 06:30" in test.error[0].value.replace("\\", "")
    test = lined(form(store, lambda: PIPELINES), "job_id;due;workspace_id;zone\n10;06:30;1;\n20;23:15;2;Asia/Tokyo\n")
    assert "Declared 2 deadlines" in test.success[0].value
    with store.reading() as tx:
        found = [(one.job_id, one.due_time, one.zone) for one in deadlines.declared(tx)]
    assert found == [("10", "06:30", "UTC"), ("20", "23:15", "Asia/Tokyo")] and len(told(store)) == 2


def test_lines_of_a_job_of_another_workspace_declare_nothing(store: Store) -> None:
    """Neither where the job is not among those listed, nor where a press names one all the same."""
    test = lined(form(store, lambda: PIPELINES, ("1",)), "1,10,06:30\n2,20,07:00")
    assert "Not all are jobs of yours" in test.error[0].value and kept(store) == []


def test_learned_ones_are_declared_as_they_are_offered(store: Store) -> None:
    form(store, lambda: PIPELINES)
    declare(wanted(OFFERS), AT[0], AT[0].words())
    with store.reading() as tx:
        found = [(one.workspace_id, one.job_id, one.due_time, one.zone) for one in deadlines.declared(tx)]
    assert found == [("1", "10", "06:35", "Europe/Berlin"), ("2", "20", "23:00", "UTC")]


def test_the_job_of_a_learned_deadline_opens(store: Store) -> None:
    """Two that are called alike are told apart; ticked rows are the rows that are declared."""
    test = form(store, lambda: PIPELINES)
    with pytest.MonkeyPatch.context() as patch:
        drawn: list[Grid] = []

        def kept_table(box: object, key: str, body: Grid, *_: object, **__: object) -> list[int]:
            drawn.append(body)
            return [1]

        patch.setattr(deadline_form, "table", kept_table)
        test.segmented_control[0].set_value("Learned ones").run()
    (grid,) = drawn
    assert [grid.thing_at("name", row) for row in range(2)] == [Thing("job", job, at) for at, job, _ in JOBS]
    assert "1 job of 2 ticked" in test.caption[0].value
    test = form(store, lambda: PIPELINES)
    test.segmented_control[0].set_value("Learned ones").run()
    assert list(test.dataframe[0].value.columns) == ["name", "due_time", "zone"]
    test.session_state["deadline-offers"] = {"selection": {"rows": [1, 7], "columns": [], "cells": []}}
    test.run()
    next(one for one in test.button if one.label == "Declare as shown").click().run()
    assert kept(store) == [("20", "23:00", PIPELINES.name)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no line"), ("\n \n", "no line"), ("x", "Line 1: no job “” in workspace “x”."),
        ("1,10", "Line 1: “” is no time"), ("1,10,6:30", "“6:30” is no time"), ("1,10,24:00", "no time"),
        ("1,10,06:30,Mars/Base", "“Mars/Base” is no time zone"), ("1,10,06:30\n1,10,07:00", "Line 2: the job load stands here twice"),
        ("1,11,06:30", "no job “11” in workspace “1”"), ("1,10,06:30\n" * 1_001, "1,001 lines: at most 1,000"),
        ('1,10,"06:30', "Line 1"),
    ],
)  # fmt: skip
def test_what_is_no_deadline_is_said_with_its_line(text: str, problem: str) -> None:
    found, problems = deadline_lines.read(text, JOBS, "UTC")
    assert (problem in problems[0], len(problems)) == (True, 1) if problem != "Line 1" else not problems
    assert len(found) <= 1


def test_cells_copied_from_a_spreadsheet_are_read() -> None:
    found, problems = deadline_lines.read("\ufeff1\t10\t06:30\r\n2\t20\t07:45\tUTC\r\n", JOBS, "Europe/Berlin")
    assert not problems
    assert [(one.job, one.due, one.zone) for one in found] == [
        (JOBS[0], "06:30", "Europe/Berlin"),
        (JOBS[1], "07:45", "UTC"),
    ]
