"""Asking, answering, claiming, putting off and breaking the glass are for those whose right they are, and people are who the
directory says they are, however their names are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.proposers import UnknownProposer, known
from approvals.deciding import delegating, verbs
from approvals.deciding.proposals import content_of
from approvals.deciding.verbs import emergency
from approvals.deciding.voters import votes
from approvals.ledger.ledger import Actor
from approvals.people.people import Person, folded, is_person
from approvals.reading.inbox import InboxFilters, listing
from approvals.store.store import Store, Tx
from approvals.values.refusals import NotYours, Refusal
from tests.approvals.world import (
    AGENT,
    ANN,
    BO,
    CY,
    DAY,
    DI,
    EVE,
    HOUR,
    SPONSOR,
    START,
    TWO_RED,
    chain,
    content,
    do,
    proposed,
    refused,
    row_of,
    say_yes,
    seats,
    verdict,
)
from tests.support.clock import Clock
from tests.support.people import People

GLASS = seats(("glass", 1))
SPELLINGS = (
    "Ana@Corp", "ANA@CORP", " ana@corp", "ana@corp ", "ana@corp\u200b", "a\u00adna@corp", "\ufeffana@corp", "ana@corp\n",
    "ana\u2060@corp", "ana@corp\u202e", "ａｎａ@corp", "ana＠corp", "ana\u00a0@corp", "ana@corp\u0007",
)  # fmt: skip
ANA = Person("u-ana", "ana@corp", frozenset({"red"}))


# What a viewer may not do


@pytest.mark.parametrize("who", [EVE, SPONSOR], ids=["viewer", "sponsor"])
def test_who_may_not_decide_neither_asks_nor_claims_nor_puts_off(world: Store, who: Person) -> None:
    made = proposed(world, content(requirement=TWO_RED))
    say_yes(world, made, DI)
    acts: tuple[Callable[[Tx], object], ...] = (
        lambda tx: verbs.ask(tx, made, who, "Who says so?"), lambda tx: verbs.claim(tx, made, who),
        lambda tx: verbs.snooze(tx, made, who, START + dt.timedelta(hours=1), "later"),
    )  # fmt: skip
    for act in acts:
        with refused(world, NotYours):
            do(world, act)
    assert row_of(world, made).seats_filled == 1


def test_who_stands_in_for_somebody_may_ask_and_claim(world: Store) -> None:
    made = proposed(world)
    with refused(world, NotYours):
        do(world, verbs.ask, made, EVE, "Why?", [ANN])
    do(world, delegating.stand_in, ANN, EVE, START, START + dt.timedelta(days=3))
    do(world, verbs.ask, made, EVE, "Why?", [ANN])
    do(world, verbs.claim, made, EVE, [ANN])
    assert row_of(world, made).asked_by == EVE.name


@pytest.mark.parametrize("who", [EVE, ANN, BO, Actor("human", EVE.name), Actor("agent", "another.agent")])
def test_only_who_proposed_it_answers(world: Store, who: Actor | Person) -> None:
    made = proposed(world, content(requirement=TWO_RED))
    say_yes(world, made, DI)
    do(world, verbs.ask, made, ANN, "Who says so?")
    with refused(world, NotYours):
        do(world, verbs.answer, made, who, "Approved by the CFO")
    with world.reading() as tx:
        assert [one.voter_id for one in votes(tx, row_of(world, made))] == [DI.id]


def test_peoples_words_stand_under_their_names(world: Store) -> None:
    made = proposed(world, content(narrative="It is idle."))
    do(world, verbs.ask, made, ANN, "Who says so?")
    do(world, verbs.answer, made, SPONSOR, "I do.")
    do(world, verbs.ask, made, BO, "Since when?")
    do(world, verbs.answer, made, Actor("agent", AGENT.id), "For 30 days.")
    with world.reading() as tx:
        now = content_of(tx, made, 3)
    assert now.narrative == "It is idle."
    assert [(one.asked_by, one.question, one.answered_by, one.text, one.by_person) for one in now.answers] == [
        (ANN.name, "Who says so?", SPONSOR.name, "I do.", True),
        (BO.name, "Since when?", AGENT.id, "For 30 days.", False),
    ]
    fresh = content(narrative="It is idle.").model_copy(update={"target": now.target})
    do(world, verbs.edit, made, 3, fresh.model_copy(update={"steps": ("slowly",)}), verdict(fresh), ANN, "slowly")
    with world.reading() as tx:
        assert content_of(tx, made, 4).answers == now.answers
    assert chain(world).code == 0


# Who somebody is


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("field", ["principal", "sponsor"])
def test_another_spelling_is_the_same_person(world: Store, field: str, spelling: str) -> None:
    agent = AGENT.model_copy(update={"sponsor": None, field: spelling})
    made = proposed(world, content(agent=agent))
    with refused(world, NotYours):
        say_yes(world, made, ANA)
    resolved = known(People(ANA), agent)
    assert resolved.sponsor == ANA.id
    other = proposed(world, content(agent=resolved))
    with refused(world, NotYours):
        say_yes(world, other, replace(ANA, name="ana.maria@corp"))  # the id is hers, whatever she is called by now


def test_who_is_unknown_sponsors_nothing() -> None:
    people = People(ANA, BO)
    for agent in (
        AGENT.model_copy(update={"sponsor": "аna@corp"}),
        AGENT.model_copy(update={"sponsor": "nobody"}),
        AGENT.model_copy(update={"sponsor": None, "principal": "nobody@corp"}),
    ):
        with pytest.raises(UnknownProposer):
            known(people, agent)
    with pytest.raises(Refusal):
        known(people, AGENT.model_copy(update={"principal": ANA.name, "sponsor": BO.name}))
    robot = AGENT.model_copy(update={"sponsor": None})
    assert known(people, robot) == robot
    assert known(people, AGENT.model_copy(update={"sponsor": ANA.id})).sponsor == ANA.id


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=12))
def test_folding_is_done_once_for_all(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert is_person(name, Person("u", name)) or not name


def test_the_list_says_it_is_not_ones_turn(world: Store) -> None:
    for agent in (
        AGENT.model_copy(update={"sponsor": "ANA@corp"}),
        AGENT.model_copy(update={"principal": "Ana@Corp"}),
        AGENT.model_copy(update={"sponsor": ANA.id}),
    ):
        proposed(world, content(agent=agent))
    with world.reading() as tx:
        assert listing(tx, "your_turn", ANA, InboxFilters()) == []
        assert len(listing(tx, "your_turn", ANN, InboxFilters())) == 3


# The glass


def _broken(world: Store, made: str, who: Person, revision: int = 1, incident: str = "INC-1") -> object:
    with world.reading() as tx:
        new = content_of(tx, made, revision)
    new = new.model_copy(update={"emergency": incident, "requirement": GLASS, "decision_ttl_s": HOUR})
    return do(world, emergency, made, revision, new, verdict(new), who, "it burns", 5)


def member(person: Person) -> Person:
    return replace(person, groups=person.groups | {"glass"})


def test_who_breaks_the_glass_decides_no_more(world: Store) -> None:
    made = proposed(world, content(requirement=TWO_RED))
    _broken(world, made, member(CY))
    with refused(world, NotYours):
        say_yes(world, made, member(CY))
    assert say_yes(world, made, member(DI)).state == "approved"


def test_who_stands_behind_it_breaks_no_glass(world: Store) -> None:
    made = proposed(world)
    with refused(world, NotYours):
        _broken(world, made, member(SPONSOR))


def test_an_emergency_is_one_hour_long_whatever_is_done(world: Store, clock: Clock) -> None:
    made = proposed(world, content(decision_ttl_s=3 * DAY))
    _broken(world, made, member(CY))
    ends = row_of(world, made).expires_at
    assert ends == START + dt.timedelta(hours=1)
    clock.forward(30 * 60)
    with refused(world, Refusal):
        _broken(world, made, member(DI), 2, "INC-2")
    with world.reading() as tx:
        new = content_of(tx, made, 2).model_copy(update={"steps": ("slowly",)})
    do(world, verbs.edit, made, 2, new, verdict(new), member(DI), "slowly")
    do(world, verbs.ask, made, member(BO), "Why?")
    do(world, verbs.answer, made, Actor("agent", AGENT.id), "It burns.")
    assert row_of(world, made).expires_at == ends
