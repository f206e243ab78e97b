"""A real Postgres that asks for a password on TCP, the way Lakebase does, and an emulated workspace that mints it."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.postgres import Database, database_in
from demo.emulator.server import Emulator
from demo.workspace.lakebase import ENDPOINT
from demo.workspace.people import APP, APP_SECRET
from demo.workspace.workspace import EmulatedWorkspace, made
from settings import Settings

__all__ = ["Database", "Lakebase", "lakebase", "named", "own_database"]
NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
_COUNT = itertools.count()


@dataclass
class Lakebase:
    """The database, the workspace that mints, and settings of an app on both. ``minted`` are the passwords so far."""

    database: Database
    emulator: Emulator
    workspace: EmulatedWorkspace
    settings: Settings
    minted: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    valid_for: dt.timedelta = dt.timedelta(hours=1)

    def give(self, _endpoint: str, password: str, _ends: dt.datetime) -> None:
        """Make the minted password the role's own; the one before is worth nothing from now on."""
        with self.lock:
            self.minted.append(password)
        self.set_password(password, self.valid_for)

    def set_password(self, password: str, valid_for: dt.timedelta, role: str = "") -> None:
        """By the clock of the database, which is the one that looks."""
        role = role or self.settings.pg_user
        now = self.database.admin("SELECT clock_timestamp()")[0][0]
        assert isinstance(now, dt.datetime)
        until = now + valid_for
        self.database.admin(f"""ALTER ROLE "{role}" PASSWORD '{password}' VALID UNTIL '{until.isoformat()}'""")

    def cut(self) -> None:
        """Every connection of the app's role ends, as when the endpoint goes to sleep."""
        self.database.admin(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{self.settings.pg_user}'"
        )


@contextmanager
def own_database() -> Iterator[Database]:
    """A started Postgres in a folder that is not one of pytest's: it runs as another user, whom the next pytest that
    starts on this machine would shut out of those."""
    with tempfile.TemporaryDirectory(prefix="lakehelm-lakebase-") as folder:
        made = database_in(Path(folder))
        yield made
        made.stop()


@contextmanager
def lakebase(database: Database) -> Iterator[Lakebase]:
    """A database and a role of their own, and a workspace that mints passwords for it."""
    name, role = f"app_{next(_COUNT)}", f"sp-{next(_COUNT)}"
    database.admin(f'CREATE ROLE "{role}" LOGIN')
    database.admin(f'CREATE DATABASE "{name}"')
    database.admin(f'GRANT CONNECT, CREATE ON DATABASE "{name}" TO "{role}"')
    database.admin("REVOKE CREATE ON SCHEMA public FROM PUBLIC", name)
    workspace, _ = made(7, 0.1, NOW)
    with Emulator(None, workspace=workspace) as emulator:
        chosen = Settings(
            profile="databricks",
            host=emulator.url,
            client_id=APP,
            client_secret=APP_SECRET,
            pg_host="127.0.0.1",
            pg_port=database.port,
            pg_database=name,
            pg_user=role,
            pg_sslmode="disable",
            pg_endpoint=ENDPOINT,
        )
        one = Lakebase(database, emulator, workspace, chosen)
        workspace.state.logins.append(one.give)
        yield one


def named(one: Lakebase, **changes: object) -> Settings:
    """The settings with ``changes``."""
    return replace(one.settings, **changes)  # type: ignore[arg-type]
