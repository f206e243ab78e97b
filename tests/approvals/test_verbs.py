"""Taking back, asking, overriding, standing in, wishing the same twice: over SQLite and Postgres."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding import delegating, verbs
from approvals.deciding.voting import revoke, veto
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.store.store import Store, Tx
from approvals.store.tables import DECISIONS, EXECUTIONS, PROPOSALS, VOTES
from approvals.values.refusals import (
    AlreadyDecided,
    AlreadyVoted,
    CommentNeeded,
    NotYours,
    Refusal,
    TooLate,
)
from tests.approvals.world import (
    ANN,
    BO,
    CY,
    DAY,
    DI,
    EVE,
    SPONSOR,
    START,
    TWO_RED,
    begin,
    chain,
    content,
    do,
    events,
    execution_of,
    proposed,
    refused,
    row_of,
    say_no,
    say_yes,
    verdict,
)
from tests.support.clock import Clock

# Taking back


def test_an_approval_is_taken_back_by_who_gave_it(world: Store) -> None:
    made = proposed(world, content(requirement=TWO_RED))
    say_yes(world, made, ANN)
    say_yes(world, made, DI)
    with refused(world, NotYours):
        do(world, revoke, made, BO)
    do(world, revoke, made, ANN)
    row = row_of(world, made)
    assert (row.state, row.seats_filled, row.lapses_at) == ("open", 1, None)
    assert execution_of(world, made) is None
    assert events(world, made)[-2:] == ["execution.cancel", "decision.revoke"]
    assert say_yes(world, made, ANN).state == "approved"  # she may think again
    with world.reading() as tx:
        states = sorted(tx.connection.execute(sa.select(EXECUTIONS.c.state)).scalars())
    assert states == ["cancelled", "scheduled"]


def test_a_veto_stops_it_for_good(world: Store) -> None:
    made = proposed(world, outcome="auto")
    with refused(world, CommentNeeded):
        do(world, veto, made, ANN, " ")
    with refused(world, NotYours):
        do(world, veto, made, EVE, "no")
    do(world, veto, made, ANN, "not before the release")
    assert row_of(world, made).state == "rejected" and execution_of(world, made) is None
    with refused(world, AlreadyDecided):
        do(world, veto, made, BO, "no")


@pytest.mark.parametrize("steps", [("start", "pass"), ("start", "pass", "ok"), ("start", "pass", "ok", "verify_pass")])
def test_nothing_is_taken_back_once_it_has_begun(world: Store, steps: tuple[str, ...]) -> None:
    made = proposed(world)
    say_yes(world, made, ANN)
    begin(world, made, *steps)
    new = content()
    attempts: tuple[Callable[[Tx], object], ...] = (
        lambda tx: revoke(tx, made, ANN), lambda tx: veto(tx, made, BO, "stop"),
        lambda tx: verbs.withdraw(tx, made, Actor("agent", "finops.idle_warehouse"), "oh"),
        lambda tx: verbs.override(tx, made, new, verdict(new), BO, "other", "mine"),
    )  # fmt: skip
    for attempt in attempts:
        with refused(world, TooLate), world.writing() as tx:
            attempt(tx)


def test_nothing_is_taken_back_while_an_effect_may_exist(world: Store) -> None:
    """The first try's answer was lost; it waits for its second."""
    made = proposed(world)
    say_yes(world, made, ANN)
    begin(world, made, "start", "pass", "lease_lost", "found_none_retry", "hold")
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).values(effect_unknown=True))
    attempts: tuple[Callable[[Tx], object], ...] = (
        lambda tx: revoke(tx, made, ANN),
        lambda tx: veto(tx, made, BO, "stop"),
    )
    for attempt in attempts:
        with refused(world, TooLate), world.writing() as tx:
            attempt(tx)


def test_an_agent_withdraws_its_own_and_only_that(world: Store) -> None:
    made = proposed(world)
    with refused(world, NotYours):
        do(world, verbs.withdraw, made, Actor("agent", "somebody.else"), "oh")
    say_yes(world, made, ANN)
    do(world, verbs.withdraw, made, Actor("agent", "finops.idle_warehouse"), "it is used again")
    assert row_of(world, made).state == "withdrawn" and execution_of(world, made) is None


# Asking and answering


def test_a_question_and_its_answer_make_a_new_revision(world: Store) -> None:
    made = proposed(world, content(requirement=TWO_RED))
    say_yes(world, made, DI)
    with refused(world, Refusal):
        do(world, verbs.answer, made, Actor("agent", "finops.idle_warehouse"), "nobody asked")
    with refused(world, CommentNeeded):
        do(world, verbs.ask, made, ANN, " ")
    do(world, verbs.ask, made, ANN, "Who uses it at night?")
    assert row_of(world, made).question == "Who uses it at night?"
    old = row_of(world, made).action_digest
    do(world, verbs.answer, made, Actor("agent", "finops.idle_warehouse"), "Nobody.")
    row = row_of(world, made)
    assert (row.revision, row.question, row.state) == (2, None, "open") and row.action_digest != old
    assert say_yes(world, made, DI).state == "open"  # her first vote was on the first revision


