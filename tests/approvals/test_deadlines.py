"""One suite over SQLite and a real Postgres."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from approvals.deciding import deadlines
from approvals.store.store import Tx, open_store

AT = dt.datetime(2026, 11, 20, 8, 30, tzinfo=dt.UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def tx(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tx]:
    postgres = request.param == "postgres"
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{tmp_path / 'deep' / 'store.sqlite'}"
    made = open_store(url)
    with made.writing() as one_transaction:
        yield one_transaction
    made.engine.dispose()


def one(**changes: object) -> deadlines.Deadline:
    values = {
        "workspace_id": "1",
        "job_id": "10",
        "due_time": "06:30",
        "zone": "Europe/Berlin",
        "declared_by": "dev:ada",
        "declared_at": AT,
    }
    return deadlines.Deadline(**(values | changes))  # type: ignore[arg-type]


def test_the_newest_declaration_counts(tx: Tx) -> None:
    deadlines.declare(tx, one())
    deadlines.declare(tx, one(due_time="07:00", declared_by="dev:bo"))
    deadlines.declare(tx, one(workspace_id="2"))
    assert deadlines.declared(tx) == [one(due_time="07:00", declared_by="dev:bo"), one(workspace_id="2")]


def test_withdrawing_says_whether_there_was_one(tx: Tx) -> None:
    deadlines.declare(tx, one())
    assert deadlines.withdraw(tx, "1", "10") is True
    assert deadlines.withdraw(tx, "1", "10") is False
    assert deadlines.declared(tx) == []


def test_every_declaration_is_kept_with_the_time_it_was_in_force(tx: Tx) -> None:
    later = AT + dt.timedelta(days=1)
    deadlines.declare(tx, one())
    deadlines.declare(tx, one(due_time="07:00", zone="UTC", declared_at=later))
    deadlines.declare(tx, one(job_id="11"))
    found = deadlines.history(tx).astype(object)
    assert found.where(found.notna(), None).to_numpy().tolist() == [
        ["1", "10", "06:30", "Europe/Berlin", None, later],
        ["1", "10", "07:00", "UTC", later, None],
        ["1", "11", "06:30", "Europe/Berlin", None, None],
    ]


def test_a_withdrawn_one_was_in_force_until_then(tx: Tx) -> None:
    deadlines.declare(tx, one(declared_at=tx.now - dt.timedelta(days=9)))
    deadlines.withdraw(tx, "1", "10")
    assert deadlines.history(tx)[["due_time", "until"]].to_numpy().tolist() == [["06:30", tx.now]]
    assert deadlines.history(tx)["since"].isna().all()


@pytest.mark.parametrize(
    "bad",
    [
        {"due_time": "24:00"},
        {"due_time": "6:30"},
        {"due_time": "06:30; drop"},
        {"zone": "Mars/Base"},
        {"job_id": "10' OR 1=1"},
        {"workspace_id": ""},
        {"declared_at": dt.datetime(2026, 1, 1)},
    ],
)
def test_bad_input_is_refused_and_loses_nothing(tx: Tx, bad: dict[str, object]) -> None:
    deadlines.declare(tx, one())
    with pytest.raises(deadlines.BadDeadline):
        deadlines.declare(tx, one(**bad))
    assert deadlines.declared(tx) == [one()]


def test_migrations_give_the_declared_tables(tx: Tx) -> None:
    for table in (deadlines.DEADLINES, deadlines.VERSIONS):
        found = {column["name"] for column in sa.inspect(tx.connection).get_columns(table.name)}
        assert found == {column.name for column in table.columns}
