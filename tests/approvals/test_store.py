"""What the store itself promises: one writer at a time, nothing half written, times in UTC, values back as they went in."""

from __future__ import annotations

import datetime as dt
import threading
import time
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding.proposals import content_of, propose
from approvals.ledger.ledger import Actor, append
from approvals.store import store as stores
from approvals.store.store import METADATA, Store
from approvals.store.tables import EXECUTIONS, LEDGER, PROPOSALS, REVISIONS
from approvals.values.canonical import canonical
from approvals.values.proposal import Content, Evidence, Scalar, action_digest
from tests.approvals.world import (
    ANN,
    PROPOSER,
    START,
    chain,
    content,
    everything,
    execution_of,
    proposed,
    row_of,
    say_yes,
    verdict,
)
from tests.conftest import unsynced
from tests.support.clock import Clock


class Halt(Exception):
    """Something goes wrong in the middle."""


def test_a_transaction_that_fails_leaves_nothing(world: Store) -> None:
    before = everything(world)
    with pytest.raises(Halt), world.writing() as tx:
        made = content()
        propose(tx, made, verdict(made), PROPOSER)
        raise Halt
    assert everything(world) == before


def test_the_time_is_the_databases_and_utc(url: str) -> None:
    """Between two looks at the clock that decides: Postgres has one of its own."""
    made = stores.open_store(url)

    def seconds() -> float:
        if made.engine.dialect.name == "sqlite":
            return time.time()
        with made.engine.connect() as connection:
            return float(connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())

    before = seconds()
    with made.writing() as tx:
        assert tx.now.utcoffset() == dt.timedelta(0)
        assert int(before) <= tx.now.timestamp()
    assert tx.now.timestamp() <= seconds() + 1
    made.engine.dispose()


def test_times_come_back_as_they_went_in(world: Store, clock: Clock) -> None:
    clock.now = dt.datetime(2026, 10, 25, 2, 30, 0, 123_456, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    made = proposed(world)
    assert row_of(world, made).created_at == clock.now
    assert row_of(world, made).created_at.utcoffset() == dt.timedelta(0)


def test_a_time_without_a_zone_is_refused(world: Store) -> None:
    made = proposed(world)
    with pytest.raises(sa.exc.StatementError), world.writing() as tx:
        mine = PROPOSALS.c.proposal_id == made
        tx.connection.execute(sa.update(PROPOSALS).where(mine).values(due_at=dt.datetime(2026, 1, 1)))


AWKWARD: tuple[dict[str, Any], ...] = (
    {"title": "naïve “so” \u2028 😀 ﬁ"},
    {"narrative": "a\nb\tc\\d\"e'f"},
    {"params": {"é": [1, None, True, "1.10", -7, 10**20]}},
    {"confidence": Decimal("0.70")},
    {
        "evidence": (
            Evidence(
                title="t",
                query="q",
                params={"start": "2026-01-01"},
                match={"id": "0012"},
                rows=(("0012", 12, None, "12.50"),),
                scalars=(Scalar(column="a", observed=Decimal("12.50")), Scalar(column="b", observed="1.10")),
                executed_at=START,
            ),
        )
    },
)


@pytest.mark.parametrize("changes", AWKWARD)
def test_a_content_comes_back_with_the_digest_that_was_signed(world: Store, changes: dict[str, Any]) -> None:
    signed = content(**changes)
    made = proposed(world, signed)
    with world.reading() as tx:
        back = content_of(tx, made, 1)
    assert action_digest(made, 1, back) == row_of(world, made).action_digest == action_digest(made, 1, signed)
    assert canonical(back) == canonical(signed)
    assert Content.model_validate_json(canonical(back)) == back


def test_the_digest_tells_proposals_and_revisions_apart() -> None:
    one = content()
    assert len({action_digest("a", 1, one), action_digest("b", 1, one), action_digest("a", 2, one)}) == 3


def test_two_who_write_at_once_are_served_one_after_the_other(world: Store) -> None:
    """Both read a number and write the next one; no number is written twice."""
    proposed(world)
    line = threading.Barrier(4)

    def write() -> None:
        line.wait()
        for _ in range(10):
            with world.writing() as tx:
                append(tx, "proposal.seen", Actor("system", "test"))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.reading() as tx:
        numbers = tx.connection.execute(sa.select(LEDGER.c.seq).order_by(LEDGER.c.seq)).scalars().all()
    assert numbers == list(range(1, 42))
    assert chain(world).code == 0


def test_readers_do_not_wait_for_a_writer(world: Store) -> None:
    made = proposed(world)
    with world.writing() as tx:
        append(tx, "proposal.seen", Actor("system", "test"), proposal_id=made)
        assert row_of(world, made).state == "open"  # waiting for the writer, who is this thread, would fail


def test_only_one_of_two_active_executions_for_a_proposal_or_a_resource(world: Store) -> None:
    first, second = content("shared", params={"n": 1}), content("shared", params={"n": 2})
    made, other = proposed(world, first, "auto"), proposed(world, second, "auto")
    row = execution_of(world, made)
    assert row is not None
    with pytest.raises(sa.exc.IntegrityError), world.writing() as tx:
        values = {**row._mapping, "execution_id": "another"}
        tx.connection.execute(sa.insert(EXECUTIONS).values(**values))
    with world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).where(EXECUTIONS.c.proposal_id == made).values(state="executing"))
    with pytest.raises(sa.exc.IntegrityError), world.writing() as tx:
        tx.connection.execute(sa.update(EXECUTIONS).where(EXECUTIONS.c.proposal_id == other).values(state="preflight"))


