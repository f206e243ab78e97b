"""A desk with a real executor over the world's store, at which actions only count."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from actions.desk import Desk
from actions.executor import Executor
from approvals.store.store import Store
from approvals.values.proposal import Content
from bench.deciding import PEOPLE, content
from tests.approvals.world import proposed, row_of, say_yes
from tests.support.clock import Clock


def approved(store: Store, count: int = 1, of: Content | None = None) -> str:
    """A proposal that ``count`` people have agreed to."""
    made = proposed(store, of or content(people=count))
    for person in PEOPLE[:count]:
        say_yes(store, made, person, comment="fine")
    assert row_of(store, made).state == "approved"
    return made


def later() -> Callable[[], float]:
    """The own clock of a worker that always looks again when a call could no longer be under way."""
    return itertools.count(0, 60).__next__


def work(desk: Desk, clock: Clock, turns: int = 4) -> None:
    worker = Executor(desk, "w", ticks=later())
    for _ in range(turns):
        while worker.work_one():
            pass
        clock.forward(6)
