"""A round of notices: what happened is told once to who asked and may see it; what could not be read is said, and is no event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agents.notices import round
from agents.notices.rights import sees_of
from approvals.people import notices
from approvals.people.notices import Notice, mine, told
from approvals.people.people import Person, Unreachable
from approvals.people.roles import RowLimits
from approvals.store.store import Store
from approvals.store.tables import OUTBOX
from queries.catalogue import catalogue
from settings import Settings
from tests.approvals.world import ANN, BO, do
from tests.components.reading import rows
from tests.support.clock import Clock
from tests.support.people import People
from tests.support.stores import store_at
from tests.warehouse.fakes import Fake
from things import Thing
from warehouse.errors import TimedOut
from warehouse.reach import QUESTIONS
from warehouse.reader import Reader

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LOAD, OTHER = Thing("job", "10", "1"), Thing("job", "20", "1")
FAILED = "pipelineops.failed_lately"
ALL = RowLimits()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = store_at(tmp_path / "store.sqlite", clock)
    yield made
    made.engine.dispose()


def failure(run: str, ended: dt.datetime, job: str = "10", **more: Any) -> dict[str, Any]:
    return {
        "workspace_id": "1",
        "job_id": job,
        "run_id": run,
        "name": "load",
        "tasks": ["a"],
        "code": "RUN_EXECUTION_ERROR",
        "started": ended - HOUR,
        "ended": ended,
        "owner": "ann",
        "repaired": False,
        "good_again": False,
    } | more


class Account:
    """What the warehouse answers now; each look is by a reader that remembers nothing."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.answers = clock, dict[str, Any]()
        self.fake = Fake()

    def reader(self) -> Reader:
        self.fake = Fake(**self.answers)
        asked = {name: query for name, query in catalogue().items() if name in self.answers}
        return Reader(self.fake, asked, clock=self.clock, threads=4)

    def look(self, store: Store, sees: round.Sees = lambda _: ALL) -> round.Summary:
        reader = self.reader()
        try:
            return round.tell(store, reader, sees, self.clock.now)
        finally:
            reader.close()


@pytest.fixture
def account(clock: Clock) -> Account:
    made = Account(clock)
    for name, column in zip(QUESTIONS, ("oldest", "newest"), strict=True):
        told_of = [
            {
                "table_name": "system.lakeflow.job_run_timeline",
                column: NOW if column == "newest" else NOW - 400 * 24 * HOUR,
            }
        ]
        made.answers[name] = rows(name, told_of)
    made.answers[FAILED] = rows(FAILED, [])
    return made


def sees_all(person_id: str) -> RowLimits:
    return ALL


def of(store: Store, person: Person = ANN) -> tuple[list[Notice], list[str]]:
    with store.reading() as tx:
        return mine(tx, person), [f"{one.subject}: {one.text}" for one in told(tx, person)]


def sent(store: Store) -> list[str]:
    with store.reading() as tx:
        return list(tx.connection.execute(sa.select(OUTBOX.c.recipient).order_by(OUTBOX.c.created_at)).scalars())


def watch(store: Store, person: Person = ANN, thing: Thing = LOAD, kind: str = "failed") -> None:
    do(store, notices.ask, person, ALL, kind, thing, "load")


def test_nothing_is_asked_where_nobody_asked_for_anything(store: Store, account: Account) -> None:
    assert account.look(store).looked == 0
    assert account.fake.calls == []


def test_a_failed_run_is_told_once_to_each_who_asked(store: Store, account: Account, clock: Clock) -> None:
    watch(store)
    watch(store, BO)
    watch(store, ANN, OTHER)
    before = failure("1", NOW - HOUR)
    clock.forward(hours=1)
    account.answers[FAILED] = rows(FAILED, [failure("2", clock.now, tasks=["a", "b"]), before])
    assert account.look(store).told == 2
    assert account.look(store).told == 0  # the same rows again: as after a restart
    kept, said = of(store)
    assert said == ["Job load failed: Run 2 ended at 2026-03-02 13:00 UTC as RUN_EXECUTION_ERROR in a, b."]
    assert {one.checked_at for one in kept} == {clock.now} and {one.could_not for one in kept} == {""}
    assert sorted(sent(store)) == [ANN.name, BO.name]
    assert account.fake.asked(FAILED) == 1  # one question, however many asked