def test_revisions_are_written_once(world: Store) -> None:
    made = proposed(world)
    for order in (sa.update(REVISIONS).values(content="{}"), sa.delete(REVISIONS)):
        with pytest.raises(sa.exc.IntegrityError), world.writing() as tx:
            tx.connection.execute(order)
    with world.reading() as tx:
        assert content_of(tx, made, 1).agent.id == PROPOSER.id


def test_a_store_of_this_version_is_not_migrated_again(world: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def upgrade(*_: object) -> None:
        raise AssertionError("there is nothing to do")

    monkeypatch.setattr("alembic.command.upgrade", upgrade)
    stores.migrate(world.engine)


def test_the_migrations_make_the_declared_tables(world: Store) -> None:
    """Names, columns, whether they may be empty, and indexes; and running them again changes nothing."""
    stores.migrate(world.engine)
    found = sa.inspect(world.engine)
    for name, table in METADATA.tables.items():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: bool(column.nullable) for column in table.columns}, name
        made = {
            index["name"]: (list(index["column_names"]), bool(index["unique"])) for index in found.get_indexes(name)
        }
        assert made == {
            str(index.name): ([column.name for column in index.columns], bool(index.unique)) for index in table.indexes
        }, name


def test_sqlite_loses_nothing_that_was_committed(tmp_path: object) -> None:
    made = stores.engine(f"sqlite:///{tmp_path}/durable.sqlite")
    made.dispose()
    sa.event.remove(sa.pool.Pool, "checkout", unsynced)
    try:
        connection = made.connect()
    finally:
        sa.event.listen(sa.pool.Pool, "checkout", unsynced)
    with connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    made.dispose()
    assert (mode, synchronous, keys) == ("wal", 2, 1)


def test_a_vote_and_its_decision_are_one_transaction(world: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails after the vote takes the vote with it."""
    from approvals.deciding import voting

    made = proposed(world)

    def breaks(*_args: object, **_more: object) -> None:
        raise Halt

    before = everything(world)
    monkeypatch.setattr(voting, "approve", breaks)
    with pytest.raises(Halt):
        say_yes(world, made, ANN)
    assert everything(world) == before
