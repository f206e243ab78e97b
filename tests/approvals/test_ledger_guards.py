"""What the database refuses, and whom it cannot refuse: the owner, whom only the checkpoint finds out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from approvals.ledger import checkpoints, ledger
from approvals.ledger.checkpoint_line import SIGNED, read
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_line import chained, entry_bytes, genesis
from approvals.ledger.ledger_verify import BROKEN, INTACT, REWRITTEN
from approvals.reading.ledger_export import verify_store
from approvals.store.guards import grants_sql, guards, remove
from approvals.store.store import METADATA, Store
from approvals.store.tables import DECISIONS, LEDGER, LEDGER_HEAD, PROPOSALS, REVISIONS
from approvals.values.machines import DECISION
from tests.approvals.chains import START
from tests.support.clock import Clock
from tests.support.stores import store_at

ANN = Actor("human", "dev:ann")
D = "1" * 64


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    one = store_at(url, Clock(START))
    filled(one)
    yield one
    one.engine.dispose()


def filled(store: Store) -> None:
    with store.writing() as tx:
        for state, name in (("open", "01A"), ("rejected", "01B")):
            tx.connection.execute(
                sa.insert(PROPOSALS).values(
                    proposal_id=name,
                    state=state,
                    state_since=START,
                    dedup_key=name,
                    action_digest=D,
                    policy_digest=D,
                    confidence=0.5,
                    bulk=False,
                    expires_at=START + dt.timedelta(days=1),
                    due_at=START,
                    created_at=START,
                    updated_at=START,
                )
            )
        tx.connection.execute(
            sa.insert(REVISIONS).values(proposal_id="01A", revision=1, content="{}", action_digest=D, created_at=START)
        )
        tx.connection.execute(
            sa.insert(DECISIONS).values(
                decision_id="d",
                proposal_id="01B",
                verb="reject",
                decided_by=[],
                policy_digest=D,
                action_digest=D,
                in_time=True,
                created_at=START,
            )
        )
        for number in range(5):
            ledger.append(tx, "switch.on", ANN, number=number)


REFUSED = [
    "UPDATE ledger SET actor = 'eve' WHERE seq = 2",
    "UPDATE ledger SET seq = 9 WHERE seq = 5",
    "DELETE FROM ledger WHERE seq = 5",
    "DELETE FROM ledger",
    "UPDATE revisions SET content = '{\"x\":1}'",
    "DELETE FROM revisions",
    "UPDATE decisions SET verb = 'accept'",
    "DELETE FROM decisions",
    "DELETE FROM ledger_head",
    "UPDATE ledger_head SET seq = 3",
    "UPDATE ledger_head SET seq = 9",
    "UPDATE ledger_head SET hash = 'x'",
    "UPDATE ledger_head SET install_id = 'x'",
    "UPDATE proposals SET state = 'approved' WHERE proposal_id = '01B'",
    "DELETE FROM proposals WHERE proposal_id = '01B'",
]
SQLITE = [
    "INSERT OR REPLACE INTO ledger SELECT seq, at, actor_type, 'eve', on_behalf_of, event, proposal_id, revision, "
    "action_digest, body, prev_hash, hash FROM ledger WHERE seq = 2",
    "INSERT INTO ledger SELECT 9, at, actor_type, actor, on_behalf_of, event, proposal_id, revision, action_digest, "
    "body, prev_hash, hash FROM ledger WHERE seq = 5",
    "INSERT OR REPLACE INTO revisions SELECT proposal_id, revision, 'x', action_digest, author, reason, created_at "
    "FROM revisions",
    "REPLACE INTO ledger_head SELECT one, install_id, 1, hash, NULL, NULL FROM ledger_head",
    "UPDATE OR REPLACE ledger SET seq = 1 WHERE seq = 2",
]
POSTGRES = [
    "INSERT INTO ledger SELECT 1005, at, actor_type, actor, on_behalf_of, event, proposal_id, revision, action_digest, "
    "body, hash, prev_hash FROM ledger WHERE seq = 5",
    "INSERT INTO ledger SELECT 6, at, actor_type, actor, on_behalf_of, event, proposal_id, revision, action_digest, "
    "body, prev_hash, hash FROM ledger WHERE seq = 5",
    "TRUNCATE ledger",
    "TRUNCATE decisions",
    "TRUNCATE revisions",
    "TRUNCATE ledger_head",
    "TRUNCATE proposals CASCADE",
]


def contents(store: Store) -> list[object]:
    with store.reading() as tx:
        tables = (LEDGER, LEDGER_HEAD, REVISIONS, DECISIONS, PROPOSALS)
        return [tx.connection.execute(sa.select(table).order_by(*table.primary_key)).all() for table in tables]


def test_what_is_written_once_cannot_be_changed(store: Store) -> None:
    before = contents(store)
    mine = SQLITE if store.engine.dialect.name == "sqlite" else POSTGRES
    for statement in [*REFUSED, *mine]:
        with pytest.raises(IntegrityError, match="append-only"), store.writing() as tx:
            tx.connection.exec_driver_sql(statement)
    assert contents(store) == before
    assert verify_store(store, tables=False).code == INTACT


def test_ordinary_work_goes_on(store: Store) -> None:
    with store.engine.begin() as connection:
        guards(connection)  # again
    with store.writing() as tx:
        ledger.append(tx, "switch.off", ANN)
        tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == "01A").values(state="rejected"))
        tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == "01B").values(occurrences=2))
        tx.connection.execute(
            sa.insert(REVISIONS).values(proposal_id="01A", revision=2, content="{}", action_digest=D, created_at=START)
        )
    assert verify_store(store).entries == 6


def test_every_final_state_is_final(store: Store) -> None:
    for state in sorted(DECISION.final - {"rejected"}):
        with store.writing() as tx:
            tx.connection.execute(
                sa.insert(PROPOSALS).from_select(
                    [c.name for c in PROPOSALS.c],
                    sa.select(
                        *[
                            sa.literal(state).label(c.name) if c.name in ("proposal_id", "state") else c
                            for c in PROPOSALS.c
                        ]
                    ).where(PROPOSALS.c.proposal_id == "01B"),
                )
            )
        with pytest.raises(IntegrityError, match="proposals_ended"), store.writing() as tx:
            tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == state).values(state="open"))


def test_guards_can_be_taken_off_by_a_migration(store: Store) -> None:
    with store.engine.begin() as connection:
        remove(connection)
    with store.writing() as tx:
        tx.connection.exec_driver_sql("UPDATE ledger SET actor = 'eve' WHERE seq = 2")
    found = verify_store(store)
    assert (found.code, found.seq) == (BROKEN, 2)


@pytest.mark.parametrize("change", ["actor = 'dev:ann '", "body = '{ }'", "body = '{\"number\":1.0}'", "revision = 1",
                                    "event = 'switch.off'", "prev_hash = hash"])  # fmt: skip
def test_what_the_owner_changes_in_a_row_is_found_there(store: Store, change: str) -> None:
    with store.engine.begin() as connection:
        remove(connection)
        connection.exec_driver_sql(f"UPDATE ledger SET {change} WHERE seq = 2")
    found = verify_store(store)
    assert (found.code, found.seq) == (BROKEN, 2)


def test_a_time_that_is_none_is_found(tmp_path: Path) -> None:
    store = store_at(f"sqlite:///{tmp_path / 's.sqlite'}", Clock(START))
    filled(store)
    with store.engine.begin() as connection:
        remove(connection)
        connection.exec_driver_sql("UPDATE ledger SET at = 'yesterday' WHERE seq = 3")
    found = verify_store(store)
    assert (found.code, found.seq) == (BROKEN, 1)  # the page of rows cannot be read at all
    assert "cannot be read" in found.problem


def forged(connection: sa.Connection) -> None:
    """The owner writes the whole chain anew, without the third entry and what tells of signatures, and sets the head."""
    install, rows = (
        connection.execute(sa.select(LEDGER_HEAD.c.install_id)).scalar_one(),
        connection.execute(sa.select(LEDGER).where(LEDGER.c.seq != 3, LEDGER.c.event != SIGNED).order_by(LEDGER.c.seq))
        .mappings()
        .all(),
    )
    connection.execute(sa.delete(LEDGER))
    last = genesis(install)
    for seq, row in enumerate(rows, 1):
        entry = {k: v for k, v in row.items() if k not in ("hash", "prev_hash")} | {"seq": seq}
        this = chained(last, entry_bytes(entry))
        connection.execute(sa.insert(LEDGER).values(**entry, prev_hash=last, hash=this))
        last = this
    connection.execute(sa.update(LEDGER_HEAD).values(seq=len(rows), hash=last))


def test_the_owner_can_forge_and_only_the_checkpoint_tells(store: Store, tmp_path: Path) -> None:
    key, folder = checkpoints.signing_key(tmp_path / "home"), tmp_path / "second place"
    assert checkpoints.write_due(store, folder, key, START) == 5
    with store.engine.begin() as connection:
        remove(connection)
        forged(connection)
        guards(connection)
    assert verify_store(store, tables=False).code == INTACT  # by itself the chain is fine
    found = verify_store(store, checkpoints=read(folder), keys=[checkpoints.public_key(key)])
    assert found.code == REWRITTEN
    with pytest.raises(checkpoints.ChainRewritten):  # and the forgery is never signed
        with store.writing() as tx:
            for _ in range(3):
                ledger.append(tx, "switch.on", ANN)
        checkpoints.write_due(store, folder, key, START + dt.timedelta(hours=2))


# A role that does not own the tables, on a real Postgres.


@pytest.fixture
def roles(postgres_url: str) -> Iterator[tuple[Store, Store]]:
    """The owner's store and the app's."""
    owner = store_at(postgres_url, Clock(START))
    role = f"app-{sa.make_url(postgres_url).database}"
    with owner.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'app'")
        for statement in grants_sql(role):
            connection.exec_driver_sql(statement)
    filled(owner)
    url = sa.make_url(postgres_url).set(username=role, password="app")
    app = store_at(url.render_as_string(hide_password=False), Clock(START))  # nothing is left to migrate
    yield owner, app
    app.engine.dispose()
    with owner.engine.begin() as connection:
        connection.exec_driver_sql(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    owner.engine.dispose()


DENIED = [
    "UPDATE ledger SET actor = 'eve'", "DELETE FROM ledger", "TRUNCATE ledger", "UPDATE revisions SET content = ''",
    "DELETE FROM decisions", "TRUNCATE decisions", "ALTER TABLE ledger DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_stays ON ledger", "DROP TABLE ledger CASCADE", "CREATE OR REPLACE FUNCTION lakehelm_refuse() "
    "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$", "ALTER TABLE ledger OWNER TO CURRENT_USER",
    "DELETE FROM ledger_head", "DELETE FROM proposals", "SET session_replication_role = replica", "DELETE FROM votes",
    "UPDATE alembic_version SET version_num = ''",
]  # fmt: skip


def test_the_app_works_with_the_rights_it_has(roles: tuple[Store, Store]) -> None:
    _, app = roles
    with app.writing() as tx:
        assert ledger.append(tx, "switch.on", ANN) == 6
        tx.connection.execute(sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == "01A").values(state="withdrawn"))
    assert verify_store(app).entries == 6
    for table in METADATA.tables.values():
        with app.reading() as tx:
            tx.connection.execute(sa.select(table).limit(1))


@pytest.mark.parametrize("statement", DENIED)
def test_the_app_cannot_change_what_was_written(roles: tuple[Store, Store], statement: str) -> None:
    owner, app = roles
    before = contents(owner)
    with pytest.raises(DBAPIError) as refused, app.writing() as tx:
        tx.connection.exec_driver_sql(statement)
    assert isinstance(refused.value, ProgrammingError)  # no right to, before any trigger is asked
    assert contents(owner) == before


@pytest.mark.parametrize("name", ['app"; DROP TABLE ledger; --', "", "a b", "x" * 70])
def test_a_role_name_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="role"):
        grants_sql(name)