def test_a_proposal_with_a_question_can_be_decided(world: Store) -> None:
    made = proposed(world)
    do(world, verbs.ask, made, ANN, "why?")
    say_yes(world, made, BO)
    assert row_of(world, made).question is None


# Override, claim, snooze


def test_an_override_is_a_linked_proposal_that_others_decide_on(world: Store) -> None:
    made = proposed(world)
    mine = content("bi-adhoc", params={"auto_stop_minutes": 30})
    mine = mine.model_copy(
        update={"agent": mine.agent.model_copy(update={"id": "person", "principal": ANN.name, "sponsor": ANN.id})}
    )
    with refused(world, CommentNeeded):
        do(world, verbs.override, made, mine, verdict(mine), ANN, "other", "")
    new = do(world, verbs.override, made, mine, verdict(mine), ANN, "other", "30 is better")
    assert (row_of(world, made).state, row_of(world, made).replaced_by) == ("overridden", new)
    assert (row_of(world, new).state, row_of(world, new).parent_id) == ("open", made)
    with refused(world, NotYours):
        say_yes(world, new, ANN)
    assert say_yes(world, new, BO).state == "approved"


def test_an_override_by_the_same_is_refused_and_an_approved_one_can_be_overridden(world: Store) -> None:
    same = content("bi-adhoc")
    made = proposed(world, same)
    with refused(world, Refusal):
        do(world, verbs.override, made, same, verdict(same), ANN, "other", "the same")
    say_yes(world, made, ANN)
    new = content("bi-adhoc", params={"auto_stop_minutes": 30})
    do(world, verbs.override, made, new, verdict(new), BO, "other", "30 is better")
    assert row_of(world, made).state == "overridden" and execution_of(world, made) is None


def test_a_claim_is_a_courtesy(world: Store, clock: Clock) -> None:
    made = proposed(world)
    do(world, verbs.claim, made, ANN)
    with refused(world, Refusal):
        do(world, verbs.claim, made, BO)
    clock.forward(15 * 60)
    do(world, verbs.claim, made, BO)
    do(world, verbs.release, made, BO)
    assert row_of(world, made).claimed_by == ""
    do(world, verbs.claim, made, BO)
    assert say_yes(world, made, ANN).state == "approved"


def test_snoozing_ends_with_the_proposal_and_never_hides_r3(world: Store) -> None:
    made, grave = proposed(world), proposed(world, content(risk=3))
    assert do(world, verbs.snooze, made, ANN, START + dt.timedelta(days=30), "later") == START + dt.timedelta(days=1)
    assert do(world, verbs.snooze, made, ANN, START + dt.timedelta(hours=1), "sooner") == START + dt.timedelta(hours=1)
    with refused(world, Refusal):
        do(world, verbs.snooze, grave, ANN, START + dt.timedelta(hours=1), "later")


# Standing in


def _stands_in(world: Store, person: Person, other: Person) -> str:
    return str(do(world, delegating.stand_in, person, other, START, START + dt.timedelta(days=3)))


def test_who_stands_in_fills_the_seat_of_the_other(world: Store, clock: Clock) -> None:
    made = proposed(world)
    with refused(world, NotYours):
        say_yes(world, made, EVE, on_behalf_of=ANN)
    _stands_in(world, ANN, EVE)
    assert say_yes(world, made, EVE, on_behalf_of=ANN).state == "approved"
    with world.reading() as tx:
        vote = tx.connection.execute(sa.select(VOTES)).one()
    assert (vote.voter_id, vote.on_behalf_of, vote.groups) == (EVE.id, ANN.id, ["red"])
    later = proposed(world)
    clock.forward(3 * DAY)
    again = proposed(world, content(decision_ttl_s=7 * DAY))
    with refused(world, NotYours):
        say_yes(world, again, EVE, on_behalf_of=ANN)
    assert row_of(world, later).state == "open"


def test_the_two_are_one_voice(world: Store) -> None:
    _stands_in(world, ANN, DI)
    made = proposed(world, content(requirement=TWO_RED))
    say_yes(world, made, DI, on_behalf_of=ANN)
    for person, hat in ((ANN, None), (DI, None), (DI, ANN)):
        with refused(world, AlreadyVoted):
            say_yes(world, made, person, on_behalf_of=hat)
    assert say_yes(world, made, BO).state == "approved"


