"""How many proposals wait for whoever looks: said in the navigation and the tab, never by asking often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from approvals.people import notices, telling
from approvals.people.people import Person, Unreachable
from approvals.people.roles import RowLimits
from approvals.store.store import Store
from components.frame import yours
from components.runtime import latest
from tests.components.inbox_store import ANN, EVE, NOW, content, put
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import Thing


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(tmp_path / "store.sqlite", Clock(NOW))
    yield made
    made.engine.dispose()


def waits(store: Store, person: Person, workspaces: tuple[str, ...] | None = None) -> int | None:
    return yours.waiting(store, person.name, lambda: person, workspaces).proposals


def test_each_sees_their_own_number_in_their_own_workspaces(store: Store) -> None:
    put(store, content("a"))
    put(store, content("b"))
    assert (waits(store, ANN), waits(store, EVE)) == (2, 0)
    assert waits(store, ANN, ("7",)) == 0


def test_a_page_asks_once_in_a_while_and_one_question(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at, sent = [100.0], list[str]()
    monkeypatch.setattr("components.runtime.latest.time.monotonic", lambda: at[0])
    put(store, content("a"))
    sa.event.listen(store.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    assert [waits(store, ANN) for _ in range(5)] == [1] * 5
    assert len([one for one in sent if "proposals" in one]) == 1
    put(store, content("b"))
    at[0] += latest.FRESH
    monkeypatch.setattr(latest, "LATER", 30.0)
    assert waits(store, ANN) == 2


def test_what_one_was_told_counts_until_it_is_read(store: Store) -> None:
    with store.writing() as tx:
        ident = notices.ask(tx, ANN, RowLimits(), "failed", Thing("job", "1", "1"), "load")
        (one,) = notices.mine(tx, ANN)
        assert one.notice_id == ident
        telling.tell(tx, one, telling.Event("run 1", tx.now, "Job load failed"))
    assert yours.waiting(store, "ann", lambda: ANN, None) == yours.Yours(0, 1)
    with store.writing() as tx:
        notices.looked(tx, ANN)
    assert yours.waiting(store, "ann again", lambda: ANN, None) == yours.Yours(0, 0)


def test_what_is_not_known_is_no_number(store: Store) -> None:
    def away() -> Person | None:
        raise Unreachable("the directory does not answer")

    put(store, content("a"))
    assert yours.waiting(store, "x", away, None) == yours.NOT_KNOWN
    assert yours.waiting(store, "y", lambda: None, None) == yours.NOT_KNOWN


@pytest.mark.parametrize(
    ("count", "titled", "tab"),
    [
        (None, "Inbox", "Inbox · Lakehelm"),
        (0, "Inbox", "Inbox · Lakehelm"),
        (1_204, "Inbox 1,204", "(1,204) Inbox · Lakehelm"),
    ],
)
def test_a_number_is_said_where_there_is_one(count: int | None, titled: str, tab: str) -> None:
    assert (yours.titled("Inbox", count), yours.tab("Inbox", count)) == (titled, tab)
