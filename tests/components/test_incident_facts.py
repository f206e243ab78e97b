"""The facts of a closed incident: the same on its page and in its files, and the same bytes at every try."""

from __future__ import annotations

from typing import Any

from approvals.deciding import incidents as deciding
from approvals.store.store import Store
from components.files.csv_file import csv_of
from components.files.sheet import Sheet
from components.incidents.facts import COLUMNS, done, facts, report
from components.incidents.harm import Harm
from components.incidents.known import Known, known
from components.incidents.words import each
from tests.approvals.test_incidents import ANN, FAILED, JOB, LOOKED, STALE
from tests.approvals.world import BO, NO, content, do, proposed, say_no
from tests.support.clock import Clock


def closed(store: Store, clock: Clock, *, answered: bool = True) -> tuple[Any, Known]:
    (one,) = do(store, deciding.observed, [FAILED, STALE], LOOKED)
    clock.forward(minutes=12)
    if answered:
        do(store, deciding.answer, one, ANN)
    card = proposed(store, content(target=JOB, kind="job.repair_run", title="Run `orders` again"))
    clock.forward(hours=3)
    say_no(store, card, BO, **NO)
    do(store, deciding.close, one, ANN, "mended", "the grant is back")
    with store.reading() as tx:
        shown = known(tx, None, one)
    return each(shown.rows)[0], shown


HARMED = Harm("2 jobs: split, sum up", "$12.50 for 3 failed runs")


def told(row: Any, shown: Known) -> dict[str, str]:
    rows = facts(row, shown, HARMED)
    return dict(zip(rows["what"], rows["said"], strict=True))


def test_each_fact_is_one_that_is_kept(store: Store, clock: Clock) -> None:
    said = told(*closed(store, clock))
    assert said["Cause"] == "orders (job)" and said["What was found"] == "fails"
    assert said["Opened"] == "2026-11-25 09:00 UTC, by dataops.stale, pipelineops.failed"
    assert said["Answered"] == f"2026-11-25 09:12 UTC, after 12 min; last in the hands of {ANN.name}"
    assert said["Closed"] == "2026-11-25 12:12 UTC, after 3 h"
    assert said["How it ended"] == f"Mended, by {ANN.name}: the grant is back"
    assert said["Things that were broken"] == "2: main.a.orders, orders"
    assert said["What was proposed"] == "Run ‘orders’ again: rejected"
    assert said["Earlier ones"] == "none like it has ended"
    assert (said["Who was hit"], said["Cost"]) == (HARMED.who, HARMED.cost)


def test_what_nobody_did_is_said(store: Store, clock: Clock) -> None:
    assert told(*closed(store, clock, answered=False))["Answered"] == "nobody took it on"


def test_steps_of_people_and_of_proposals_are_in_one_order(store: Store, clock: Clock) -> None:
    _, shown = closed(store, clock)
    steps = done(shown)
    assert steps["at"].is_monotonic_increasing
    assert steps["what"].tolist()[:3] == [
        "opened an incident", "took on an incident", "proposed: Run ‘orders’ again",
    ]  # fmt: skip


def test_what_was_said_within_one_second_stands_as_it_was_said(store: Store, clock: Clock) -> None:
    (one,) = do(store, deciding.observed, [FAILED, STALE], LOOKED)
    say_no(store, proposed(store, content(target=JOB, kind="job.repair_run", title="Run `orders` again")), BO, **NO)
    with store.reading() as tx:
        steps = done(known(tx, None, one))
    assert len(set(steps["at"])) == 1
    assert steps["what"].tolist() == [
        "opened an incident", "proposed: Run ‘orders’ again", "voted against it: Run ‘orders’ again",
    ]  # fmt: skip


def test_files_have_the_facts_and_are_the_same_at_every_try(store: Store, clock: Clock) -> None:
    row, shown = closed(store, clock)
    made = report(row, shown, HARMED)
    assert made == report(row, shown, HARMED) and made.startswith(b"%PDF")
    sheet = csv_of(Sheet("Incident", facts(row, shown, HARMED), COLUMNS)).decode("utf-8-sig")
    assert "the grant is back" in sheet and HARMED.who in sheet and HARMED.cost in sheet
