"""What the tables hold beside the ledger is compared with it: every row that was changed, added or taken away is told, and
nothing runs on votes that no entry tells of."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from actions.desk import Desk
from approvals.deciding import verbs
from approvals.deciding.sweeps import sweep
from approvals.deciding.voting import revoke
from approvals.ledger import ledger
from approvals.ledger.ledger_rows import PASSING
from approvals.reading.ledger_tables import DECISION_FIGURES
from approvals.store.guards import guards, remove
from approvals.store.store import Store
from approvals.store.tables import DECISIONS, EXECUTIONS, INTENTS, LEDGER, LEDGER_HEAD, PROPOSALS, REVISIONS, VOTES
from approvals.values.canonical import digest
from bench.deciding import PEOPLE, content
from bench.working import Counters
from tests.approvals.office import approved, work
from tests.approvals.world import chain, proposed, row_of, say_no, say_yes
from tests.support.clock import Clock
from tests.support.tiers import deep

TABLES = (PROPOSALS, REVISIONS, VOTES, DECISIONS, EXECUTIONS, INTENTS)
# Why a change of these is not told: approvals/ledger/ledger_rows.py and the docstring of approvals/reading/ledger_tables.py.
SHOWN_ONLY = {**PASSING, "decisions": DECISION_FIGURES}
AT_REST_ONLY = {"before", "checks", "effect_unknown"}


@pytest.fixture
def full(office: tuple[Desk, Counters], world: Store, clock: Clock) -> Store:
    """A store in which everything has happened: carried out, scheduled, revoked, rejected, lapsed, expired, withdrawn."""
    desk, _ = office
    approved(world)
    approved(world, 2)
    work(desk, clock)
    back = approved(world)
    with world.writing() as tx:
        revoke(tx, back, PEOPLE[0], "not yet")
    say_yes(world, back, PEOPLE[1])
    say_no(world, proposed(world, content(people=2)), PEOPLE[2])
    say_yes(world, proposed(world, content(people=2)), PEOPLE[3])
    with world.writing() as tx:
        verbs.withdraw(tx, proposed_in(tx), ledger.Actor("agent", "bench.agent"), "no longer")
    proposed(world)
    clock.forward(86_400 * 2)
    sweep(world)
    clock.forward(86_400 * 9)
    sweep(world)
    assert chain(world).code == 0, chain(world)
    return world


def proposed_in(tx: Any) -> str:
    from approvals.deciding.proposals import propose
    from tests.approvals.world import PROPOSER, verdict

    made = content()
    return propose(tx, made, verdict(made), PROPOSER)


def changed(value: Any, column: sa.Column[Any]) -> Any:
    """Another value that the column takes."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(seconds=7)
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, dict):
        return value | {"other": 1}
    if isinstance(value, list):
        return [*value, {"other": 1}]
    if column.name == "state":
        return "rejected" if value != "rejected" else "open"
    if column.name == "action_digest" or (value is None and "JSON" not in str(column.type)):
        return (
            dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
            if "DATE" in str(column.type).upper() or "MOMENT" in repr(column.type).upper()
            else 1
            if "INT" in str(column.type) or "NUM" in str(column.type)
            else "f" * 64
        )
    return {"other": 1} if value is None else value[:-1] + ("y" if value.endswith("x") else "x")


CHANGES = [
    (table, column)
    for table in TABLES
    for column in table.columns
    if not column.foreign_keys and not (column.primary_key and table is not DECISIONS)
]


@pytest.fixture
def bare(full: Store) -> Iterator[tuple[Store, sa.Connection]]:
    """As the owner of the tables, who may take the guards off; all is put back afterwards."""
    with full.engine.begin() as connection:
        remove(connection)
    yield full, None  # type: ignore[misc]
    with full.engine.begin() as connection:
        guards(connection)


def tampered(store: Store, statement: Any) -> str:
    """What the verifier says after ``statement``, which is taken back again."""
    from deploy.dump import _Within

    with store.engine.connect() as connection, connection.begin() as transaction:
        assert connection.execute(statement).rowcount != 0, statement
        from approvals.reading.ledger_export import verify_store

        report = verify_store(_Within(connection))
        transaction.rollback()
    return report.problem


@pytest.mark.costs("every column of every row")
@pytest.mark.parametrize("url", ["sqlite", deep("postgres")], indirect=True)
def test_every_changed_column_is_told(bare: tuple[Store, Any]) -> None:
    store, silent = bare[0], []
    for table, column in CHANGES:
        with store.reading() as tx:
            rows = tx.connection.execute(sa.select(table)).all()
        for row in rows:
            where = [one == row._mapping[one.name] for one in table.primary_key]
            other = changed(row._mapping[column.name], column)
            told = tampered(store, sa.update(table).where(*where).values({column: other}))
            at_rest = table is not EXECUTIONS or row.state in ("verified", "cancelled")
            shown_only = column.name in SHOWN_ONLY[table.name] or (column.name in AT_REST_ONLY and not at_rest)
            if not told and not shown_only and column.name not in ("void_at", "void_because"):
                silent.append(f"{table.name}.{column.name} of {row}")
    assert not silent, "\n".join(silent)


