"""Every state and every event of both machines, one by one, against tables written by hand; also through the store."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from approvals.deciding.transitions import decide, execute, live_execution, proposal
from approvals.ledger.ledger import Actor
from approvals.store.store import Store, Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.machines import BEFORE_EFFECT, DECISION, EXECUTION, HOLDS_RESOURCE, IllegalEvent, Machine
from approvals.values.refusals import Raced
from tests.approvals.world import START, everything, proposed
from tests.support.clock import Clock
from tests.support.stores import store_at

# Rows are events, columns are states; a dot: not possible.
DECISIONS = """
              open        approved    rejected overridden expired superseded withdrawn denied
vote          open        .           .        .          .       .          .         .
quorum        approved    .           .        .          .       .          .         .
policy_auto   approved    .           .        .          .       .          .         .
policy_deny   denied      .           .        .          .       .          .         .
reject        rejected    .           .        .          .       .          .         .
edit          open        .           .        .          .       .          .         .
ask           open        .           .        .          .       .          .         .
answer        open        .           .        .          .       .          .         .
revoke        .           open        .        .          .       .          .         .
lapse         .           open        .        .          .       .          .         .
lost_right    .           open        .        .          .       .          .         .
demote        .           open        .        .          .       .          .         .
drift         .           open        .        .          .       .          .         .
veto          .           rejected    .        .          .       .          .         .
override      overridden  overridden  .        .          .       .          .         .
supersede     superseded  superseded  .        .          .       .          .         .
withdraw      withdrawn   withdrawn   .        .          .       .          .         .
expire        expired     expired     .        .          .       .          .         .
"""
EXECUTIONS_BEFORE = """
                  scheduled  preflight    executing     reconciling    verifying
start             preflight  .            .             .              .
cancel            cancelled  cancelled    reconciling   .              .
pass              .          executing    .             .              .
hold              .          scheduled    .             .              .
refuse            .          failed       .             .              .
late              .          reconciling  .             .              .
lease_lost        .          scheduled    reconciling   reconciling    verifying
ok                .          .            verifying     .              .
no_effect         .          .            failed        .              .
partial           .          .            rolling_back  .              .
unknown           .          .            reconciling   .              .
found_done        .          .            .             verifying      .
found_none_retry  .          .            .             preflight      .
found_none_stop   .          .            .             failed         .
found_partial     .          .            .             rolling_back   .
give_up           .          .            .             indeterminate  .
verify_pass       .          .            .             .              verified
verify_fail       .          .            .             .              rolling_back
verify_timeout    .          .            .             .              inconclusive
human_accept      .          .            .             .              .
human_rollback    .          .            .             .              .
human_done        .          .            .             .              .
human_none        .          .            .             .              .
rb_ok             .          .            .             .              .
rb_fail           .          .            .             .              .
rb_unknown        .          .            .             .              .
rb_conflict       .          .            .             .              .
human_repaired    .          .            .             .              .
retry_rollback    .          .            .             .              .
"""
EXECUTIONS_AFTER = """
                  inconclusive  indeterminate  rolling_back     rollback_failed  verified failed cancelled rolled_back
