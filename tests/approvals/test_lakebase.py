"""The store on a real Postgres that asks for a password, which the real SDK mints at an emulated workspace."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.store.lakebase import KEPT, MARGIN, Passwords, Patience, StoreRefused, host_of, lakebase_engine, role_of
from approvals.store.store import Store, StoreAway, open_store
from demo.workspace.people import APP
from tests.approvals.lakebase_server import Database, Lakebase, lakebase, named, own_database
from tests.support.clock import Clock


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with own_database() as made:
        yield made


@pytest.fixture
def there(database: Database) -> Iterator[Lakebase]:
    with lakebase(database) as one:
        yield one


def write(store: Store, event: str = "draft.submit") -> None:
    with store.writing() as tx:
        ledger.append(tx, event, Actor("human", "ann"), body={"n": 1})


def events(store: Store) -> int:
    with store.reading() as tx:
        return int(tx.connection.execute(sa.text("SELECT count(*) FROM ledger")).scalar_one())


def test_the_store_lives_in_a_schema_of_its_own_behind_a_minted_password(there: Lakebase) -> None:
    store = open_store(there.settings)
    write(store)
    assert events(store) == 1
    tables = there.database.admin(
        "SELECT DISTINCT schemaname, tableowner FROM pg_tables WHERE tablename IN ('ledger', 'alembic_version', 'votes')",
        there.settings.pg_database,
    )
    assert tables == [("lakehelm", there.settings.pg_user)]
    assert open_store(there.settings).engine is store.engine
    assert len(there.minted) == 1


def test_a_wrong_password_does_not_get_in(there: Lakebase) -> None:
    """Else the tests here would prove nothing."""
    url = sa.URL.create(
        "postgresql+psycopg",
        there.settings.pg_user,
        "guessed",
        "127.0.0.1",
        there.database.port,
        there.settings.pg_database,
    )
    there.set_password("known", dt.timedelta(hours=1))
    with pytest.raises(sa.exc.OperationalError, match="password authentication failed"):
        sa.create_engine(url).connect()


def test_connections_that_come_at_once_mint_once(there: Lakebase) -> None:
    engine, gate = lakebase_engine(there.settings), threading.Barrier(8)

    def ask(_: int) -> int:
        gate.wait()
        with engine.connect() as connection:
            return int(connection.execute(sa.text("SELECT 1")).scalar_one())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [1] * 8
    assert len(there.minted) == 1


def test_first_connections_of_two_processes_worth_of_threads_migrate_once(there: Lakebase) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: open_store(there.settings), range(6)))
    assert len({id(one.engine) for one in stores}) == 1
    assert len(there.minted) == 1


def test_a_rotated_password_is_minted_anew_for_the_next_connection(there: Lakebase) -> None:
    store = open_store(there.settings)
    write(store)
    there.set_password("somebody turned it", dt.timedelta(hours=1))
    write(store)  # an open connection lives on
    assert len(there.minted) == 1
    there.cut()
    write(store)
    assert events(store) == 3
    assert len(there.minted) == 2


def test_an_expired_password_is_minted_anew(there: Lakebase) -> None:
    store = open_store(there.settings)
    there.set_password(there.minted[-1], -dt.timedelta(minutes=1))
    there.cut()
    write(store)
    assert (events(store), len(there.minted)) == (1, 2)


def test_a_password_that_is_never_accepted_is_said_and_tried_twice_only(there: Lakebase) -> None:
    there.valid_for = -dt.timedelta(hours=1)
    with pytest.raises(StoreRefused, match="PGUSER must be the client id"):
        open_store(there.settings)
    assert len(there.minted) == 2


def test_a_database_that_sleeps_is_waited_for(there: Lakebase) -> None:
    store = open_store(there.settings)
    write(store)
    there.database.stop()
    waker = threading.Timer(2.0, there.database.start)
    waker.start()
    began = time.monotonic()
    write(store)
    waker.join()
    assert events(store) == 2
    assert time.monotonic() - began > 1


def test_a_restart_under_use_loses_nothing_that_was_committed(there: Lakebase) -> None:
    store = open_store(there.settings)
    over, told = threading.Event(), []

    def work() -> None:
        while not over.is_set():
            try:
                write(store)
                told.append("ok")
            except (sa.exc.DBAPIError, StoreAway):
                told.append("lost")  # a transaction under way; its writer knows

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for _ in range(2):
        time.sleep(0.4)
        there.database.stop()
        there.database.start()
    time.sleep(0.6)
    before = told.count("ok")
    time.sleep(0.6)
    over.set()
    for one in threads:
        one.join(timeout=30)
    assert told.count("ok") > before > 0
    assert told.count("ok") <= events(store) <= len(told)


def test_a_database_that_stays_away_is_given_up(there: Lakebase) -> None:
    engine = lakebase_engine(there.settings, patience=Patience(1.0))
    engine.connect().close()
    there.database.stop()
    try:
        with pytest.raises(sa.exc.OperationalError):
            engine.connect()
    finally:
        there.database.start()


def test_who_comes_after_it_was_given_up_does_not_wait_and_finds_it_when_it_is_back(there: Lakebase) -> None:
    waited: list[float] = []

    class Noted(Patience):
        """Keeps how long each who comes may wait."""

        def left(self) -> float:
            waited.append(super().left())
            return waited[-1]

    store = Store(lakebase_engine(there.settings, patience=Noted(2.0)))
    with store.reading():
        pass
    there.database.stop()
    try:
        waited.clear()
        for _ in range(3):
            with pytest.raises(StoreAway), store.reading():
                pass
        assert waited[0] == 2.0 and len(waited) >= 3 and not any(waited[1:])
    finally:
        there.database.start()
    with store.reading() as tx:
        assert tx.now


def test_a_connection_that_dies_between_the_look_and_the_first_statement_is_replaced(there: Lakebase) -> None:
    store = open_store(there.settings)
    cuts = iter([True, False, False])

    def cut_first(connection: sa.Connection) -> dt.datetime:
        if next(cuts):
            there.cut()
        return connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()  # type: ignore[no-any-return]

    write(Store(store.engine, cut_first))
    assert events(store) == 1


def test_a_schema_of_somebody_else_is_said_with_the_way_to_mend_it(there: Lakebase) -> None:
    there.database.admin("CREATE SCHEMA lakehelm", there.settings.pg_database)
    with pytest.raises(StoreRefused, match='ALTER SCHEMA "lakehelm" OWNER TO "sp-'):
        open_store(there.settings)


def test_a_role_that_may_not_make_a_schema_is_said(there: Lakebase) -> None:
    there.database.admin(f'REVOKE CREATE ON DATABASE "{there.settings.pg_database}" FROM "{there.settings.pg_user}"')
    with pytest.raises(StoreRefused, match="GRANT CREATE ON DATABASE"):
        open_store(there.settings)


def test_a_schema_that_is_there_needs_no_right_to_make_one(there: Lakebase) -> None:
    one = there.settings
    there.database.admin(f'CREATE SCHEMA lakehelm AUTHORIZATION "{one.pg_user}"', one.pg_database)
    there.database.admin(f'REVOKE CREATE ON DATABASE "{one.pg_database}" FROM "{one.pg_user}"')
    assert events(open_store(one)) == 0


@pytest.mark.parametrize("schema", ['x"; DROP TABLE ledger; --', "Lakehelm", "", "a b"])
def test_a_schema_is_a_plain_name(there: Lakebase, schema: str) -> None:
    with pytest.raises(StoreRefused, match="plain name"):
        lakebase_engine(named(there, pg_schema=schema))


def test_a_workspace_that_mints_nothing_is_said(there: Lakebase) -> None:
    with pytest.raises(StoreRefused, match="CAN_CONNECT_AND_CREATE"):
        open_store(named(there, pg_endpoint="projects/other/branches/production/endpoints/primary"))


def test_a_wrong_database_is_not_waited_for(there: Lakebase) -> None:
    with pytest.raises(StoreRefused, match="does not exist"):
        open_store(named(there, pg_database="nowhere"))
    assert len(there.minted) == 1


def test_without_the_platforms_variables_host_and_role_come_from_the_workspace(there: Lakebase) -> None:
    """The executor's job has no PGHOST: only the endpoint's path."""
    there.database.admin(f'CREATE ROLE "{APP}" LOGIN; GRANT ALL ON DATABASE "{there.settings.pg_database}" TO "{APP}"')
    bare = named(there, pg_host="", pg_user="")
    there.workspace.state.logins[:] = [lambda _e, password, _ends: there.set_password(password, there.valid_for, APP)]
    assert events(open_store(bare)) == 0
    assert role_of(bare) == APP
    assert host_of(bare) == "127.0.0.1"


@pytest.mark.parametrize(
    ("life", "kept"), [(dt.timedelta(hours=1), KEPT), (dt.timedelta(minutes=12), dt.timedelta(minutes=12) - MARGIN)]
)
def test_a_password_is_used_for_a_quarter_of_an_hour_and_never_near_its_end(
    life: dt.timedelta, kept: dt.timedelta
) -> None:
    clock = Clock(dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC))
    minted: list[str] = []

    def mint() -> tuple[str, dt.datetime]:
        minted.append(f"password {len(minted)}")
        return minted[-1], clock.now + life

    passwords = Passwords(mint, clock)
    assert [passwords.current(), passwords.current()] == ["password 0"] * 2
    clock.now += kept - dt.timedelta(seconds=1)
    assert passwords.current() == "password 0"
    clock.now += dt.timedelta(seconds=1)
    assert passwords.current() == "password 1"
    passwords.forget("password 0")  # somebody who comes late does not throw away the new one
    assert passwords.current() == "password 1"
    passwords.forget("password 1")
    assert passwords.current() == "password 2"