def test_a_round_does_not_judge_the_rows_of_the_round_before(store: Store, account: Account, clock: Clock) -> None:
    watch(store)
    reader = account.reader()
    assert round.tell(store, reader, lambda _: ALL, clock.now).told == 0
    clock.forward(hours=1)
    account.fake.answers[FAILED] = rows(FAILED, [failure("2", clock.now)])
    assert round.tell(store, reader, lambda _: ALL, clock.now).told == 1
    assert account.fake.asked(FAILED) == 2
    reader.close()


def test_what_could_not_be_read_is_said_and_is_no_event(store: Store, account: Account, clock: Clock) -> None:
    watch(store)
    account.answers[FAILED] = TimedOut(60)
    assert account.look(store).told == 0
    (one,), said = of(store)
    assert said == [] and one.could_not.startswith("Could not check: ")
    clock.forward(hours=1)
    account.answers[FAILED] = rows(FAILED, [failure("2", NOW + HOUR)])
    assert account.look(store).told == 1
    assert of(store)[0][0].could_not == ""


def test_what_a_part_holds_did_happen(store: Store, account: Account, clock: Clock) -> None:
    """The source is behind: what it has is told, and that there may be more is said."""
    watch(store)
    clock.forward(hours=31)
    account.answers[FAILED] = rows(FAILED, [failure("2", NOW + HOUR)])
    assert account.look(store).told == 1
    assert "what came after is not in it yet" in of(store)[0][0].could_not


def test_who_may_not_see_it_any_more_is_not_told(store: Store, account: Account, clock: Clock) -> None:
    watch(store)
    clock.forward(hours=1)
    account.answers[FAILED] = rows(FAILED, [failure("2", clock.now)])

    def away(_: str) -> RowLimits:
        raise Unreachable

    for sees, why in (
        (lambda _: RowLimits(workspaces=frozenset({"2"})), "not see it any more"),
        (lambda _: None, "not see it any more"),
        (away, "directory"),
    ):
        assert account.look(store, sees).told == 0
        assert why in of(store)[0][0].could_not
    assert account.look(store).told == 1


def test_many_events_come_bit_by_bit_and_none_is_lost(store: Store, account: Account, clock: Clock) -> None:
    watch(store)
    clock.forward(hours=1)
    account.answers[FAILED] = rows(FAILED, [failure(f"{n}", clock.now + n * HOUR / 100) for n in range(12)])
    assert [account.look(store).told for _ in range(3)] == [round.AT_ONCE, 2, 0]


def test_what_breaks_is_said(store: Store, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(round, "_seen", broken)
    watch(store)
    account.look(store)
    assert of(store)[0][0].could_not == "Failed: ZeroDivisionError"


def test_a_condition_is_told_when_it_begins_and_again_after_it_ended(
    store: Store, account: Account, clock: Clock
) -> None:
    slow = {
        "workspace_id": "1", "job_id": "10", "name": "load", "recent_runs": 5, "base_runs": 20, "recent_p50": 1800.0,
        "base_p50": 600.0, "ratio": 3.0,
    }  # fmt: skip
    watch(store, kind="slower")
    name, told_by_day = "pipelineops.duration_regression", []
    account.answers["platform.source_lag"] = rows("platform.source_lag", [])
    for found in ([slow], [slow], TimedOut(60), [slow], [], [slow]):
        clock.forward(days=1)
        account.answers[name] = found if isinstance(found, TimedOut) else rows(name, found)
        told_by_day.append(account.look(store).told)
    assert told_by_day == [1, 0, 0, 0, 0, 1]


def test_foreign_words_are_told_as_they_are_written(store: Store, account: Account, clock: Clock) -> None:
    watch(store)
    clock.forward(hours=1)
    account.answers[FAILED] = rows(FAILED, [failure("2", clock.now, name="<!channel>\u202e\x00 x", tasks=["@all"])])
    assert account.look(store).told == 1
    assert of(store)[1][0].startswith("Job <!channel>\\u202e\\x00 x failed: ")


def test_the_rights_of_the_moment_count() -> None:
    chosen = Settings(profile="databricks", app_name="lakehelm")
    people = People(Person("u-1", "ann", frozenset({"admins"})), Person("u-2", "bo", frozenset({"nobody-knows"})))
    sees = sees_of(chosen, people)
    assert sees("u-2") is None and sees("u-3") is None
    people.gone = Unreachable("away")
    with pytest.raises(Unreachable):
        sees("u-1")
    assert sees_of(Settings(dev_user="ann"), people)("dev:ann") == ALL
