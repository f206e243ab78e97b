"""A round of all agents: all ask at once, and what becomes of one is nothing to the others."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from agents import proposing, round
from agents.capability import Capability, Frames, Observation, Recommendation, Window
from agents.cells import rows as rows_of
from approvals.deciding.incident_rows import INCIDENTS
from approvals.store.store import Store
from approvals.values.considered import Benefit, Ooda
from approvals.values.proposal import Scalar, Target
from queries.kinds import COLUMNS
from tests.support.stores import store_at
from tests.warehouse.fakes import PATIENCE, Fake, Gate, query, rows
from warehouse.interface import ask
from warehouse.reach import LAG_QUERY, QUESTIONS, SPAN_QUERY
from warehouse.reader import Reader

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
NAMES = ("one.a", "two.b", "three.c")
USAGE = "system.billing.usage"


def reach(at: dt.datetime) -> pa.Table:
    return pa.table({"name": pa.array([USAGE]), "at": pa.array([at], COLUMNS["time"])})


REACH = {SPAN_QUERY: reach(NOW - dt.timedelta(days=400)), LAG_QUERY: reach(NOW)}


def reader(answers: dict[str, Any], sql: str = "") -> Reader:
    """Over a warehouse that gives ``answers``, each by a question of its name."""
    told = [query(name, columns={"name": "text", "at": "time"}) for name in QUESTIONS]
    dates = {"start": "date", "end": "date"}
    asked = [query(name, params=dates, sql=sql) for name in answers]
    return Reader(
        Fake(**REACH | answers), {one.name: one for one in (*asked, *told)}, clock=lambda: NOW, threads=len(answers) + 2
    )


def capability(name: str, judge: Any = None) -> Capability:
    """One that proposes to restart whatever its only row speaks of."""
    question = Window(name, days=1)

    def judged(frames: Frames, now: dt.datetime) -> list[Observation]:
        wanted = Recommendation(
            params={},
            confidence=Decimal("0.9"),
            worth=Decimal(1),
            benefit=Benefit(kind="risk", method=""),
            title="n",
            scalars=(Scalar(column="n", observed=Decimal(1)),),
            ooda=Ooda(),
            narrative="",
        )
        return [made.proposes(row, now, wanted) for row in rows_of(frames["n"])]

    made = Capability(
        name=name,
        version="1",
        kind="job.run_now",
        opens={"n": question},
        evidence=question,
        match=("n",),
        target=lambda row: Target(workspace_id="1", type="job", id=f"{row.n}-{name}"),
        judge=judge or judged,
    )
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(tmp_path / "store.sqlite")
    yield made
    made.engine.dispose()


def test_all_agents_ask_at_the_same_time(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    everybody = threading.Barrier(len(NAMES) + len(QUESTIONS))

    def answered(table: pa.Table) -> Any:
        return lambda: everybody.wait(PATIENCE) >= 0 and table

    waits = reader({name: answered(table) for name, table in ({name: rows(1) for name in NAMES} | REACH).items()})
    monkeypatch.setattr(round, "CAPABILITIES", tuple(map(capability, NAMES)))
    summary = round.run_once(store, waits, NOW)
    waits.close()
    assert [one.could_not for one in summary.looks] == ["", "", ""]
    assert [one.capability for one in summary.looks] == list(NAMES)  # however they came in
    assert len(summary.new) == 3


def test_only_so_many_look_at_a_time_that_people_have_room(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    names = tuple(f"one.{letter}" for letter in "abcdefgh")
    together, lock, here, most = threading.Barrier(round.AT_ONCE), threading.Lock(), [0], [0]

    def answered() -> pa.Table:
        with lock:
            here[0] += 1
            most[0] = max(most[0], here[0])
        together.wait(PATIENCE)  # as many as may look are here
        with lock:
            here[0] -= 1
        return rows(1)

    works = reader(dict.fromkeys(names, answered))
    monkeypatch.setattr(round, "CAPABILITIES", tuple(map(capability, names)))
    assert len(round.run_once(store, works, NOW).looks) == len(names)
    works.close()
    assert most == [round.AT_ONCE]


def test_a_day_has_places_for_five_of_a_dimension(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    names = ("one.a", "one.b")
    many = rows(*range(4))
    monkeypatch.setattr(round, "CAPABILITIES", tuple(map(capability, names)))
    first = reader(dict.fromkeys(names, many))
    assert len(round.run_once(store, first, NOW).new) == 5
    later = round.run_once(store, first, NOW)
    assert later.new == ()
    assert sum("5 a day of a dimension" in one.why_not for each in later.looks for one in each.observations) == 3
    first.close()


def test_who_fails_spoils_nobody(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    def broken(frames: Frames, now: dt.datetime) -> list[Observation]:
        raise ZeroDivisionError

    sound, failing = capability(NAMES[1]), capability(NAMES[0], broken)
    answers = {name: rows(1) for name in NAMES[:2]}
    submit = proposing.submit

    def refused(store: Store, found: Any, principal: str, **more: Any) -> proposing.Submitted:
        if principal == "agent:three":
            raise OSError
        return submit(store, found, principal, **more)

    monkeypatch.setattr(proposing, "submit", refused)
    monkeypatch.setattr(round, "CAPABILITIES", (failing, capability(NAMES[2]), sound))
    works = reader(answers | {NAMES[2]: rows(1)})
    summary = round.run_once(store, works, NOW)
    works.close()
    assert [one.could_not for one in summary.looks] == ["failed: ZeroDivisionError", "failed: OSError", ""]
    assert len(summary.new) == 1


def test_what_does_not_come_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "PATIENCE", 0.0)
    gate = Gate(rows(1))
    waits = reader({NAMES[0]: gate})
    seen = proposing.scan(capability(NAMES[0]), waits, NOW)
    gate.opened.set()
    waits.close()
    assert seen.could_not == "one.a: no answer in 0 s"


def test_how_far_the_tables_reach_may_be_known_last() -> None:
    """Both are asked at once: an answer that lands first is whole as soon as the reach of its tables is known."""
    gate = Gate(REACH[SPAN_QUERY])
    late = reader({NAMES[0]: rows(1), SPAN_QUERY: gate}, sql=f"SELECT n FROM {USAGE}")
    with ThreadPoolExecutor(1) as pool:
        scan = pool.submit(proposing.scan, capability(NAMES[0]), late, NOW)
        assert gate.entered.wait(PATIENCE)
        question = ask(NAMES[0], start=NOW.date() - dt.timedelta(days=1), end=NOW.date())
        assert late.submit(question).result(PATIENCE).coverage.gaps
        gate.opened.set()
        assert scan.result(PATIENCE).could_not == ""
    late.close()


def test_what_is_broken_becomes_an_incident_of_its_cause(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    job = Target(workspace_id="1", type="job", id="7", name="orders")

    def blames(frames: Frames, now: dt.datetime) -> list[Observation]:
        return [made["one.b"].leaves(row, "stale because of its job", cause=job) for row in rows_of(frames["n"])]

    made = {
        "one.a": replace(capability("one.a"), incident="stopped"),
        "one.b": replace(capability("one.b", blames), incident="stopped"),
        "one.c": capability("one.c"),  # dear, not broken
    }
    monkeypatch.setattr(round, "CAPABILITIES", tuple(made.values()))
    works = reader(dict.fromkeys(made, rows(1)))
    round.run_once(store, works, NOW)
    works.close()
    with store.reading() as tx:
        told = tx.connection.execute(
            sa.select(INCIDENTS.c.title, INCIDENTS.c.thing_id).order_by(INCIDENTS.c.title)
        ).all()
    assert [(*row,) for row in told] == [("n", "1-one.a"), ("stale because of its job", "7")]