def test_a_void_vote_made_valid_is_told_and_the_other_way(bare: tuple[Store, Any]) -> None:
    store = bare[0]
    with store.reading() as tx:
        votes = tx.connection.execute(sa.select(VOTES)).all()
    assert {one.void_at is None for one in votes} == {True, False}
    for one in votes:
        at = None if one.void_at else dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        if at is None and sum(two.voter_id == one.voter_id and two.proposal_id == one.proposal_id for two in votes) > 1:
            continue  # the database itself refuses a second valid vote
        assert "vote of" in tampered(store, sa.update(VOTES).where(VOTES.c.vote_id == one.vote_id).values(void_at=at))


def test_every_row_that_is_taken_away_or_doubled_is_told(bare: tuple[Store, Any]) -> None:
    store, chance = bare[0], random.Random(5)
    for table in (REVISIONS, VOTES, DECISIONS, INTENTS):
        with store.reading() as tx:
            rows = tx.connection.execute(sa.select(table)).all()
        for row in chance.sample(rows, min(len(rows), 6)):
            where = [one == row._mapping[one.name] for one in table.primary_key]
            assert tampered(store, sa.delete(table).where(*where)), (table.name, row)
            other = dict(row._mapping) | {"void_at": row.created_at} if table is VOTES else dict(row._mapping)
            key = list(table.primary_key)[-1].name
            other[key] = changed(other[key], table.c[key]) if key != "decision_id" else "f" * 26
            assert tampered(store, sa.insert(table).values(**other)), (table.name, row)


def test_a_tail_cut_off_after_the_last_checkpoint_is_told(bare: tuple[Store, Any]) -> None:
    """The chain is whole up to its new end; the tables know better."""
    store = bare[0]
    with store.engine.begin() as connection:
        head = connection.execute(sa.select(LEDGER_HEAD)).one()
        kept = connection.execute(sa.select(LEDGER).where(LEDGER.c.seq == head.seq - 10)).one()
        connection.execute(sa.delete(LEDGER).where(LEDGER.c.seq > kept.seq))
        connection.execute(sa.update(LEDGER_HEAD).values(seq=kept.seq, hash=kept.hash))
    found = chain(store)
    assert found.code == 1 and "differ from the ledger" in found.problem


FORGED = ("votes and execution", "a vote added", "another digest", "its kind", "who it is for")


@pytest.mark.parametrize("how", FORGED)
def test_nothing_runs_on_what_no_entry_tells_of(
    office: tuple[Desk, Counters], world: Store, clock: Clock, how: str
) -> None:
    desk, counters = office
    made = proposed(world, content(people=2)) if how in FORGED[:2] else approved(world, 2)
    row = row_of(world, made)
    with world.writing() as tx:
        forge = tx.connection.execute
        if how == "votes and execution":
            for number in range(2):
                forge(sa.insert(VOTES).values(_vote(row, number)))
            forge(sa.update(PROPOSALS).values(state="approved"))
            forge(sa.insert(EXECUTIONS).values(_execution(row)))
        elif how == "a vote added":
            pass
        elif how == "another digest":
            forge(sa.update(EXECUTIONS).values(action_digest="e" * 64))
            forge(sa.update(PROPOSALS).values(action_digest="e" * 64))
        elif how == "its kind":
            forge(sa.update(EXECUTIONS).values(kind="notify.owner"))
        else:
            forge(sa.update(VOTES).where(VOTES.c.voter_id == PEOPLE[0].id).values(on_behalf_of=PEOPLE[5].id))
    if how == "a vote added":
        say_yes(world, made, PEOPLE[0])
        with world.writing() as tx:
            tx.connection.execute(sa.insert(VOTES).values(_vote(row, 1)))
            tx.connection.execute(sa.update(PROPOSALS).values(state="approved"))
            tx.connection.execute(sa.insert(EXECUTIONS).values(_execution(row)))
    work(desk, clock)
    assert counters[content_name(world, made)] == 0
    assert chain(world).code == 1


def content_name(store: Store, made: str) -> str:
    return str(row_of(store, made).resource_key.rpartition("/")[2])


def _vote(row: Any, number: int) -> dict[str, Any]:
    person = PEOPLE[number]
    return {
        "vote_id": f"forged{number}",
        "proposal_id": row.proposal_id,
        "revision": row.revision,
        "verb": "approve",
        "action_digest": row.action_digest,
        "voter_id": person.id,
        "voter": person.name,
        "groups": sorted(person.groups),
        "client": {},
        "created_at": row.created_at,
    }


def _execution(row: Any) -> dict[str, Any]:
    return {
        "execution_id": digest(row.proposal_id)[:26],
        "proposal_id": row.proposal_id,
        "revision": row.revision,
        "action_digest": row.action_digest,
        "resource_key": row.resource_key,
        "kind": row.kind,
        "env": row.env,
        "dimension": row.dimension,
        "agent_id": row.agent_id,
        "workspace_id": row.workspace_id,
        "owner": row.owner,
        "state": "scheduled",
        "state_since": row.created_at,
        "due_at": row.created_at,
        "holds": [],
        "refs": {},
        "checks": [],
        "effect_unknown": False,
        "created_at": row.created_at,
        "updated_at": row.created_at,
    }
