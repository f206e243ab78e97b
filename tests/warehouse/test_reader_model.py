"""The reader against a model of one page of Python, over random histories."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.warehouse.fakes import House, query, rows
from warehouse.errors import Throttled, Unreachable
from warehouse.flights import MISS_PAUSE, REFRESH_PAUSE
from warehouse.interface import Answer, Ask, ask

TTL, THROTTLE = 60.0, 45.0
QUESTIONS = [ask("a", top=1), ask("a", top=2), ask("b")]
WHICH = st.sampled_from(QUESTIONS)
OUTCOME = st.sampled_from(["rows", "unreachable", "throttled"])


@dataclass
class Known:
    """What the model holds of one question."""

    value: int | None = None
    read_at: float = 0.0
    outdated: bool = False
    failed: str | None = None
    failed_at: float = 0.0

    def state(self, now: float) -> str | None:
        if self.value is not None:
            return "stale" if self.outdated or abs(now - self.read_at) > TTL else "fresh"
        return "failed" if self.paused(now) else None

    def paused(self, now: float) -> bool:
        if self.failed is None:
            return False
        pause = MISS_PAUSE if self.value is None else REFRESH_PAUSE
        return now - self.failed_at < max(pause, THROTTLE if self.failed == "throttled" else 0)


class Model(RuleBasedStateMachine):
    """Each flight runs only when a rule says so; some are crossed by an invalidation and overtaken."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        queries = (query("a", params={"top": "integer"}, ttl=TTL), query("b", ttl=TTL))
        self.house = House(*queries, snapshots=Path(self.folder.name) / "s", a=None, b=None)
        self.now, self.count = 0.0, 0
        self.known = {question: Known() for question in QUESTIONS}
        self.queue: list[Ask] = []
        self.executions = 0

    def teardown(self) -> None:
        self.house.reader.close()
        self.folder.cleanup()

    def same(self, question: Ask, answer: Answer | None) -> None:
        known = self.known[question]
        state = known.state(self.now)
        if answer is None:
            assert state is None
            return
        assert answer.state == state
        assert (answer.table.column("n").to_pylist() if answer.table is not None else None) == (
            [known.value] if known.value is not None else None
        )
        assert (type(answer.error).__name__.lower() if answer.error else None) == (
            known.failed if state != "fresh" else None
        )

    def asked(self, question: Ask) -> None:
        """What asking starts, in the model."""
        known = self.known[question]
        if known.state(self.now) in (None, "stale") and not known.paused(self.now) and question not in self.queue:
            self.queue.append(question)

    @rule(question=WHICH)
    def submit(self, question: Ask) -> None:
        future = self.house.reader.submit(question)
        assert future.done() == (self.known[question].state(self.now) is not None)
        if future.done():
            self.same(question, future.result(0))
        self.asked(question)

    def answer(self, outcome: str) -> Any:
        self.count += 1
        return {"rows": rows(self.count), "unreachable": Unreachable(), "throttled": Throttled(THROTTLE)}[outcome]

    def land(self, question: Ask, outcome: str, value: int, outdated: bool) -> None:
        """A flight's landing, in the model; ``outdated`` when an invalidation crossed it."""
        known = self.known[question]
        if outcome == "rows":
            known.value, known.read_at, known.outdated = value, self.now, outdated
            if not outdated:
                known.failed = None
        elif not outdated:
            known.failed, known.failed_at = outcome, self.now

    @precondition(lambda self: self.queue)
    @rule(outcome=OUTCOME)
    def fly(self, outcome: str) -> None:
        question = self.queue.pop(0)
        self.house.fake.answers[question.query] = self.answer(outcome)
        self.house.pool.waiting.popleft()()
        self.executions += 1
        self.land(question, outcome, self.count, False)

    @precondition(lambda self: self.queue)
    @rule(outcome=OUTCOME, every=st.booleans())
    def fly_crossed(self, outcome: str, every: bool) -> None:
        question = self.queue.pop(0)
        given = self.answer(outcome)
        self.house.fake.answers[question.query] = lambda: (self.invalidate(question if not every else None), given)[1]
        self.house.pool.waiting.popleft()()
        self.executions += 1
        self.land(question, outcome, self.count, True)

    @precondition(lambda self: self.queue)
    @rule(older=OUTCOME, newer=OUTCOME)
    def fly_overtaken(self, older: str, newer: str) -> None:
        """While one flight is under way, an invalidation comes, the question is asked again and lands first."""
        question = self.queue.pop(0)
        given = self.answer(older)

        def during() -> Any:
            self.invalidate(question)
            self.submit(question)
            if question in self.queue:
                assert self.queue[-1] == question
                self.queue.pop()
                self.house.fake.answers[question.query] = self.answer(newer)
                self.house.pool.waiting.pop()()
                self.executions += 1
                self.land(question, newer, self.count, False)
                overtaken.append(newer)
            return given

        overtaken: list[str] = []
        value = self.count
        self.house.fake.answers[question.query] = during
        self.house.pool.waiting.popleft()()
        self.executions += 1
        if not (older == "rows" and overtaken == ["rows"]):
            self.land(question, older, value, True)

    @rule(question=st.none() | WHICH)
    def invalidate(self, question: Ask | None) -> None:
        name = question.query if question else None
        self.house.reader.invalidate(name)
        for other, known in self.known.items():
            if name in (None, other.query):
                known.outdated = known.value is not None
                if known.failed != "throttled":
                    known.failed = None

    @rule(seconds=st.sampled_from([1, 4.9, 5, 15, 30, 31, 61]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.house.clock.forward(seconds)

    @rule()
    def restart(self) -> None:
        self.house.restart()
        self.queue.clear()
        self.executions = 0
        for known in self.known.values():  # pauses and invalidations are not kept, rows are
            known.failed, known.outdated = None, False

    @invariant()
    def agrees(self) -> None:
        for question in QUESTIONS:
            self.same(question, self.house.reader.peek(question))
        assert self.house.reader.figures().executions == self.executions
        assert len(self.house.pool.waiting) == len(self.queue)


Model.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None, derandomize=True)
TestReaderAgainstModel = Model.TestCase
