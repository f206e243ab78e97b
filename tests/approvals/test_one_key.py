"""Rows that were written before objects of the catalog had one key get it; two that are one now do not collide."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.canonical import digest
from approvals.values.proposal import Target
from tests.approvals.world import ANN, content, proposed, row_of, say_yes

FILE = Path(__file__).resolve().parents[2] / "approvals/store/migrations/versions/0006_one_key_for_one_object.py"


def upgrade(store: Store) -> None:
    spec = importlib.util.spec_from_file_location("one_key", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with store.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        module.upgrade()


def on(name: str, kind: str = "grant.add"):  # type: ignore[no-untyped-def]
    return content(kind=kind, target=Target(workspace_id="1", type="table", id=name), params={"principal": "a@x"})


def as_before(store: Store, proposal_id: str, name: str) -> None:
    """The keys as the older version wrote them."""
    old = {"resource_key": f"1/table/{name}"}
    with store.engine.begin() as connection:
        connection.execute(
            sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == proposal_id).values(dedup_key=digest([name]), **old)
        )
        connection.execute(sa.update(EXECUTIONS).where(EXECUTIONS.c.proposal_id == proposal_id).values(**old))


def test_older_rows_get_the_one_key(world: Store) -> None:
    one = on("MAIN.hr.Salaries")
    made = proposed(world, one)
    say_yes(world, made, ANN)
    as_before(world, made, "MAIN.hr.Salaries")
    upgrade(world)
    row = row_of(world, made)
    assert (row.resource_key, row.dedup_key) == ("1/table/main.hr.salaries", one.dedup_key)
    with world.reading() as tx:
        held = set(tx.connection.execute(sa.select(EXECUTIONS.c.resource_key)).scalars())
    assert held <= {"1/table/main.hr.salaries"}


def test_two_that_are_one_now_do_not_collide(world: Store) -> None:
    ids = [proposed(world, on("main.hr.salaries"))]
    as_before(world, ids[0], "main.hr.salaries")
    ids.append(proposed(world, on("MAIN.hr.Salaries")))
    before = [row_of(world, one).dedup_key for one in ids]
    upgrade(world)
    assert [row_of(world, one).dedup_key for one in ids] == before
    assert {row_of(world, one).resource_key for one in ids} == {"1/table/main.hr.salaries"}
