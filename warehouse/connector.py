"""The SQL warehouse through the databricks-sql-connector (Thrift), the default transport. Answers come as Arrow."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, LifoQueue
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from queries.kinds import Param
from settings import Settings
from single_flight import SharedOnce
from warehouse.credentials import config
from warehouse.databricks_errors import from_exception
from warehouse.errors import Starting, Throttled, TimedOut
from warehouse.origin import lost_session
from warehouse.session import Assured

# A page cannot wait for the connector's own budgets (900 s each).
RETRY_SECONDS, RETRY_TIMES, SOCKET_SECONDS = 10, 3, 60
LEAST_WAIT = 5  # the connector takes no less, and sleeps that long (or Retry-After, if longer) before each new try


class Connector:
    """Implements :class:`warehouse.interface.Warehouse`.

    Sessions are kept and reused, one per query in flight; one that died on the other side is replaced once, unnoticed."""

    name = "connector"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._idle: LifoQueue[Any] = LifoQueue()
        self._lock = threading.Lock()
        self._config = SharedOnce(lambda: config(settings))
        self._assured = Assured(lambda sql: self._rows(sql, {}, {"query": "session"}, SOCKET_SECONDS))

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        """The rows of ``sql``; see the protocol."""
        self._assured()
        return self._rows(sql, params, tags, timeout)

    def _rows(self, sql: str, params: Mapping[str, Param], tags: Mapping[str, str], timeout: float) -> pa.Table:
        try:
            try:
                return self._run(self._session(), sql, params, tags, timeout)
            except Exception as error:
                if isinstance(error, TimedOut) or not lost_session(error):
                    raise
                return self._run(self._open(), sql, params, tags, timeout)
        except Exception as error:
            raise from_exception(error, timeout) from None  # the cause may quote the statement

    def prepare(self) -> None:
        """Open the sessions that a page needs: opening one takes longer than a small question."""
        at_once = self._settings.query_threads
        with suppress(Exception), ThreadPoolExecutor(at_once) as pool:
            for session in pool.map(lambda _: self._open(), range(at_once)):
                self._idle.put(session)
            self._assured()

    def close(self) -> None:
        """Close the idle sessions."""
        while True:
            try:
                session = self._idle.get_nowait()
            except Empty:
                return
            _close(session)

    def _run(
        self, session: Any, sql: str, params: Mapping[str, Param], tags: Mapping[str, str], timeout: float
    ) -> pa.Table:
        cursor, done, expired = session.cursor(), threading.Event(), threading.Event()

        def watch() -> None:
            if not done.wait(timeout):
                expired.set()
            while not done.wait(0.2):  # a statement that has no handle yet cannot be cancelled
                with suppress(Exception):
                    cursor.cancel()

        threading.Thread(target=watch, daemon=True).start()
        try:
            cursor.execute(sql, dict(params) or None, query_tags=dict(tags) or None)
            table = cursor.fetchall_arrow()
        except Exception as error:
            # In the background: closing is a request too, with a budget of retries of its own.
            threading.Thread(target=_close, args=(session,), daemon=True).start()
            if expired.is_set() and not isinstance(from_exception(error, timeout), Starting | Throttled):
                raise TimedOut(timeout) from None  # whatever the cancelled statement said
            raise
        finally:
            done.set()
        self._idle.put(session)
        threading.Thread(target=_close, args=(cursor,), daemon=True).start()  # a request that nobody need wait for
        return table

    def _session(self) -> Any:
        """An idle session, else a new one."""
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._open()

    def _open(self) -> Any:
        with (
            self._lock
        ):  # also around the import: two threads that import it at once can block each other (Python 3.11)
            from databricks import sql as connector  # slow to import: only when it is needed
        config = self._config()
        host = urlsplit(config.host)
        path = f"/sql/1.0/warehouses/{self._settings.warehouse_id}"
        plain = {"_connection_uri": f"{config.host}{path}"} if host.scheme == "http" else {}
        return connector.connect(
            server_hostname=host.netloc,
            http_path=path,
            credentials_provider=lambda: config.authenticate,
            session_configuration={
                "TIMEZONE": "UTC",
                "ANSI_MODE": "true",
                "STATEMENT_TIMEOUT": str(int(self._settings.query_timeout)),
            },
            user_agent_entry="lakehelm",
            enable_telemetry=False,
            use_cloud_fetch=self._settings.cloud_fetch,
            _socket_timeout=SOCKET_SECONDS,
            _retry_stop_after_attempts_count=RETRY_TIMES,
            _retry_stop_after_attempts_duration=RETRY_SECONDS,
            _retry_delay_min=0.2,
            _retry_delay_max=LEAST_WAIT,
            **plain,
        )


def _close(session_or_cursor: Any) -> None:
    with suppress(Exception):
        session_or_cursor.close()
