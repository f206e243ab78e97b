"""Effects that nobody has seen yet: calls whose answer was lost, calls that land late, targets that never say."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from actions.desk import Desk
from actions.executor import Executor
from approvals.deciding.executions import look
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS
from bench.deciding import PEOPLE
from bench.working import Count, Counters
from tests.approvals.office import approved, later, work
from tests.approvals.world import begin, do, events, execution_of, row_of
from tests.support.clock import Clock

BO = PEOPLE[1]


def test_a_call_that_lands_after_it_was_looked_for_is_not_repeated(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    """The answer is lost, the target shows nothing; while the second try waits for its turn, the first one lands."""
    desk, counters = office
    made = approved(world)
    name = row_of(world, made).resource_key.rpartition("/")[2]
    begin(world, made, "start", "pass")
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).values(before={"count": 0}))
    _announced(world, made)
    begin(world, made, "unknown")
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).values(effect_unknown=True))
    worker = Executor(desk, "w", ticks=later())
    worker.work_one()
    execution = execution_of(world, made)
    assert execution is not None and (execution.state, execution.attempt) == ("preflight", 2)
    counters.add(name)
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "verified" and counters[name] == 1
    assert "execution.late" in events(world, made)


def test_nothing_happened_is_said_after_two_looks(world: Store, office: tuple[Desk, Counters], clock: Clock) -> None:
    """A call that may have been made, in its last attempt: one look that finds nothing is not enough to say so."""
    desk, counters = office
    made = approved(world)
    begin(world, made, "start", "pass")
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).values(before={"count": 0}, attempt=3, effect_unknown=True))
    _announced(world, made)
    begin(world, made, "unknown")
    worker = Executor(desk, "w", ticks=later())
    worker.work_one()
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "reconciling"
    clock.forward(6)
    worker.work_one()
    execution = execution_of(world, made)
    assert execution is not None and (execution.state, execution.effect_unknown) == ("failed", False)
    assert not counters.counts


def test_a_target_that_never_says_is_left_to_a_person(
    world: Store, office: tuple[Desk, Counters], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost and nobody can tell: it is neither called again nor said to have failed."""
    desk, counters = office
    made = approved(world)
    begin(world, made, "start", "pass")
    _announced(world, made)
    begin(world, made, "unknown")
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).values(before={"count": 0}, effect_unknown=True))
    monkeypatch.setattr(Count, "find", lambda *_: "unknown")
    for _ in range(6):
        Executor(desk, "w", ticks=later()).work_one()
        clock.forward(60)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "indeterminate" and not counters.counts
    counters.add(row_of(world, made).resource_key.rpartition("/")[2])
    do(world, look, made, execution.execution_id, "human_done", BO, "I saw it")
    work(desk, clock)
    execution = execution_of(world, made)
    assert execution is not None and execution.state == "verified" and set(counters.counts.values()) == {1}


def _announced(store: Store, proposal_id: str) -> None:
    from approvals.deciding.executions import intend

    execution = execution_of(store, proposal_id)
    assert execution is not None
    with store.writing() as tx:
        intend(tx, execution, "act", "k" * 64, "bench.count", {})


# Budgets


def test_what_no_longer_runs_no_longer_counts_as_running(
    world: Store, office: tuple[Desk, Counters], clock: Clock
) -> None:
    """Vetoed between its start and its call, it gives its place back."""
    from approvals.deciding.voting import veto
    from approvals.store.tables import RESERVATIONS

    desk, counters = office
    made = approved(world)

    def checkpoint(name: str) -> None:
        if name == "started":
            do(world, veto, made, BO, "not now")

    Executor(desk, "w", checkpoint=checkpoint, ticks=later()).work_one()
    assert row_of(world, made).state == "rejected" and not counters.counts
    with world.reading() as tx:
        rows = tx.connection.execute(sa.select(RESERVATIONS)).all()
    assert len(rows) == 1 and rows[0].released_at is not None
