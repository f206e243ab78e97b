"""Many people at once, proven with gates and barriers instead of clocks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

from tests.support.clock import Clock
from tests.warehouse.fakes import PATIENCE, START, Fake, Gate, Threads, query, rows
from warehouse.errors import Unreachable
from warehouse.interface import Answer, Ask, ask
from warehouse.reader import Reader

NAMES = [f"q{i}" for i in range(8)]
ASKS = [ask(name) for name in NAMES]


class Open:
    """A reader with real threads."""

    def __init__(self, threads: int, **answers: Any) -> None:
        self.fake, self.clock, self.pool = Fake(**answers), Clock(START), Threads(threads)
        self.reader = Reader(self.fake, {n: query(n) for n in NAMES}, clock=self.clock, pool=self.pool)


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(25) as pool:
        yield pool


def test_twenty_five_people_on_a_cold_page_cost_one_execution_per_query(crowd: ThreadPoolExecutor) -> None:
    gates = {name: Gate(rows(i)) for i, name in enumerate(NAMES)}
    at = Open(8, **gates)
    asked = threading.Barrier(26, timeout=PATIENCE)

    def person() -> list[Answer]:
        waiting = [at.reader.submit(question) for question in ASKS]
        asked.wait()
        return [future.result(PATIENCE) for future in waiting]

    people = [crowd.submit(person) for _ in range(25)]
    asked.wait()  # all 200 questions are in and none is answered yet
    assert at.reader.figures().misses == 200
    for gate in gates.values():
        gate.opened.set()
    pages = [person.result(PATIENCE) for person in people]
    assert [at.fake.asked(name) for name in NAMES] == [1] * 8
    assert {answer.state for page in pages for answer in page} == {"fresh"}
    assert all(page[i].table is pages[0][i].table for page in pages for i in range(8))


def test_all_threads_are_there_before_the_first_question() -> None:
    there = {*threading.enumerate()}
    reader = Reader(Fake(), {}, clock=Clock(START), threads=12)
    assert len([one for one in {*threading.enumerate()} - there if one.name.startswith("lakehelm-read")]) == 12
    reader.close()


def test_a_cold_page_costs_its_slowest_query_not_the_sum() -> None:
    together = threading.Barrier(len(NAMES), timeout=PATIENCE)  # nobody passes before all eight are being executed

    def answer() -> pa.Table:
        together.wait()
        return rows(1)

    at = Open(8, **dict.fromkeys(NAMES, answer))
    assert [a.state for a in at.reader.read(ASKS)] == ["fresh"] * 8


def test_read_keeps_the_order_and_answers_the_same_question_twice() -> None:
    at = Open(4, **{name: rows(i) for i, name in enumerate(NAMES)})
    questions = [ASKS[5], ASKS[0], ASKS[5], ASKS[3]]
    answers = at.reader.read(questions)
    assert [a.ask for a in answers] == questions
    assert [a.table.column("n").to_pylist() for a in answers if a.table is not None] == [[5], [0], [5], [3]]
    assert at.fake.asked("q5") == 1


def test_stale_readers_do_not_wait_for_the_one_refresh(crowd: ThreadPoolExecutor) -> None:
    at = Open(4, q0=rows(1))
    at.reader.read(ASKS[:1])
    at.clock.forward(301)
    gate = at.fake.answers["q0"] = Gate(rows(2))
    answers = [f.result(PATIENCE) for f in [crowd.submit(at.reader.read, ASKS[:1]) for _ in range(25)]]
    assert {a.state for (a,) in answers} == {"stale"}  # all answered while the refresh hangs at its gate
    assert gate.entered.wait(PATIENCE)
    gate.opened.set()
    at.pool.settle()
    assert at.fake.asked("q0") == 2
    assert at.reader.read(ASKS[:1])[0].state == "fresh"


def test_a_failing_cold_page_is_executed_once_for_all(crowd: ThreadPoolExecutor) -> None:
    gate = Gate(Unreachable())
    at = Open(4, q0=gate)
    asked = threading.Barrier(26, timeout=PATIENCE)

    def person() -> Answer:
        future = at.reader.submit(ASKS[0])
        asked.wait()
        return future.result(PATIENCE)

    people = [crowd.submit(person) for _ in range(25)]
    asked.wait()
    gate.opened.set()
    assert {p.result(PATIENCE).state for p in people} == {"failed"}
    assert at.fake.asked("q0") == 1


def test_executions_are_bounded_and_first_come_first_served() -> None:
    gate = Gate(rows(0))
    at = Open(1, **dict.fromkeys(NAMES, rows(1)) | {"q3": gate})
    order: list[Ask] = [ASKS[i] for i in (3, 7, 1, 6, 0)]
    waiting = [at.reader.submit(question) for question in order]
    assert gate.entered.wait(PATIENCE)
    assert len(at.fake.calls) == 1
    gate.opened.set()
    assert all(future.result(PATIENCE).state == "fresh" for future in waiting)
    assert [call.tags["query"] for call in at.fake.calls] == [question.query for question in order]


def test_a_newer_result_survives_an_older_flight_that_lands_later() -> None:
    older, newer = Gate(rows(1)), Gate(rows(2))
    at = Open(2, q0=older)
    first = at.reader.submit(ASKS[0])
    assert older.entered.wait(PATIENCE)
    at.reader.invalidate("q0")
    at.fake.answers["q0"] = newer
    second = at.reader.submit(ASKS[0])
    assert second is not first
    assert newer.entered.wait(PATIENCE)
    newer.opened.set()
    assert second.result(PATIENCE).state == "fresh"
    older.opened.set()
    assert first.result(PATIENCE).table == rows(2)
    at.pool.settle()
    assert at.reader.read(ASKS[:1])[0].table == rows(2)
    assert at.fake.asked("q0") == 2


def test_closing_does_not_wait_for_a_hanging_statement() -> None:
    gate = Gate(rows(1))
    at = Open(1, q0=gate, q1=rows(1))
    hanging, queued = at.reader.submit(ASKS[0]), at.reader.submit(ASKS[1])
    assert gate.entered.wait(PATIENCE)
    at.reader.close()  # the gate is still shut
    assert {hanging.result(0).state, queued.result(0).state} == {"failed"}
    gate.opened.set()
    at.pool.submitted[0].result(PATIENCE)
    assert at.fake.asked("q1") == 0
