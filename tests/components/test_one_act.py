"""One press is one considered act: a held key counts once, nobody votes in the second in which a card opens, what is grave in
prod takes two acts, and a row of approvals is taken back at once."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from approvals.deciding.verbs import viewed
from approvals.deciding.voting import FIRST_LOOK, accept, reject
from approvals.reading.recent import reversible
from approvals.store.tables import VIEWINGS, VOTES
from approvals.values.refusals import TooSoon
from components.runtime import one_press
from tests.components.inbox_desk import DESK, InboxDesk, notes, press, said, send, verb
from tests.components.inbox_store import ANN, BOB, NOW, approved, ballot, content, put, states
from tests.support.clock import Clock
from tests.support.stores import store_at
from tests.support.tiers import deep
from web.delivery import ADDED
from web.http_guard import policy


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[InboxDesk]:
    clock = Clock(NOW)
    store = store_at(tmp_path / "store.sqlite", clock)
    yield InboxDesk(store, clock)
    store.engine.dispose()


def votes(desk: InboxDesk) -> int:
    with desk.store.reading() as tx:
        return int(tx.connection.execute(sa.select(sa.func.count()).select_from(VOTES)).scalar_one())


@pytest.mark.parametrize("after", [0, 1, 500, 999, 1_000, 5_000])
def test_nobody_votes_in_the_second_in_which_a_card_opens(desk: InboxDesk, after: int) -> None:
    one, two = put(desk.store, content("one")), put(desk.store, content("two"))
    with desk.store.writing() as tx:
        viewed(tx, one, 1, ANN)
        viewed(tx, two, 1, ANN)
    desk.clock.forward(milliseconds=after)
    for proposal_id, act, words in ((one, accept, {}), (two, reject, {"reason": "other", "comment": "no"})):
        signed = ballot(desk.store, proposal_id, **words)
        if dt.timedelta(milliseconds=after) < FIRST_LOOK:
            with pytest.raises(TooSoon, match="have not seen it yet"), desk.store.writing() as tx:
                act(tx, signed, ANN)
        else:
            with desk.store.writing() as tx:
                act(tx, signed, ANN)
    with desk.store.writing() as tx:
        if states(desk.store, one)[0] == "open":
            assert accept(tx, ballot(desk.store, one), BOB).state == "approved"  # it opened for ANN, not for him


@pytest.mark.parametrize("seed", [0, 1, *map(deep, range(2, 6))])
def test_a_held_key_decides_once_a_second_at_most(desk: InboxDesk, seed: int) -> None:
    """A browser that sends every press of a key that is held for two seconds."""
    for number in range(8):
        put(desk.store, content(f"w{number}", env="dev", risk=1))
    chance, began = random.Random(seed), desk.clock.now
    test = press(desk.page(), "inbox-open")
    while desk.clock.now - began < dt.timedelta(seconds=2):
        desk.clock.forward(milliseconds=chance.choice((33, 50, 120)))
        test = press(test, "inbox-verb-accept")
    with desk.store.reading() as tx:
        opened = {(row.proposal_id, row.person_id): row.first_at for row in tx.connection.execute(sa.select(VIEWINGS))}
        cast = tx.connection.execute(sa.select(VOTES)).all()
    assert 1 <= len(cast) <= 2
    assert all(one.created_at - opened[one.proposal_id, one.voter_id] >= FIRST_LOOK for one in cast)


def test_too_soon_is_said_and_nothing_is_lost(desk: InboxDesk) -> None:
    made = put(desk.store, content(env="dev"))
    test = press(desk.page(p=made), "inbox-verb-accept")
    assert "You have not seen it yet" in notes(test)[0] and votes(desk) == 0
    desk.clock.forward(seconds=1)
    press(test, "inbox-verb-accept")
    assert votes(desk) == 1


def address(test: AppTest, name: str) -> str:
    value = test.query_params[name]
    return value if isinstance(value, str) else "".join(value)


def at(test: AppTest, proposal_id: str) -> AppTest:
    """The browser sends a press before it has heard that another card is open."""
    test.query_params["p"] = proposal_id
    return test


def test_what_is_refused_is_said_on_the_card_that_it_is_about(desk: InboxDesk) -> None:
    one, two = put(desk.store, content("one", env="dev")), put(desk.store, content("two", env="dev"))
    test = desk.page(p=one)
    desk.clock.forward(seconds=2)
    test = press(test, "inbox-verb-accept")
    assert address(test, "p") == two and votes(desk) == 1
    test = press(at(test, one), "inbox-verb-accept")  # the second press, with the address of the first
    assert "You have not seen it yet" in notes(test)[0] and votes(desk) == 1
    assert address(test, "p") == two and "‘two’" in test.subheader[0].value


@pytest.mark.parametrize("pressed", ["edit", "ask", "reject", "override", "snooze", "delegate"])
def test_a_form_opens_on_the_card_whose_button_it_was(desk: InboxDesk, pressed: str) -> None:
    one, two = put(desk.store, content("one", env="dev")), put(desk.store, content("two", env="dev"))
    test = press(at(desk.page(p=two), one), f"inbox-verb-{pressed}")
    assert (address(test, "p"), address(test, "do")) == (two, pressed)


@pytest.mark.parametrize(
    ("env", "risk", "acts"), [("prod", 2, 2), ("governance", 2, 2), ("prod", 1, 1), ("dev", 2, 1), ("test", 1, 1)]
)
def test_what_is_grave_in_prod_takes_two_acts(desk: InboxDesk, env: str, risk: int, acts: int) -> None:
    made = put(desk.store, content(env=env, risk=risk))
    test = desk.page(p=made)
    desk.clock.forward(seconds=2)
    test = press(test, "inbox-verb-accept")
    assert votes(desk) == (acts == 1)
    if acts == 2:
        send(test, "Accept")
    assert votes(desk) == 1


def test_many_are_taken_back_at_once(desk: InboxDesk) -> None:
    made = [approved(desk.store, content(f"w{number}")) for number in range(9)]
    test = desk.page()
    assert "9 accepted" in said(test).replace("**", "")
    test = press(test, "inbox-take-all-back")
    assert "Taken back: 9 of 9" in " ".join(notes(test))
    assert {states(desk.store, one) for one in made} == {("open", None)}
    with desk.store.reading() as tx:
        assert reversible(tx, ANN) == []


def test_one_press_takes_them_back_once_and_only_ones_own(desk: InboxDesk) -> None:
    made = [approved(desk.store, content(f"w{number}")) for number in range(3)]
    test = desk.page()
    desk.me = BOB
    press(test, "inbox-take-all-back")
    assert {states(desk.store, one)[0] for one in made} == {"approved"}
    desk.me = ANN
    verb(desk.page(p=made[0]), "revoke")
    assert "2 accepted" in said(desk.page()).replace("**", "") and DESK


def test_the_page_carries_the_few_lines_and_their_hash() -> None:
    assert one_press.SCRIPT in ADDED and b"press.repeat" in one_press.SCRIPT and b"</script" not in one_press.SCRIPT
    assert policy().count("sha256-") >= 3
