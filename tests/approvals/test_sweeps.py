"""What time does: proposals expire, approvals lapse; however many sweep at once, and whatever the clock does."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from approvals.deciding.sweeps import sweep
from approvals.ledger.ledger import Actor
from approvals.store.store import Store
from approvals.store.tables import DECISIONS, EXECUTIONS, VOTES
from tests.approvals.world import ANN, DAY, HOUR, begin, chain, content, events, execution_of, proposed, row_of, say_yes
from tests.support.clock import Clock


def test_a_proposal_expires_at_its_time_and_not_before(world: Store, clock: Clock) -> None:
    made = proposed(world)
    clock.forward(DAY - 1)
    assert sweep(world) == {"expired": 0, "lapsed": 0}
    clock.forward(1)
    assert sweep(world) == {"expired": 1, "lapsed": 0}
    assert row_of(world, made).state == "expired" and execution_of(world, made) is None
    assert sweep(world) == {"expired": 0, "lapsed": 0}


def test_a_clock_that_jumps_back_expires_nothing_and_brings_nothing_back(world: Store, clock: Clock) -> None:
    first = proposed(world)
    clock.forward(DAY)
    sweep(world)
    clock.forward(-300)
    second = proposed(world)
    assert sweep(world) == {"expired": 0, "lapsed": 0}
    assert (row_of(world, first).state, row_of(world, second).state) == ("expired", "open")


def test_an_approval_that_was_not_used_lapses_with_all_its_votes(world: Store, clock: Clock) -> None:
    made = proposed(world)
    say_yes(world, made, ANN)
    clock.forward(4 * HOUR - 1)
    assert sweep(world)["lapsed"] == 0
    clock.forward(1)
    assert sweep(world)["lapsed"] == 1
    row = row_of(world, made)
    assert (row.state, row.seats_filled) == ("open", 0) and execution_of(world, made) is None
    with world.reading() as tx:
        assert tx.connection.execute(sa.select(VOTES.c.void_because)).scalars().all() == ["approval lapsed"]
    say_yes(world, made, ANN)
    assert row_of(world, made).state == "approved"
    assert chain(world).code == 0


def test_there_is_a_day_to_decide_again(world: Store, clock: Clock) -> None:
    made = proposed(world)
    clock.forward(DAY - 60)
    say_yes(world, made, ANN)
    clock.forward(4 * HOUR)
    sweep(world)
    assert sweep(world) == {"expired": 0, "lapsed": 0}
    assert (row_of(world, made).expires_at - clock.now).total_seconds() == DAY


def test_an_approval_that_is_used_does_not_lapse(world: Store, clock: Clock) -> None:
    made = proposed(world)
    say_yes(world, made, ANN)
    begin(world, made, "start")
    clock.forward(DAY)
    assert sweep(world)["lapsed"] == 0
    assert row_of(world, made).state == "approved"


def test_an_approval_does_not_lapse_while_an_effect_may_exist(world: Store, clock: Clock) -> None:
    made = proposed(world)
    say_yes(world, made, ANN)
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).values(effect_unknown=True))
    clock.forward(DAY)
    assert sweep(world)["lapsed"] == 0


def test_a_lapsed_approval_gives_way_to_the_same_wish(world: Store, clock: Clock) -> None:
    """It cannot be open again beside its like; and what cannot be swept keeps nothing else waiting."""
    from approvals.deciding import verbs
    from tests.approvals.world import do, verdict

    wish = content("one")
    made = proposed(world, wish)
    other = proposed(world, wish.model_copy(update={"params": {"auto_stop_minutes": 20}}))
    beside = proposed(world)
    say_yes(world, made, ANN)
    say_yes(world, beside, ANN)
    do(world, verbs.edit, other, 1, wish, verdict(wish), ANN, "10 after all")
    clock.forward(4 * HOUR)
    assert sweep(world)["lapsed"] == 2
    assert (row_of(world, made).state, row_of(world, other).state) == ("superseded", "open")
    assert row_of(world, beside).state == "open"


def test_one_that_cannot_be_swept_keeps_nobody_waiting(
    world: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from approvals.deciding import sweeps
    from approvals.deciding.proposals import expire
    from approvals.values.refusals import Raced

    first, second = proposed(world), proposed(world)
    clock.forward(DAY)

    def stubborn(tx: object, proposal_id: str) -> bool:
        if proposal_id == first:
            raise Raced
        return expire(tx, proposal_id)  # type: ignore[arg-type]

    monkeypatch.setattr(sweeps, "expire", stubborn)
    assert sweep(world)["expired"] == 1
    assert (row_of(world, first).state, row_of(world, second).state) == ("open", "expired")


def test_many_sweep_at_once_and_each_is_swept_once(world: Store, clock: Clock) -> None:
    made = [proposed(world) for _ in range(12)]
    approved = [proposed(world) for _ in range(6)]
    for one in approved:
        say_yes(world, one, ANN)
    clock.forward(DAY)
    done: list[dict[str, int]] = []
    threads = [threading.Thread(target=lambda: done.append(sweep(world))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one["expired"] for one in done) == 12 and sum(one["lapsed"] for one in done) == 6
    assert all(events(world, one).count("decision.expire") == 1 for one in made)
    with world.reading() as tx:
        verbs = tx.connection.execute(sa.select(DECISIONS.c.verb)).scalars().all()
    assert sorted(verbs) == ["accept"] * 6 + ["expire"] * 12
    assert chain(world).code == 0


def test_a_vote_and_the_sweeper_at_the_same_moment(world: Store, clock: Clock) -> None:
    """Past its time nobody can approve it, swept up or not."""
    from approvals.values.refusals import AlreadyDecided

    made = proposed(world)
    clock.forward(DAY)
    with pytest.raises(AlreadyDecided):
        say_yes(world, made, ANN)
    sweep(world)
    with pytest.raises(AlreadyDecided) as told:
        say_yes(world, made, ANN)
    assert told.value.verb == "expire"


def test_nothing_is_written_where_nothing_is_due(world: Store) -> None:
    made = proposed(world)
    with world.writing() as tx:
        from approvals.ledger.ledger import append

        before = append(tx, "proposal.seen", Actor("system", "test"), proposal_id=made)
    sweep(world)
    with world.writing() as tx:
        assert append(tx, "proposal.seen", Actor("system", "test"), proposal_id=made) == before + 1
