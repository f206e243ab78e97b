"""Each decision counts once, as it was drawn: replayed, late and borrowed clicks decide nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.people.people import Person
from approvals.store.nonces import GOOD_FOR
from approvals.store.store import Store
from approvals.store.tables import DECISIONS, LEDGER, PROPOSALS, REVISIONS, VOTES
from components.inbox import deciding, writing
from components.inbox.seen import Seen
from tests.components.inbox_desk import InboxDesk, notes, said, send, verb
from tests.components.inbox_store import ANN, NOW, content, put
from tests.support.clock import Clock
from tests.support.stores import store_at

HERE, ELSEWHERE = "1000000000000003", "1000000000000004"


@pytest.fixture
def desk(tmp_path: Path) -> InboxDesk:
    clock = Clock(NOW)
    return InboxDesk(store_at(tmp_path / "inbox.sqlite", clock), clock)


def count(store: Store, table: sa.Table) -> int:
    with store.reading() as tx:
        return int(tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def drawn(desk: InboxDesk, proposal_id: str, words: dict[str, str]) -> Seen:
    with desk.store.reading() as tx:
        row = tx.connection.execute(sa.select(PROPOSALS).where(PROPOSALS.c.proposal_id == proposal_id)).one()
    return Seen(proposal_id, row.revision, row.action_digest, row.title, row.risk, words=words)


def test_a_replayed_click_decides_nothing(desk: InboxDesk) -> None:
    one = put(desk.store, content())
    test = desk.page(p=one)
    words = next(iter(test.session_state["inbox-clicks"].values()))[1]
    verb(test, "accept")
    assert count(desk.store, VOTES) == 1
    before = count(desk.store, DECISIONS)
    deciding.accept(desk.services(), drawn(desk, one, dict(words)))
    deciding.accept(desk.services(), drawn(desk, one, {"accept": "made up"}))
    deciding.accept(desk.services(), drawn(desk, one, {}))
    assert (count(desk.store, VOTES), count(desk.store, DECISIONS)) == (1, before)


def test_a_click_after_ten_minutes_decides_nothing_and_the_next_one_does(desk: InboxDesk) -> None:
    one = put(desk.store, content())
    test = desk.page(p=one, do="accept")
    desk.clock.now += GOOD_FOR + dt.timedelta(seconds=1)
    test = send(test, "Accept")
    assert "This click counts no more" in notes(test)[0]
    assert count(desk.store, VOTES) == 0
    verb(test, "accept")
    assert count(desk.store, VOTES) == 1


def test_a_page_that_is_drawn_again_has_new_words_in_time(desk: InboxDesk) -> None:
    one = put(desk.store, content())
    test = desk.page(p=one)
    desk.clock.now += GOOD_FOR - dt.timedelta(minutes=1)
    test.run()
    desk.clock.now += dt.timedelta(minutes=2)
    verb(test, "accept")
    assert count(desk.store, VOTES) == 1


TYPED = {
    "reason": "other",
    "comment": "because",
    "question": "Why?",
    "answer": "So.",
    "incident": "INC-1",
    "event": "human_done",
}
ACTS = {
    "reject": (deciding.reject, VOTES), "ask": (deciding.ask, LEDGER), "emergency": (deciding.emergency, REVISIONS),
    "edit": (lambda services, seen: deciding.edit(services, seen, "warehouse.set_autostop", []), REVISIONS),
    "override": (lambda services, seen: deciding.override(services, seen, "warehouse.set_autostop", []), PROPOSALS),
    "undo": (deciding.undo, PROPOSALS), "veto": (deciding.veto, DECISIONS), "revoke": (deciding.taken_back, DECISIONS),
    "answer": (deciding.answer, REVISIONS), "look": (lambda services, seen: deciding.settle(services, seen, "e1"), LEDGER),
}  # fmt: skip
ON_AN_OPEN_ONE = ("reject", "ask", "emergency", "edit", "override", "undo")


@pytest.fixture
def filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every field of every form holds what it takes."""
    for room in (deciding, writing):
        monkeypatch.setattr(room, "value", lambda seen, name: TYPED.get(name, ""))
    monkeypatch.setattr(deciding, "_params", lambda *_: {"auto_stop_minutes": 25})


@pytest.mark.parametrize("verb_", ACTS)
@pytest.mark.usefixtures("filled_in")
def test_no_decision_goes_without_its_own_word(desk: InboxDesk, verb_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    act, table = ACTS[verb_]
    one = put(desk.store, content())
    test = desk.page(p=one)
    words = next(iter(test.session_state["inbox-clicks"].values()))[1]
    before = count(desk.store, table), count(desk.store, VOTES)
    said_: list[str] = []
    monkeypatch.setattr("components.inbox.messages.say", lambda text, _how: said_.append(text))
    act(desk.services(), drawn(desk, one, dict.fromkeys(words, words["accept"])))
    assert (count(desk.store, table), count(desk.store, VOTES)) == before
    assert "This click counts no more" in said_[0]  # not refused for another reason
    desk.clock.forward(seconds=2)
    if verb_ in ON_AN_OPEN_ONE:
        act(desk.services(), drawn(desk, one, dict(words)))
        assert count(desk.store, table) > before[0]


class Limited(InboxDesk):
    """The desk of somebody who may see one workspace."""

    workspaces: tuple[str, ...] | None = (HERE,)

    def services(self) -> Any:
        from dataclasses import replace

        return replace(super().services(), workspaces=self.workspaces)


def test_proposals_of_other_workspaces_are_in_no_list_no_count_and_no_card(tmp_path: Path) -> None:
    clock = Clock(NOW)
    desk = Limited(store_at(tmp_path / "inbox.sqlite", clock), clock)
    own = put(desk.store, content("warehouse-of-mine"))
    other = content("warehouse-of-theirs")
    there = put(
        desk.store, other.model_copy(update={"target": other.target.model_copy(update={"workspace_id": ELSEWHERE})})
    )
    desk.me = Person(ANN.id, ANN.name, ANN.groups)
    for words in ({}, {"view": "waiting"}, {"text": "theirs"}, {"p": own}, {"view": "done"}):
        test = desk.page(**words)
        shown = said(test) + "".join(frame.value.to_string() for frame in test.dataframe)
        assert "theirs" not in shown.replace("text", "") or (words == {"text": "theirs"} and "of-theirs" not in shown)
    assert "no such proposal" in said(desk.page(p=there)).lower()
    assert not [button for button in desk.page(p=there).button if "verb" in str(button.key)]
    desk.workspaces = None
    assert "of-theirs" in said(desk.page(p=there))
    desk.workspaces = ()
    assert "no such proposal" in said(desk.page(p=own)).lower()
