"""The store on Lakebase: Postgres whose password is minted, lives an hour at most, and is checked at sign-in only.

Every new connection signs in with a password that is at most a quarter of an hour old. An endpoint that sleeps or
restarts is waited for; what cannot be mended by waiting is said with what to do. Where and as whom comes from the
platform's ``PG…`` variables, or is asked of the workspace.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from approvals.store.principal import principal
from settings import Settings

LOG = logging.getLogger("lakehelm.store")
KEPT = dt.timedelta(minutes=15)  # a password is used for new connections
MARGIN = dt.timedelta(minutes=5)  # before its end it is used no more
PATIENCE = 20.0  # seconds that a sleeping endpoint is waited for
IMPATIENCE = 30.0  # seconds after that in which it is tried once and not waited for: every page would be
RECYCLE = 2_700  # seconds a connection lives
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_HOPELESS = (
    "does not exist",
    "permission denied for database",
    "no pg_hba.conf entry",
    "certificate",
    "invalid sslmode",
)
_NOT_LET_IN = "authentication failed"
_NO_RIGHT = ("42501", "3F000")  # a schema that one may not even use does not exist, says Postgres
Mint = Callable[[], tuple[str, dt.datetime]]  # a password and when it ends (UTC); raises what the SDK raises


class StoreRefused(Exception):
    """The database does not let the app in or work; the message says what to do. Waiting does not help."""


class Passwords:
    """The password of the hour: minted once however many ask at the same time. ``clock`` is UTC."""

    def __init__(self, mint: Mint, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)) -> None:
        self._mint, self._clock = mint, clock
        self._lock = threading.Lock()
        self._password, self._good_until = "", dt.datetime.min.replace(tzinfo=dt.UTC)

    def current(self) -> str:
        """A password that is good for a while; raises :class:`StoreRefused`."""
        with self._lock:
            now = self._clock()
            if now >= self._good_until:
                self._password, ends = _or_refused(self._mint, "gave no password for the database")
                self._good_until = min(now + KEPT, ends - MARGIN)
            return self._password

    def forget(self, password: str) -> None:
        """Mint anew next time, unless somebody else has done so already."""
        with self._lock:
            if password == self._password:
                self._good_until = dt.datetime.min.replace(tzinfo=dt.UTC)


def _or_refused(act: Callable[[], Any], failed: str) -> Any:
    try:
        return act()
    except Exception as error:
        raise StoreRefused(
            f"The workspace {failed} ({type(error).__name__}). The service principal needs CAN_CONNECT_AND_CREATE on the "
            "app's Lakebase resource, and LAKEHELM_PG_ENDPOINT the path of its endpoint."
        ) from error


def minting(chosen: Settings) -> Mint:
    """Asks the workspace, as the app's own principal, for a password to the endpoint of the settings."""

    def mint() -> tuple[str, dt.datetime]:
        made = principal(chosen).postgres.generate_database_credential(endpoint=chosen.pg_endpoint)
        if not made.token or made.expire_time is None:
            raise ValueError("no token in the answer")
        return made.token, made.expire_time.ToDatetime().replace(tzinfo=dt.UTC)

    return mint


def role_of(chosen: Settings) -> str:
    """The role that signs in; raises :class:`StoreRefused`."""
    name = chosen.pg_user or chosen.client_id
    return name or str(
        _or_refused(lambda: principal(chosen).current_user.me().user_name, "does not say who the app is")
    )


def host_of(chosen: Settings) -> str:
    """The host of the endpoint; raises :class:`StoreRefused`."""

    def ask() -> str:
        status = principal(chosen).postgres.get_endpoint(chosen.pg_endpoint).status
        host = status.hosts.host if status and status.hosts else None
        if not host:
            raise ValueError("no host")
        return str(host)

    return chosen.pg_host or str(_or_refused(ask, "names no host of the endpoint"))


