"""Whoever could agree is asked once a day, and the ledger says by whom."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from approvals.deciding.reminding import remind
from approvals.deciding.verbs import withdraw
from approvals.deciding.voting import accept
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.store.store import Store
from approvals.store.tables import OUTBOX
from approvals.values.refusals import Refusal
from tests.components.inbox_store import AGENT, ANN, BOB, CYD, EVE, NOW, TWO, ballot, content, put
from tests.support.clock import Clock
from tests.support.stores import store_at


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return store_at(tmp_path / "store.sqlite", clock)


def asked(store: Store, made: str, *people: str) -> list[str]:
    with store.writing() as tx:
        return remind(tx, made, people, EVE)


def test_each_is_asked_once_a_day_and_the_ledger_says_by_whom(store: Store, clock: Clock) -> None:
    made = put(store, content("bi"))
    assert asked(store, made, ANN.name, BOB.name, ANN.name) == [ANN.name, BOB.name]
    assert asked(store, made, ANN.name.upper(), BOB.name, CYD.name) == [CYD.name]
    assert asked(store, made, ANN.name, CYD.name) == []
    clock.forward(days=1)
    assert asked(store, made, ANN.name) == [ANN.name]
    with store.reading() as tx:
        sent = list(tx.connection.execute(sa.select(OUTBOX)))
        told = [one for one in ledger.story(tx, made) if one.event == "proposal.reminded"]
    assert sorted(one.recipient for one in sent) == sorted([ANN.name, ANN.name, BOB.name, CYD.name])
    assert {(one.channel, one.body["asked_by"]) for one in sent} == {("notice", EVE.name)}
    assert [one.actor for one in told] == [EVE.name] * 3


def test_who_has_voted_and_who_asks_are_not_asked(store: Store) -> None:
    made = put(store, content("bi", requirement=TWO))
    signed = ballot(store, made, comment="fine")
    with store.writing() as tx:
        accept(tx, signed, BOB)
    assert asked(store, made, ANN.name, BOB.name, EVE.name) == [ANN.name]


def test_nobody_is_asked_about_what_is_over(store: Store) -> None:
    made = put(store, content("bi"))
    with store.writing() as tx:
        withdraw(tx, made, Actor("agent", AGENT.principal), "gone")
    with pytest.raises(Refusal, match="decided"):
        asked(store, made, ANN.name)