def test_nobody_stands_in_for_who_may_not_decide_nor_passes_it_on(world: Store) -> None:
    _stands_in(world, SPONSOR, EVE)
    _stands_in(world, ANN, EVE)
    _stands_in(world, EVE, CY)
    made = proposed(world)
    with refused(world, NotYours):
        say_yes(world, made, EVE, on_behalf_of=SPONSOR)
    with refused(world, NotYours):
        say_yes(world, made, CY, on_behalf_of=ANN)


def test_a_delegation_has_limits_and_ends_early(world: Store) -> None:
    for other, ends in ((ANN, 3), (EVE, 31), (EVE, 0), (EVE, -1)):
        with refused(world, Refusal):
            do(world, delegating.stand_in, ANN, other, START, START + dt.timedelta(days=ends))
    made = _stands_in(world, ANN, EVE)
    with refused(world, Refusal):
        do(world, delegating.end_stand_in, made, BO)
    do(world, delegating.end_stand_in, made, EVE)
    wish = proposed(world)
    with refused(world, NotYours):
        say_yes(world, wish, EVE, on_behalf_of=ANN)


# The same wish twice


def test_the_same_wish_joins_the_open_one(world: Store, clock: Clock) -> None:
    wish = content()
    made = proposed(world, wish)
    clock.forward(60)
    assert proposed(world, wish) == made
    assert row_of(world, made).occurrences == 2
    say_yes(world, made, ANN)
    assert proposed(world, wish) == made  # approved, not through
    begin(world, made, "start", "pass", "ok", "verify_pass")
    assert proposed(world, wish) != made  # seen again after it was done: a new one


def test_a_wish_that_expired_unseen_is_made_anew(world: Store, clock: Clock) -> None:
    wish = content()
    made = proposed(world, wish)
    clock.forward(DAY)
    new = proposed(world, wish)
    assert new != made and (row_of(world, made).state, row_of(world, new).state) == ("expired", "open")


def test_an_approval_taken_back_gives_way_to_the_same_wish(world: Store) -> None:
    """Two proposals come to want the same (one was edited): only one of them is ever open."""
    wish = content("one")
    made = proposed(world, wish)
    other = proposed(world, wish.model_copy(update={"params": {"auto_stop_minutes": 20}}))
    say_yes(world, made, ANN)
    do(world, verbs.edit, other, 1, wish, verdict(wish), ANN, "10 after all")
    do(world, revoke, made, ANN)
    assert (row_of(world, made).state, row_of(world, made).replaced_by) == ("superseded", other)
    assert row_of(world, other).state == "open"


# The record


def test_every_decision_is_written_down_and_the_chain_holds(world: Store) -> None:
    first, second, third = (proposed(world) for _ in range(3))
    say_yes(world, first, ANN, comment="fine", dwell_ms=4_000)
    say_no(world, second, BO)
    do(world, revoke, first, ANN, "not yet")
    do(world, verbs.withdraw, third, Actor("agent", "finops.idle_warehouse"), "newer")
    with world.reading() as tx:
        rows = tx.connection.execute(sa.select(DECISIONS).order_by(DECISIONS.c.decision_id)).all()
    assert sorted(row.verb for row in rows) == ["accept", "reject", "revoke", "withdraw"]
    accepted = next(row for row in rows if row.verb == "accept")
    assert (accepted.decided_by, accepted.in_time, accepted.comment) == (["ann@example.com"], True, "fine")
    report = chain(world)
    assert report.code == 0, report.problem


def test_a_final_state_is_final_in_the_database_too(world: Store) -> None:
    made = proposed(world)
    say_no(world, made, ANN)
    with pytest.raises(sa.exc.IntegrityError), world.writing() as tx:
        tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == made).values(state="open"))


def test_viewing_counts_from_the_first_time(world: Store, clock: Clock) -> None:
    made = proposed(world)
    first = do(world, verbs.viewed, made, 1, ANN)
    clock.forward(30)
    assert do(world, verbs.viewed, made, 1, ANN) == first == START


def test_settling_what_the_machine_could_not(world: Store) -> None:
    from approvals.deciding.executions import look

    made = proposed(world)
    say_yes(world, made, ANN)
    begin(world, made, "start", "pass", "unknown", "give_up")
    execution = execution_of(world, made)
    assert execution is not None

    def settle(tx: Tx, event: str, person: Person, comment: str) -> Any:
        return look(tx, made, execution.execution_id, event, person, comment)

    for event, person, comment, by in (
        ("human_done", ANN, "", CommentNeeded),
        ("human_done", EVE, "I saw it", NotYours),
        ("human_accept", ANN, "fine", Refusal),
    ):
        with refused(world, by):
            do(world, settle, event, person, comment)
    row = do(world, settle, "human_done", ANN, "it is set")
    assert row.state == "verifying" and row.verify_until is not None
