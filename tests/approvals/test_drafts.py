"""Drafts wait once, are taken by one worker, and end with a reason: on SQLite and on Postgres."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import sqlalchemy as sa

from approvals.deciding import drafts
from approvals.store.store import Store
from approvals.store.tables import DRAFTS, LEDGER
from approvals.values.canonical import canonical, digest
from approvals.values.considered import Benefit
from approvals.values.proposal import Agent, Draft, Evidence, Scalar, Target
from tests.support.clock import Clock
from tests.support.stores import store_at

HOUR = dt.timedelta(hours=1)
START = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def store(url: str, clock: Clock) -> Store:
    return store_at(url, clock)


def draft(number: int = 1, minutes: int = 10, agent: str = "agent:finops") -> Draft:
    """One that wants ``minutes`` for warehouse ``number``."""
    return Draft(
        kind="warehouse.set_autostop",
        target=Target(workspace_id="1", type="warehouse", id=f"w{number}", name="*wh*"),
        params={"auto_stop_minutes": minutes},
        agent=Agent(id="finops.idle", version="1.0", principal=agent),
        evidence=(
            Evidence(
                title="idle",
                query="finops.idle_warehouses",
                params={"start": "2026-10-23"},
                match={"id": "w"},
                scalars=(Scalar(column="saving", observed=Decimal("12.50"), threshold=Decimal(5)),),
            ),
        ),
        benefit=Benefit(kind="cost", low=Decimal("1.10"), high=Decimal("2.20")),
        confidence=Decimal("0.91"),
    )


def handed_in(store: Store, one: Draft, quiet: dt.timedelta = dt.timedelta(0)) -> str:
    with store.writing() as tx:
        return drafts.submit(tx, one, one.agent.principal, quiet)


def rows(store: Store) -> list[tuple[str, str, str | None]]:
    """(state, why, proposal_id) in order of creation."""
    order = sa.select(DRAFTS.c.state, DRAFTS.c.why, DRAFTS.c.proposal_id).order_by(
        DRAFTS.c.created_at, DRAFTS.c.draft_id
    )
    with store.reading() as tx:
        return [(row.state, row.why, row.proposal_id) for row in tx.connection.execute(order)]


def taken(store: Store, limit: int = 10) -> list[tuple[str, Draft]]:
    with store.writing() as tx:
        return drafts.take(tx, limit)


def test_what_is_taken_is_what_was_handed_in(store: Store) -> None:
    draft_id = handed_in(store, draft())
    assert taken(store) == [(draft_id, draft())]
    assert taken(store) == []


def test_an_equal_one_is_not_handed_in_twice_while_it_waits(store: Store) -> None:
    first = handed_in(store, draft())
    assert handed_in(store, draft().model_copy(update={"narrative": "said otherwise"})) == first
    taken(store)
    assert handed_in(store, draft()) == first
    assert len(rows(store)) == 1
    assert handed_in(store, draft(minutes=20)) != first
    assert handed_in(store, draft(number=2)) != first


def test_after_its_end_it_may_come_again_but_not_at_once(store: Store, clock: Clock) -> None:
    first = handed_in(store, draft())
    taken(store)
    with store.writing() as tx:
        assert drafts.done(tx, first, "refused", "The wanted state is there already.")
    clock.now += HOUR
    assert handed_in(store, draft(), quiet=2 * HOUR) == first
    again = handed_in(store, draft(), quiet=HOUR)
    assert again != first
    assert [state for state, _, _ in rows(store)] == ["refused", "pending"]


def test_its_end_is_written_once(store: Store) -> None:
    draft_id = handed_in(store, draft())
    with store.writing() as tx:
        assert not drafts.done(tx, draft_id, "proposed", "", "p1")  # nobody has taken it
    taken(store)
    with store.writing() as tx:
        assert drafts.done(tx, draft_id, "proposed", "", "p1")
        assert not drafts.done(tx, draft_id, "refused", "too late")
    assert rows(store) == [("proposed", "", "p1")]


def test_a_worker_that_is_gone_loses_what_it_took(store: Store, clock: Clock) -> None:
    draft_id = handed_in(store, draft())
    taken(store)
    clock.now += drafts.HELD
    assert taken(store) == []
    clock.now += dt.timedelta(seconds=1)
    assert [one for one, _ in taken(store)] == [draft_id]
    assert taken(store) == []


def test_the_oldest_comes_first_and_no_more_than_asked(store: Store, clock: Clock) -> None:
    ids = []
    for number in (3, 1, 2):
        ids.append(handed_in(store, draft(number)))
        clock.now += dt.timedelta(seconds=1)
    assert [one for one, _ in taken(store, 2)] == ids[:2]
    assert [one for one, _ in taken(store, 2)] == ids[2:]


def test_nobody_hands_in_for_another(store: Store) -> None:
    with pytest.raises(drafts.NotYourDraft), store.writing() as tx:
        drafts.submit(tx, draft(), "agent:pipelineops")
    assert rows(store) == []


def test_a_draft_has_an_end(store: Store) -> None:
    large = draft().model_copy(update={"params": {"auto_stop_minutes": 10, "more": "x" * drafts.LARGEST}})
    with pytest.raises(drafts.TooLarge):
        handed_in(store, large)


def test_one_that_cannot_be_read_any_more_is_refused_and_the_rest_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"kind": "x", "old": 1}
    with monkeypatch.context() as older:  # a version that wrote drafts otherwise
        older.setattr(drafts, "canonical", lambda _: canonical(old))
        older.setattr(drafts, "digest", lambda one: digest(old if isinstance(one, Draft) else one))
        handed_in(store, draft(1))
    second = handed_in(store, draft(2))
    assert [one for one, _ in taken(store)] == [second]
    assert ("refused", "cannot be read: 4 errors", None) in rows(store)


def edited(store: Store, **to: object) -> None:
    """As somebody with the app's own role does."""
    with store.engine.begin() as connection:
        connection.execute(sa.update(DRAFTS).values(**to))


