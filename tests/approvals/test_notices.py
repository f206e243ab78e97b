"""What people asked to be told of is their own: kept, muted, ended; what they are told is told once. Over SQLite and Postgres."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.people import notices, telling
from approvals.people.notices import MOST, Budget, Notice, may_watch, mine, told, unread
from approvals.people.people import Person
from approvals.people.roles import RowLimits
from approvals.people.telling import Event
from approvals.store.store import Store
from approvals.store.tables import NOTICES, OUTBOX
from approvals.values.refusals import NotYours, Refusal
from tests.approvals.world import ANN, BO, START, do
from tests.support.clock import Clock
from things import Thing

JOB, OTHER = Thing("job", "10", "1"), Thing("job", "20", "2")
ALL = RowLimits()
HOUR = dt.timedelta(hours=1)


def asked(store: Store, person: Person = ANN, thing: Thing = JOB, limits: RowLimits = ALL, kind: str = "failed") -> str:
    return str(do(store, notices.ask, person, limits, kind, thing, "load"))


def of(store: Store, person: Person = ANN) -> list[Notice]:
    with store.reading() as tx:
        return mine(tx, person)


def due(store: Store) -> list[str]:
    with store.reading() as tx:
        return [one.notice_id for one in telling.due(tx)]


def event(at: dt.datetime, key: str = "run 1") -> Event:
    return Event(key, at, "Job load failed", "Run 1 ended")


def messages(store: Store) -> list[Any]:
    with store.reading() as tx:
        return list(tx.connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.created_at, OUTBOX.c.message_key)))


def read(store: Store, person: Person = ANN) -> tuple[int, list[str]]:
    with store.reading() as tx:
        return unread(tx, person), [one.subject for one in told(tx, person)]


def test_a_notice_is_its_persons_alone(world: Store) -> None:
    one = asked(world)
    assert [(found.thing, found.kind, found.name, found.created_at) for found in of(world)] == [
        (JOB, "failed", "load", START)
    ]
    assert of(world, BO) == [] and due(world) == [one]
    with pytest.raises(Refusal, match="not told of that"):
        do(world, notices.end, BO, one)
    with pytest.raises(Refusal, match="not told of that"):
        do(world, notices.mute, BO, one, START + HOUR)
    assert due(world) == [one]
    do(world, notices.end, ANN, one)
    assert of(world) == [] and due(world) == []
    with pytest.raises(Refusal, match="not told of that"):
        do(world, notices.end, ANN, one)
    assert asked(world) != one  # asked for again


def test_what_cannot_be_told_is_refused(world: Store) -> None:
    asked(world)
    asked(world, BO)
    with pytest.raises(Refusal, match="already"):
        asked(world)
    with pytest.raises(Refusal, match="Nothing of that sort"):
        asked(world, kind="nonsense")
    with pytest.raises(Refusal, match="Nothing of that sort"):
        asked(world, thing=Thing("workspace", "1"))
    with pytest.raises(Refusal, match="Only people"):
        asked(world, Person("", "nobody"))
    for number in range(MOST - 1):
        asked(world, thing=Thing("job", f"{number}0000", "1"))
    with pytest.raises(Refusal, match="end one first"):
        asked(world, thing=OTHER)
    assert len(of(world)) == MOST and len(of(world, BO)) == 1


@pytest.mark.parametrize(
    "budget", [None, Budget(Decimal(0), "USD"), Budget(Decimal(-1), "USD"), Budget(Decimal("NaN"), "USD"), Budget(Decimal(1), ""),
    Budget(Decimal(10) ** 13, "USD")]
)  # fmt: skip
def test_a_budget_is_an_amount(world: Store, budget: Budget | None) -> None:
    with pytest.raises(Refusal, match="A budget is"):
        do(world, notices.ask, ANN, ALL, "budget", JOB, "load", budget)
    do(world, notices.ask, ANN, ALL, "budget", JOB, "load", Budget(Decimal("12.3"), "EUR"))
    assert [(one.budget, one.currency) for one in of(world)] == [(Decimal("12.3"), "EUR")]


PLACES, CENTRES = RowLimits(workspaces=frozenset({"1"})), RowLimits(cost_centers=frozenset({"caf\u00e9"}))


@pytest.mark.parametrize(("limits", "thing", "may"), [
    (ALL, OTHER, True), (PLACES, JOB, True), (PLACES, OTHER, False), (PLACES, Thing("workspace", "1"), True),
    (PLACES, Thing("workspace", "2"), False), (PLACES, Thing("cost_centre", "café"), False), (PLACES, Thing("table", "a.b.c"), False),
    (CENTRES, JOB, False), (CENTRES, Thing("cost_centre", "cafe\u0301"), True), (CENTRES, Thing("cost_centre", "x"), False),
    (RowLimits(workspaces=frozenset()), JOB, False),
])  # fmt: skip
def test_people_watch_what_they_may_see(world: Store, limits: RowLimits, thing: Thing, may: bool) -> None:
    assert may_watch(limits, thing) == may
    if not may:
        with pytest.raises(NotYours):
            asked(world, thing=thing, limits=limits)


def test_an_event_is_told_once_and_sent_once(world: Store, clock: Clock) -> None:
    asked(world)
    (one,) = of(world)
    clock.forward(60)
    assert do(world, telling.tell, one, event(clock.now)) is True
    assert do(world, telling.tell, one, event(clock.now)) is False  # another worker, or the same after a restart
    (message,) = messages(world)
    assert (message.channel, message.recipient, message.state) == ("notice", ANN.name, "waiting")
    assert message.body["subject"] == "Job load failed" and message.body["thing"] == JOB.words
    assert read(world) == (1, ["Job load failed"]) and read(world, BO) == (0, [])
    assert of(world)[0].last_told == clock.now
    do(world, notices.looked, ANN)
    clock.forward(60)
    assert do(world, telling.tell, one, event(clock.now, "run 2")) is True
    assert read(world) == (1, ["Job load failed"] * 2) and len(messages(world)) == 2


def test_what_happened_before_or_while_muted_is_not_told(world: Store, clock: Clock) -> None:
    ident = asked(world)
    (one,) = of(world)
    assert do(world, telling.tell, one, event(START - HOUR)) is False
    do(world, notices.mute, ANN, ident, START + HOUR)
    assert due(world) == []
    assert do(world, telling.tell, one, event(START + HOUR / 2)) is False  # found before it was muted, told after
    clock.forward(hours=2)
    assert due(world) == [ident]
    with world.reading() as tx:
        new = telling.new(
            tx, of(world)[0], [event(START + HOUR / 2, "a"), event(clock.now, "c"), event(clock.now, "b")]
        )
    assert [found.key for found in new] == ["b", "c"]
    do(world, notices.mute, ANN, ident, clock.now + HOUR)
    do(world, notices.mute, ANN, ident, None)
    assert due(world) == [ident] and of(world)[0].since == clock.now
    for until in (clock.now, clock.now + dt.timedelta(days=400)):
        with pytest.raises(Refusal, match="a year"):
            do(world, notices.mute, ANN, ident, until)


def test_what_has_ended_is_told_nothing(world: Store, clock: Clock) -> None:
    ident = asked(world)
    (one,) = of(world)
    do(world, notices.end, ANN, ident)
    assert do(world, telling.tell, one, event(clock.now)) is False and messages(world) == []


def test_when_it_was_looked_and_why_that_told_nothing_is_known(world: Store, clock: Clock) -> None:
    ident = asked(world)
    clock.forward(60)
    do(world, telling.checked, [ident], "No grant")
    do(world, telling.checked, [])
    assert [(one.checked_at, one.could_not) for one in of(world)] == [(clock.now, "No grant")]


def test_old_ones_are_forgotten(world: Store, clock: Clock) -> None:
    ident, kept = asked(world), asked(world, BO)
    (one,) = of(world)
    do(world, telling.tell, one, event(clock.now))
    do(world, notices.end, ANN, ident)
    clock.forward(days=99)
    do(world, telling.forget_old)
    assert len(read(world)[1]) == 1
    clock.forward(days=2)
    do(world, telling.forget_old)
    with world.reading() as tx:
        assert list(tx.connection.execute(sa.select(NOTICES.c.notice_id)).scalars()) == [kept]
    assert read(world) == (0, [])