class Patience:
    """How long the endpoint is waited for: ``seconds``, and not at all by those who come soon after it did not answer."""

    def __init__(self, seconds: float = PATIENCE) -> None:
        self._seconds, self._over = seconds, 0.0

    def left(self) -> float:
        """Seconds for who comes now."""
        return self._seconds if time.monotonic() >= self._over else 0.0

    def lost(self) -> None:
        """It did not answer."""
        self._over = time.monotonic() + IMPATIENCE

    def regained(self) -> None:
        """It answered."""
        self._over = 0.0


_OURS = Patience()  # with the one endpoint of this process


def lakebase_engine(chosen: Settings, passwords: Passwords | None = None, patience: Patience = _OURS) -> Engine:
    """An engine on the endpoint of the settings; nothing is made or changed there, and nobody is asked before the first
    connection. Raises :class:`StoreRefused`."""
    if not _SCHEMA.fullmatch(chosen.pg_schema):
        raise StoreRefused(f"LAKEHELM_PG_SCHEMA={chosen.pg_schema!r} is not a plain name in small letters.")
    url = URL.create(
        "postgresql+psycopg", port=chosen.pg_port, database=chosen.pg_database, query={"sslmode": chosen.pg_sslmode}
    )
    # Values may be anybody's words: an error names the statement, never what was written.
    made = create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=RECYCLE,
        pool_size=5,
        max_overflow=5,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, "application_name": "lakehelm"},
    )
    held = passwords or Passwords(minting(chosen))

    @event.listens_for(made, "do_connect")
    def connect(dialect: Any, _record: Any, given: Any, words: dict[str, Any]) -> Any:
        where = words | {"host": host_of(chosen), "user": role_of(chosen)}
        return _connected(lambda password: dialect.connect(*given, **(where | {"password": password})), held, patience)

    @event.listens_for(made, "connect")
    def choose_schema(connection: Any, _record: Any) -> None:
        connection.execute(f'SET search_path TO "{chosen.pg_schema}"')
        connection.commit()

    return made


def _connected(sign_in: Callable[[str], Any], passwords: Passwords, patience: Patience) -> Any:
    """A connection; a password that is refused is minted anew once, an endpoint that is away is waited for."""
    import psycopg

    over, pause, refused = time.monotonic() + patience.left(), 0.1, 0
    while True:
        password = passwords.current()
        try:
            connection = sign_in(password)
            patience.regained()
            return connection
        except psycopg.OperationalError as error:
            said = str(error).lower()
            if any(words in said for words in _HOPELESS):
                raise StoreRefused(
                    f"The database does not let the app in: {str(error).strip().splitlines()[-1]}. PGHOST, PGPORT, PGDATABASE, "
                    "PGUSER and PGSSLMODE must be those of the app's Lakebase resource."
                ) from None
            if _NOT_LET_IN in said:
                passwords.forget(password)
                refused += 1
                if refused > 1:
                    raise StoreRefused(
                        "The database refuses the password that was minted for it. PGUSER must be the client id of the "
                        "service principal, and LAKEHELM_PG_ENDPOINT the endpoint that PGHOST names."
                    ) from None
                continue
            if time.monotonic() + pause > over:
                patience.lost()
                raise
            LOG.info("the database does not answer, trying again")
        time.sleep(pause)
        pause = min(pause * 2, 2.0)


def own_schema(made: Engine, chosen: Settings, migrate: Callable[[], None]) -> None:
    """Make the app's schema where it is missing, then ``migrate``. What the role may not do (42501) becomes a
    :class:`StoreRefused` with the way to mend it."""
    schema = chosen.pg_schema
    try:
        with made.begin() as connection:
            # `IF NOT EXISTS` asks for the right to make one even where it is there.
            if not connection.exec_driver_sql("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).first():
                connection.exec_driver_sql(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        migrate()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in _NO_RIGHT:
            raise
        role, database = role_of(chosen), chosen.pg_database
        raise StoreRefused(
            f'The role "{role}" may not make or change the schema "{schema}" in the database "{database}". Whoever makes '
            f"it first owns it: start the app before anybody migrates by hand. Where it is somebody else's: ALTER SCHEMA "
            f'"{schema}" OWNER TO "{role}", and its tables with it; where it is missing: GRANT CREATE ON DATABASE '
            f'"{database}" TO "{role}".'
        ) from error
