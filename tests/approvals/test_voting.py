"""Who may decide what: every rule of a vote over SQLite and Postgres. A refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from approvals.deciding import verbs
from approvals.deciding.voting import Ballot, accept, reject, revoke, veto
from approvals.people.people import Person
from approvals.store.store import Store
from approvals.values.refusals import (
    AlreadyDecided,
    AlreadyVoted,
    Changed,
    CommentNeeded,
    NameNeeded,
    NoSuchProposal,
    NotYours,
    Refusal,
)
from tests.approvals.world import (
    ANN,
    BO,
    CY,
    DAY,
    DI,
    EVE,
    NO,
    RED_AND_BLUE,
    ROBOT,
    SPONSOR,
    START,
    TWO_RED,
    content,
    do,
    events,
    execution_of,
    proposed,
    refused,
    row_of,
    say_no,
    say_yes,
    seats,
    seen,
    verdict,
)
from tests.support.clock import Clock

# Quorum


def test_one_vote_where_one_is_asked(world: Store) -> None:
    made = proposed(world)
    standing = say_yes(world, made, ANN)
    row, execution = row_of(world, made), execution_of(world, made)
    assert (standing.state, row.state, row.seats_filled) == ("approved", "approved", 1)
    assert execution is not None and execution.state == "scheduled"
    assert (execution.action_digest, execution.revision) == (row.action_digest, 1)
    assert events(world, made) == ["proposal.created", "vote.approve", "decision.quorum"]
    assert row.lapses_at == START + dt.timedelta(hours=4)


def test_it_starts_after_the_undo_window(world: Store) -> None:
    made = proposed(world, content(undo_s=120))
    say_yes(world, made, ANN)
    execution = execution_of(world, made)
    assert execution is not None and execution.due_at == START + dt.timedelta(seconds=120)


def test_two_sets_need_two_people(world: Store) -> None:
    made = proposed(world, content(requirement=RED_AND_BLUE))
    assert say_yes(world, made, ANN).state == "open"
    assert execution_of(world, made) is None
    with refused(world, NotYours):  # the red seat is taken
        say_yes(world, made, DI)
    assert say_yes(world, made, CY).state == "approved"


def test_one_person_fills_one_seat_whatever_their_hats(world: Store) -> None:
    made = proposed(world, content(requirement=RED_AND_BLUE))
    standing = say_yes(world, made, BO)  # in both groups
    assert standing.state == "open" and len(standing.seating.missing) == 1
    with refused(world, AlreadyVoted):
        say_yes(world, made, BO)
    assert say_yes(world, made, ANN).state == "approved"  # Bo moves to blue


def test_two_of_one_group(world: Store) -> None:
    made = proposed(world, content(requirement=TWO_RED))
    assert say_yes(world, made, ANN).state == "open"
    with refused(world, AlreadyVoted):
        say_yes(world, made, ANN)
    assert say_yes(world, made, DI).state == "approved"


def test_a_requirement_that_nobody_can_fill_is_never_filled(world: Store) -> None:
    made = proposed(world, content(requirement=seats()))
    with refused(world, NotYours):
        say_yes(world, made, ANN)


# Who


@pytest.mark.parametrize("person", [SPONSOR, ROBOT, Person("agent:finops", "x", frozenset({"red"}))])
def test_who_proposed_or_sponsored_it_never_decides(world: Store, person: Person) -> None:
    made = proposed(world)
    with refused(world, NotYours):
        say_yes(world, made, person)
    with refused(world, NotYours):
        say_no(world, made, person)
    say_yes(world, made, ANN)
    with refused(world, NotYours):
        do(world, veto, made, person, "no")


def test_who_is_in_no_group_that_is_asked_does_not_decide(world: Store) -> None:
    made = proposed(world)
    for say in (say_yes, say_no):
        with refused(world, NotYours):
            say(world, made, EVE)
    with refused(world, NotYours):
        do(world, verbs.edit, made, 1, content(), verdict(content()), EVE, "")
    with refused(world, NotYours):
        do(world, verbs.override, made, content(), verdict(content()), EVE, "other", "mine is better")


def test_who_edited_it_does_not_decide(world: Store) -> None:
    old = content(requirement=TWO_RED)
    made = proposed(world, old)
    say_yes(world, made, DI)
    new = old.model_copy(update={"params": {"auto_stop_minutes": 20}})
    assert do(world, verbs.edit, made, 1, new, verdict(new), ANN, "20 is enough") == 2
    row = row_of(world, made)
    assert (row.state, row.revision, row.seats_filled) == ("open", 2, 0)  # Di's vote was for something else
    with refused(world, NotYours):
        say_yes(world, made, ANN)
    assert say_yes(world, made, DI).state == "open"
    assert say_yes(world, made, BO).state == "approved"


def test_an_edit_of_an_older_revision_is_refused(world: Store) -> None:
    old = content()
    made = proposed(world, old)
    new = old.model_copy(update={"params": {"auto_stop_minutes": 20}})
    do(world, verbs.edit, made, 1, new, verdict(new), ANN, "")
    with refused(world, Changed):
        do(world, verbs.edit, made, 1, old, verdict(old), BO, "")


def test_an_edit_into_what_is_proposed_already_is_refused(world: Store) -> None:
    old = content("one")
    twin = old.model_copy(update={"params": {"auto_stop_minutes": 20}})
    made, _other = proposed(world, old), proposed(world, twin)
    with refused(world, Refusal):
        do(world, verbs.edit, made, 1, twin, verdict(twin), ANN, "")


def test_an_edit_into_what_the_policy_forbids_is_denied(world: Store) -> None:
    old = content()
    made = proposed(world, old)
    new = old.model_copy(update={"params": {"auto_stop_minutes": 0}})
    do(world, verbs.edit, made, 1, new, verdict(new, "deny"), ANN, "")
    assert row_of(world, made).state == "denied"
    assert events(world, made)[-2:] == ["decision.edit", "decision.policy_deny"]


# What was on the screen


@pytest.mark.parametrize("change", [{"revision": 2}, {"action_digest": "f" * 64}])
def test_a_vote_for_something_else_does_not_count(world: Store, change: dict[str, Any]) -> None:
    made = proposed(world)
    signed = replace(seen(world, made, **NO), **change)
    for say in (accept, reject):
        with refused(world, Changed), world.writing() as tx:
            say(tx, signed, ANN)


def test_an_unknown_proposal(world: Store) -> None:
    with refused(world, NoSuchProposal), world.writing() as tx:
        accept(tx, Ballot("none", 1, "f" * 64), ANN)


# Comments, names, reasons


@pytest.mark.parametrize(("risk", "comment", "by"), [(2, "", None), (3, "  ", CommentNeeded), (3, "I looked", None)])
def test_a_comment_from_r3_on(world: Store, risk: int, comment: str, by: type[Exception] | None) -> None:
    made = proposed(world, content(risk=risk))
    if by is None:
        assert say_yes(world, made, ANN, comment=comment).state == "approved"
        return
    with refused(world, by):
        say_yes(world, made, ANN, comment=comment)


def test_the_name_at_r4(world: Store) -> None:
    made = proposed(world, content("bi-adhoc", risk=4))
    for typed in ("", "bi", "BI-ADHOC"):
        with refused(world, NameNeeded):
            say_yes(world, made, ANN, comment="gone for good", typed_name=typed)
    assert say_yes(world, made, ANN, comment="gone for good", typed_name=" bi-adhoc ").state == "approved"


@pytest.mark.parametrize("lacks", [{"comment": " "}, {"reason": ""}, {"reason": "because"}])
def test_a_rejection_needs_a_reason_and_words(world: Store, lacks: dict[str, str]) -> None:
    made = proposed(world)
    with refused(world, CommentNeeded):
        say_no(world, made, ANN, **lacks)


def test_one_rejection_ends_it_two_where_two_are_asked(world: Store) -> None:
    made = proposed(world)
    assert say_no(world, made, ANN).state == "rejected"
    hard = proposed(world, content(requirement=seats(("red", 2), denials=2)))
    assert say_no(world, hard, ANN).state == "open"
    with refused(world, AlreadyVoted):
        say_no(world, hard, ANN)
    assert say_no(world, hard, DI).state == "rejected"


# Too late


def test_who_comes_too_late_is_told_who_when_and_why(world: Store, clock: Clock) -> None:
    made = proposed(world)
    late = seen(world, made, **NO)
    clock.forward(5)
    say_no(world, made, ANN, comment="we need it at night")
    decided_at = clock.now
    clock.forward(4)
    for say in (accept, reject):
        with refused(world, AlreadyDecided) as caught, world.writing() as tx:
            say(tx, late, BO)
        told = caught.value
        assert isinstance(told, AlreadyDecided)
        assert (told.state, told.verb, told.by, told.at, told.comment) == (
            "rejected",
            "reject",
            "ann@example.com",
            decided_at,
            "we need it at night",
        )


def test_silence_is_not_consent(world: Store, clock: Clock) -> None:
    made = proposed(world)
    clock.forward(DAY)
    with refused(world, AlreadyDecided) as caught:
        say_yes(world, made, ANN)
    assert isinstance(caught.value, AlreadyDecided) and caught.value.state == "expired"


def test_the_policy_decides_without_people(world: Store) -> None:
    auto, denied = proposed(world, outcome="auto"), proposed(world, outcome="deny")
    assert (row_of(world, auto).state, row_of(world, auto).auto_by) == ("approved", "auto.rule")
    assert row_of(world, denied).state == "denied" and execution_of(world, denied) is None
    with refused(world, AlreadyDecided):
        say_yes(world, denied, ANN)


def test_the_late_voter_is_told_the_newest_decision_although_the_clock_went_back(world: Store, clock: Clock) -> None:
    made = proposed(world)
    say_yes(world, made, ANN)
    do(world, revoke, made, ANN, "not yet")
    clock.forward(-3600)
    say_no(world, made, BO)
    late = seen(world, made)
    with pytest.raises(AlreadyDecided) as told, world.writing() as tx:
        accept(tx, late, DI)
    assert (told.value.verb, told.value.by) == ("reject", BO.name)