def test_a_draft_that_was_written_beside_the_ledger_is_not_taken(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    forged = {"draft_id": f"{drafts.wish(draft())}.000001", "draft": canonical(draft()), "principal": "agent:finops",
              "state": "pending", "created_at": START}  # fmt: skip
    with store.engine.begin() as connection:
        connection.execute(sa.insert(DRAFTS).values(**forged))
    assert taken(store) == []
    assert [state for state, _, _ in rows(store)] == ["not witnessed"]
    assert "not witnessed" in caplog.text
    again = handed_in(store, draft(), quiet=HOUR)  # it keeps no honest one away
    assert taken(store) == [(again, draft())]


LATER = {
    "other words": lambda: {"draft": canonical(draft().model_copy(update={"narrative": "said otherwise"}))},
    "another wish": lambda: {"draft": canonical(draft(minutes=1))},
    "another agent": lambda: {"draft": canonical(draft(agent="agent:other"))},
    "another id": lambda: {"draft_id": f"{drafts.wish(draft())}.000002"},
    "any id": lambda: {"draft_id": "%"},
}


@pytest.mark.parametrize("later", LATER)
def test_a_draft_that_was_changed_after_it_was_handed_in_is_not_taken(store: Store, later: str) -> None:
    handed_in(store, draft())
    edited(store, **LATER[later]())
    assert taken(store) == []
    assert [state for state, _, _ in rows(store)] == ["not witnessed"]


@pytest.mark.parametrize("state", ["pending", "taken"])
def test_a_draft_that_was_done_does_not_wait_again(store: Store, clock: Clock, state: str) -> None:
    draft_id = handed_in(store, draft())
    taken(store)
    with store.writing() as tx:
        drafts.done(tx, draft_id, "refused", "no")
    edited(store, state=state)
    clock.now += HOUR
    assert taken(store) == []
    assert [one for one, _, _ in rows(store)] == ["not witnessed"]


def test_the_ledger_tells_of_both_ends(store: Store) -> None:
    draft_id = handed_in(store, draft())
    taken(store)
    with store.writing() as tx:
        drafts.done(tx, draft_id, "proposed", "", "p1")
    with store.reading() as tx:
        found = tx.connection.execute(
            sa.select(LEDGER.c.event, LEDGER.c.actor, LEDGER.c.body).order_by(LEDGER.c.seq)
        ).all()
    assert [(row.event, row.actor) for row in found] == [("draft.submit", "finops.idle"), ("draft.done", "intake")]
    assert all(draft_id in row.body for row in found)


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """``act`` in ``count`` threads that start together."""
    barrier = threading.Barrier(count)

    def begin(number: int) -> object:
        barrier.wait(10)
        return act(number)

    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(begin, range(count)))


def test_two_workers_never_take_the_same(store: Store) -> None:
    ids = {handed_in(store, draft(number)) for number in range(40)}

    def work(_: int) -> list[str]:
        mine: list[str] = []
        while got := taken(store, 3):
            mine += [one for one, _ in got]
        return mine

    found = Counter(one for mine in at_once(2, work) for one in mine)  # type: ignore[attr-defined]
    assert set(found) == ids
    assert max(found.values()) == 1


def test_two_agents_that_want_the_same_hand_in_one(store: Store) -> None:
    for number in range(25):
        same = at_once(2, lambda _, number=number: handed_in(store, draft(number)))  # type: ignore[misc]
        assert same[0] == same[1]
    assert [state for state, _, _ in rows(store)] == ["pending"] * 25
