"""Writing and searching the ledger, on SQLite and a real Postgres: an order without gaps, whoever writes."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_line import genesis
from approvals.reading.ledger_export import verify_store
from approvals.store.store import Store
from approvals.store.tables import LEDGER, LEDGER_HEAD, PROPOSALS
from tests.approvals.chains import START
from tests.support.clock import Clock
from tests.support.stores import store_at

ANN, AGENT = Actor("human", "dev:ann"), Actor("agent", "cost", "dev:bo")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    one = store_at(url, clock)
    yield one
    one.engine.dispose()


def proposal(store: Store, proposal_id: str, title: str) -> None:
    with store.writing() as tx:
        tx.connection.execute(
            sa.insert(PROPOSALS).values(
                proposal_id=proposal_id,
                state="open",
                state_since=tx.now,
                dedup_key=proposal_id,
                action_digest="1" * 64,
                policy_digest="2" * 64,
                confidence=0.5,
                bulk=False,
                expires_at=tx.now + dt.timedelta(days=1),
                due_at=tx.now,
                created_at=tx.now,
                updated_at=tx.now,
                title=title,
            )
        )


def test_the_chain_begins_with_the_installation_and_every_entry_follows_the_last(store: Store) -> None:
    with store.writing() as tx:
        assert [ledger.append(tx, "switch.on", ANN, why="x"), ledger.append(tx, "switch.off", ANN)] == [1, 2]
    with store.reading() as tx:
        one, two = tx.connection.execute(sa.select(LEDGER).order_by(LEDGER.c.seq)).all()
        head = tx.connection.execute(sa.select(LEDGER_HEAD)).one()
    assert one.prev_hash == genesis(head.install_id)
    assert two.prev_hash == one.hash
    assert (head.seq, head.hash) == (2, two.hash)
    assert verify_store(store).code == 0


def test_an_entry_goes_with_its_transaction(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing() as tx:
        ledger.append(tx, "switch.on", ANN)
        raise ZeroDivisionError
    with store.writing() as tx:
        assert ledger.append(tx, "switch.on", ANN) == 1


def test_text_is_stored_in_its_one_form(store: Store) -> None:
    with store.writing() as tx:
        ledger.append(tx, "switch.on", Actor("human", "rene\u0301e"), why="e\u0301", lines="a\nb\u0000")
    with store.reading() as tx:
        entry = ledger.search(tx)[0]
    assert entry.actor == "renée"
    assert json.loads(entry.body) == {"lines": "a\nb\u0000", "why": "é"}
    assert verify_store(store).code == 0


WRITERS, EACH = 8, 25


def test_eight_writers_leave_no_gap_and_never_meet(store: Store) -> None:
    """They also race for the first entry, which makes the head."""
    start, failures = threading.Barrier(WRITERS + 1), list[BaseException]()

    def write(who: int) -> None:
        try:
            start.wait()
            for number in range(EACH):
                with store.writing() as tx:
                    ledger.append(tx, "switch.on", Actor("human", f"dev:{who}"), number=number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(WRITERS)]
    for thread in threads:
        thread.start()
    start.wait()
    before = time.monotonic()
    for thread in threads:
        thread.join()
    took = time.monotonic() - before
    assert failures == []
    report = verify_store(store)
    assert (report.code, report.entries) == (0, WRITERS * EACH)
    print(f"\n{store.engine.dialect.name}: {WRITERS} writers, {WRITERS * EACH / took:,.0f} entries a second")


PROCESS = """
import datetime as dt, sys
from tests.approvals.chains import START
from tests.support.stores import store_at
from tests.support.clock import Clock
from approvals.ledger import ledger
store = store_at(sys.argv[1], Clock(START))
sys.stdin.readline()
for number in range(20):
    with store.writing() as tx:
        ledger.append(tx, "switch.on", ledger.Actor("system", sys.argv[2]), number=number)
"""


def test_two_processes_race_for_the_first_entry(store: Store, url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS, url, name], cwd=ROOT, stdin=subprocess.PIPE, text=True)
        for name in ("one", "two", "three")
    ]
    time.sleep(1.0)  # they are ready by then, or write a little later: both must hold
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    report = verify_store(store)
    assert (report.code, report.entries) == (0, 60)


@pytest.fixture
def told(store: Store, clock: Clock) -> Store:
    proposal(store, "01A", "Stop warehouse 100%_full")
    proposal(store, "01B", "Stop warehouse 100 x full")
    steps = [
        (AGENT, "proposal.created", "01A", "first"), (ANN, "vote.approve", "01A", "Looks right"),
        (ANN, "decision.quorum", "01A", ""), (AGENT, "proposal.created", "01B", ""),
        (ANN, "decision.reject", "01B", "too late"), (Actor("executor", "executor"), "execution.start", "01A", ""),
        (ANN, "switch.on", None, "drill"),
    ]  # fmt: skip
    for hour, (actor, event, proposal_id, comment) in enumerate(steps):
        clock.now = START + dt.timedelta(hours=hour)
        with store.writing() as tx:
            ledger.append(tx, event, actor, proposal_id=proposal_id, comment=comment)
    return store


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [7, 6, 5, 4, 3, 2, 1]),
        ({"limit": 2}, [7, 6]),
        ({"limit": 2, "before_seq": 6}, [5, 4]),
        ({"actor": "dev:ann"}, [7, 5, 3, 2]),
        ({"actor": "dev:bo"}, [4, 1]),  # for whom
        ({"event": "decision."}, [5, 3]),
        ({"event": "decision.reject"}, [5]),
        ({"event": "decision"}, []),
        ({"proposal_id": "01B"}, [5, 4]),
        ({"since": START + dt.timedelta(hours=5)}, [7, 6]),
        ({"until": START + dt.timedelta(hours=1)}, [1]),
        ({"since": START + dt.timedelta(hours=1), "until": START + dt.timedelta(hours=2)}, [2]),
        ({"text": "looks RIGHT"}, [2]),
        ({"text": "100%_"}, [6, 3, 2, 1]),  # a title, as it is written and not as a pattern
        ({"text": "01b"}, [5, 4]),
        ({"text": "x' OR 1=1 --"}, []),
        ({"text": "late", "actor": "dev:ann", "event": "decision.", "proposal_id": "01B"}, [5]),
    ],
)
def test_entries_are_found_newest_first(told: Store, asked: dict[str, object], found: list[int]) -> None:
    with told.reading() as tx:
        assert [entry.seq for entry in ledger.search(tx, **asked)] == found  # type: ignore[arg-type]


def test_people_and_titles_and_a_story(told: Store) -> None:
    with told.reading() as tx:
        assert sorted(ledger.actors(tx)) == ["cost", "dev:ann", "executor"]
        assert ledger.titles(tx, ["01A", "nobody"]) == {"01A": "Stop warehouse 100%_full"}
        assert [entry.seq for entry in ledger.story(tx, "01A")] == [1, 2, 3, 6]
