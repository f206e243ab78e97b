"""Many at once, what can still be taken back, what changed: over SQLite and Postgres."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from approvals.deciding.together import decide_together
from approvals.deciding.voting import revoke
from approvals.people.people import Person
from approvals.reading.inbox import InboxFilters, listing
from approvals.reading.inbox_details import details
from approvals.reading.recent import made_lately, reversible, version
from approvals.store.store import Store
from approvals.values.proposal import Consumer, Content, Impact, Rollback
from approvals.values.refusals import AlreadyDecided, Changed, Refusal
from tests.approvals.world import ANN, BO, NO, RED_AND_BLUE, begin, content, do, proposed, row_of, say_no, say_yes, seen
from tests.support.clock import Clock


def bulk(**changes: Any) -> Content:
    return content(**({"bulk": True, "undo_s": 120} | changes))


def test_each_is_decided_by_itself_and_what_changed_is_left_out(world: Store) -> None:
    made = [proposed(world, bulk()) for _ in range(4)]
    ballots = [seen(world, one, comment="weekly review") for one in made]
    say_no(world, made[1], BO)
    ballots[2] = type(ballots[2])(made[2], 1, "0" * 64, comment="weekly review")
    outcome = decide_together(world, "accept", ballots, ANN)
    assert outcome.done == (made[0], made[3])
    assert [(one.proposal_id, type(one.why)) for one in outcome.skipped] == [
        (made[1], AlreadyDecided),
        (made[2], Changed),
    ]
    assert [row_of(world, one).state for one in made] == ["approved", "rejected", "open", "approved"]


def test_a_rejection_of_many_carries_reason_and_comment(world: Store) -> None:
    made = [proposed(world, bulk()) for _ in range(2)]
    outcome = decide_together(world, "reject", [seen(world, one, **NO) for one in made], ANN)
    assert outcome.done == tuple(made)
    assert {row_of(world, one).state for one in made} == {"rejected"}


@pytest.mark.parametrize(
    "other",
    [{"kind": "job.set_timeout"}, {"policy_digest": "q" * 64}, {"rules": ("another (default.yaml:2)",)},
     {"requirement": RED_AND_BLUE}],
    ids=["kind", "policy", "rules", "requirement"],
)  # fmt: skip
def test_what_does_not_belong_together_is_not_decided_at_all(world: Store, other: dict[str, object]) -> None:
    made = [proposed(world, bulk()), proposed(world, bulk(**other))]
    with pytest.raises(Refusal, match="one kind"):
        decide_together(world, "accept", [seen(world, one) for one in made], ANN)
    assert {row_of(world, one).state for one in made} == {"open"}


def test_no_more_than_fifty_and_not_none(world: Store) -> None:
    one = seen(world, proposed(world, bulk()))
    for ballots in ([], [one] * 51):
        with pytest.raises(Refusal, match="between 1 and 50"):
            decide_together(world, "accept", ballots, ANN)


@pytest.mark.parametrize(
    "changes", [{"bulk": False}, {"risk": 3}, {"env": "governance"}, {"dimension": "governanceops"}], ids=str
)
def test_some_are_only_decided_one_by_one(world: Store, changes: dict[str, object]) -> None:
    one = proposed(world, bulk(**changes))
    outcome = decide_together(world, "accept", [seen(world, one, comment="all fine")], ANN)
    assert outcome.done == () and "by itself" in str(outcome.skipped[0].why)
    assert row_of(world, one).state == "open"


def test_what_one_approved_can_be_taken_back_until_it_starts(world: Store, clock: Clock) -> None:
    one = proposed(world, bulk())
    say_yes(world, one, ANN)
    with world.reading() as tx:
        assert [(each.proposal_id, (each.starts_at - tx.now).seconds) for each in reversible(tx, ANN)] == [(one, 120)]
        assert reversible(tx, BO) == []
    clock.forward(121)
    with world.reading() as tx:
        assert reversible(tx, ANN) == []
    clock.forward(-60)
    begin(world, one, "start")
    with world.reading() as tx:
        assert reversible(tx, ANN) == []


def test_what_was_done_as_one_approved_it_can_be_taken_back_for_a_while(world: Store, clock: Clock) -> None:
    back = Rollback(kind="warehouse.set_autostop", params={"auto_stop_minutes": 60})

    def done(**changes: Any) -> str:
        made = proposed(world, bulk(**changes))
        say_yes(world, made, ANN)
        begin(world, made, "start", "pass", "ok", "verify_pass")
        return made

    def lately(person: Person) -> list[str]:
        with world.reading() as tx:
            return [one.proposal_id for one in made_lately(tx, person)]

    first = done(rollback=back)
    done()  # has no way back
    clock.forward(60)
    second = done(rollback=back)
    assert lately(ANN) == [second, first] and lately(BO) == []
    undo = proposed(world, bulk(undo_of=second, rollback=back))
    assert lately(ANN) == [first]
    say_no(world, undo, BO)
    assert lately(ANN) == [second, first], "nobody takes it back any more"
    clock.forward(3_590)
    assert lately(ANN) == [second]


def test_the_version_moves_with_everything_that_happens(world: Store, clock: Clock) -> None:
    def now() -> str:
        with world.reading() as tx:
            return version(tx)

    versions = [now()]
    one = proposed(world, bulk())
    versions.append(now())
    for act in (lambda: say_yes(world, one, ANN), lambda: do(world, revoke, one, ANN), lambda: say_no(world, one, BO)):
        clock.forward(1)
        act()
        versions.append(now())
    assert len(set(versions)) == len(versions)
    assert now() == versions[-1]


def test_the_details_of_a_page(world: Store) -> None:
    hit = (Consumer(name="a", type="job", risk="low"), Consumer(name="b", type="dashboard", risk="high"))
    full = bulk(requirement=RED_AND_BLUE, impact=Impact(consumers=hit, objects=3, coverage="partial"))
    first, second = proposed(world, full), proposed(world, bulk(calibrated=Decimal("0.9")))
    say_yes(world, first, ANN)
    rejected = proposed(world, bulk())
    say_no(world, rejected, ANN)
    with world.reading() as tx:
        lines = listing(tx, "your_turn", BO, InboxFilters())
        found = details(tx, lines)
    assert set(found) == {first, second}
    one = found[first]
    assert (one.consumers, one.worst, one.coverage, one.objects, one.missing) == (2, "high", "partial", 3, ("blue",))
    assert (found[second].consumers, found[second].worst, found[second].missing) == (0, "", ("red",))
    assert one.policy != found[second].policy
    assert (one.track.decided, one.track.accepted) == (1, 0)