start             .             .              .                .                .        .      .         .
cancel            .             .              .                .                .        .      .         .
pass              .             .              .                .                .        .      .         .
hold              .             .              .                .                .        .      .         .
refuse            .             .              .                .                .        .      .         .
late              .             .              .                .                .        .      .         .
lease_lost        .             .              rolling_back     .                .        .      .         .
ok                .             .              .                .                .        .      .         .
no_effect         .             .              .                .                .        .      .         .
partial           .             .              .                .                .        .      .         .
unknown           .             .              .                .                .        .      .         .
found_done        .             .              .                .                .        .      .         .
found_none_retry  .             .              .                .                .        .      .         .
found_none_stop   .             .              .                .                .        .      .         .
found_partial     .             .              .                .                .        .      .         .
give_up           .             .              .                .                .        .      .         .
verify_pass       .             .              .                .                .        .      .         .
verify_fail       .             .              .                .                .        .      .         .
verify_timeout    .             .              .                .                .        .      .         .
human_accept      verified      .              .                .                .        .      .         .
human_rollback    rolling_back  rolling_back   .                .                .        .      .         .
human_done        .             verifying      .                .                .        .      .         .
human_none        .             failed         .                .                .        .      .         .
rb_ok             .             .              rolled_back      .                .        .      .         .
rb_fail           .             .              rollback_failed  .                .        .      .         .
rb_unknown        .             .              rollback_failed  .                .        .      .         .
rb_conflict       .             .              inconclusive     .                .        .      .         .
human_repaired    .             .              .                rolled_back      .        .      .         .
retry_rollback    .             .              .                rolling_back     .        .      .         .
"""
Expected = dict[tuple[str, str], str | None]


def read(*tables: str) -> Expected:
    """(state, event) to the state after it, None where it is not possible."""
    found: Expected = {}
    for table in tables:
        head, *rows = [line.split() for line in table.strip().splitlines()]
        for event, *after in rows:
            assert len(after) == len(head), event
            found |= {(s, event): None if a == "." else a for s, a in zip(head, after, strict=True)}
    return found


MACHINES = [
    pytest.param(DECISION, read(DECISIONS), 8, 18, id="decision"),
    pytest.param(EXECUTION, read(EXECUTIONS_BEFORE, EXECUTIONS_AFTER), 13, 29, id="execution"),
]


@pytest.mark.parametrize(("machine", "expected", "states", "events"), MACHINES)
def test_every_pair_does_what_the_table_says(machine: Machine, expected: Expected, states: int, events: int) -> None:
    assert {state for state, _ in expected} == set(machine.states) and len(machine.states) == states
    assert {event for _, event in expected} == set(machine.events) and len(machine.events) == events
    assert len(expected) == states * events
    for (state, event), after in expected.items():
        if after is None:
            with pytest.raises(IllegalEvent) as refused:
                machine.after(state, event)
            assert (refused.value.state, refused.value.event) == (state, event)
        else:
            assert machine.after(state, event) == after


@pytest.mark.parametrize(("machine", "expected", "states", "events"), MACHINES)
def test_final_states_are_those_without_events(machine: Machine, expected: Expected, states: int, events: int) -> None:
    assert machine.final == {s for s in machine.states if all(expected[s, e] is None for e in machine.events)}


def test_the_same_events_in_an_unknown_state() -> None:
    for machine in (DECISION, EXECUTION):
        for event in machine.events:
            with pytest.raises(IllegalEvent):
                machine.after("claimed", event)


def test_what_holds_a_resource_and_what_comes_before_the_effect() -> None:
    assert set(EXECUTION.states) - EXECUTION.final - {"scheduled", "inconclusive"} == HOLDS_RESOURCE
    assert {"scheduled", "preflight"} == BEFORE_EFFECT


@pytest.fixture
def laptop(tmp_path: Path) -> Store:
    return store_at(f"sqlite:///{tmp_path / 'pairs.sqlite'}", Clock(START))


def test_the_store_refuses_every_impossible_event_and_changes_nothing(laptop: Store) -> None:
    """Through ``transitions``: 1 approved proposal put into each state; what is possible is rolled back again."""
    made = proposed(laptop, outcome="auto")
    for machine, expected in ((DECISION, read(DECISIONS)), (EXECUTION, read(EXECUTIONS_BEFORE, EXECUTIONS_AFTER))):
        for (state, event), after in expected.items():
            with laptop.engine.connect() as connection, connection.begin() as transaction:
                _check_one(laptop, connection, made, machine, state, event, after)
                transaction.rollback()


def _check_one(
    store: Store, connection: sa.Connection, made: str, machine: Machine, state: str, event: str, after: str | None
) -> None:
    tx = Tx(connection, store.clock(connection))
    table = PROPOSALS if machine is DECISION else EXECUTIONS
    connection.exec_driver_sql("DROP TRIGGER proposals_ended")
    connection.execute(sa.update(table).values(state=state))
    row = proposal(tx, made) if machine is DECISION else connection.execute(sa.select(EXECUTIONS)).one()
    move, actor = (decide if machine is DECISION else execute), Actor("system", "test")
    entries = connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar_one()
    if after is None:
        with pytest.raises(IllegalEvent):
            move(tx, row, event, actor)
        assert connection.execute(sa.select(table)).one() == row
        assert connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar_one() == entries
        return
    moved = move(tx, row, event, actor)
    assert (moved.state, moved.version) == (after, row.version + 1)
    assert connection.exec_driver_sql("SELECT count(*) FROM ledger").scalar_one() == entries + 1
    with pytest.raises(Raced):  # the row as it was read is no longer the row
        move(tx, row, event, actor)


def test_a_stale_row_moves_nothing(world: Store) -> None:
    made = proposed(world)
    with world.reading() as tx:
        stale = proposal(tx, made)
    with world.writing() as tx:
        decide(tx, proposal(tx, made, lock=True), "ask", Actor("human", "ann@example.com"), question="why?")
    before = everything(world)
    with pytest.raises(Raced), world.writing() as tx:
        decide(tx, stale, "quorum", Actor("human", "bo@example.com"))
    assert everything(world) == before


def test_an_old_fence_moves_nothing(world: Store) -> None:
    made = proposed(world, outcome="auto")
    with world.reading() as tx:
        stale = live_execution(tx, made)
    assert stale is not None
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).values(fence=7))
    before = everything(world)
    with pytest.raises(Raced), world.writing() as tx:
        execute(tx, stale, "start", Actor("executor", "frozen"))
    assert everything(world) == before
