"""A stand-in is seen by both and ended by either, and by nobody else; it ends at its time as well."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Button, Caption

from approvals.deciding import delegating
from approvals.deciding.stand_ins import stand_ins
from approvals.deciding.voters import represented
from approvals.ledger import ledger
from approvals.people.people import Person
from approvals.reading.ledger_export import verify_store
from approvals.store.tables import DELEGATIONS
from approvals.values.refusals import Refusal
from tests.components.inbox_desk import InboxDesk, notes, press, said
from tests.components.inbox_store import ANN, BOB, CYD, EVE, NOW, content, put
from tests.components.walk import plainly
from tests.support.clock import Clock
from tests.support.stores import store_at

DAYS = 3


@pytest.fixture
def desk(tmp_path: Path) -> InboxDesk:
    clock = Clock(NOW)
    made = InboxDesk(store_at(tmp_path / "store.sqlite", clock), clock)
    put(made.store, content())
    return made


def lent(desk: InboxDesk, of: Person = ANN, to: Person = EVE) -> str:
    with desk.store.writing() as tx:
        return delegating.stand_in(tx, of, to, tx.now, tx.now + dt.timedelta(days=DAYS))


def opened(desk: InboxDesk, me: Person) -> AppTest:
    desk.me = me
    test = desk.page()
    test.session_state["inbox-deputies"] = True
    return test.run()


def line(test: AppTest, made: str) -> str:
    """How a stand-in reads: words, and names that open, as they follow each other."""
    drawn = test.get_by_key(f"inbox-stand-in-{made}")
    assert isinstance(drawn, Block)
    parts = [
        one.value if isinstance(one, Caption) else one.label for one in drawn if isinstance(one, (Caption, Button))
    ]
    return plainly(" ".join(parts))


def acts_for(desk: InboxDesk, me: Person) -> list[str]:
    with desk.store.reading() as tx:
        return [one.id for one in represented(tx, me)]


@pytest.mark.parametrize("who", [ANN, EVE], ids=["lends", "acts"])
def test_either_ends_it_with_a_button(desk: InboxDesk, who: Person) -> None:
    made = lent(desk)
    test = opened(desk, who)
    other = EVE if who is ANN else ANN
    assert line(test, made).startswith(
        f"{other.name} acts for you until" if who is ANN else f"You act for {other.name} until"
    )
    test = press(test, f"inbox-end-{made}")
    assert notes(test) == ["Ended. Nobody acts for the other any more."]
    assert acts_for(desk, EVE) == [] and "inbox-deputies" not in str(test.main)
    with desk.store.reading() as tx:
        (entry,) = ledger.search(tx, event="delegation.ended")
    assert entry.actor == who.name and made in entry.body and ANN.name in entry.body and EVE.name in entry.body
    assert verify_store(desk.store).code == 0


@pytest.mark.parametrize("who", [BOB, CYD])
def test_others_neither_see_nor_end_it(desk: InboxDesk, who: Person) -> None:
    made = lent(desk)
    assert "acts for" not in said(opened(desk, who))
    with desk.store.writing() as tx, pytest.raises(Refusal):
        delegating.end_stand_in(tx, made, who)
    assert acts_for(desk, EVE) == [ANN.id]


def test_a_recorded_press_ends_nothing_a_second_time(desk: InboxDesk) -> None:
    made = lent(desk)
    test = opened(desk, ANN)
    with desk.store.writing() as tx:
        delegating.end_stand_in(tx, made, EVE)
    again = lent(desk)
    test = press(test, f"inbox-end-{made}")
    assert "no such delegation" in notes(test)[0]
    with desk.store.reading() as tx:
        assert [one.delegation_id for one in stand_ins(tx, ANN)] == [again]


def test_it_ends_at_its_time_and_is_not_ended_afterwards(desk: InboxDesk) -> None:
    made = lent(desk)
    desk.clock.forward(days=DAYS)
    assert acts_for(desk, EVE) == []
    assert "acts for" not in said(opened(desk, ANN))
    with desk.store.writing() as tx, pytest.raises(Refusal):
        delegating.end_stand_in(tx, made, ANN)
    with desk.store.reading() as tx:
        assert tx.connection.execute(sa.select(DELEGATIONS.c.ended_at)).scalar_one() is None
        assert not ledger.search(tx, event="delegation.ended")


def test_one_that_begins_later_says_so(desk: InboxDesk) -> None:
    with desk.store.writing() as tx:
        made = delegating.stand_in(tx, ANN, EVE, NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=2))
    assert line(opened(desk, ANN), made).startswith(f"{EVE.name} acts for you from ")
    assert acts_for(desk, EVE) == []
