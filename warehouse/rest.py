"""The SQL warehouse through the Statement Execution API of the SDK, the second transport. It keeps no sessions."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pyarrow as pa

from queries.kinds import Param
from settings import Settings
from single_flight import SharedOnce
from warehouse.credentials import HTTP_SECONDS, config
from warehouse.databricks_errors import from_exception, from_message
from warehouse.errors import BadValue, Starting, StorageFailed, TimedOut
from warehouse.inline import table_of
from warehouse.origin import host_of
from warehouse.session import Assured

FIRST_WAIT = "10s"  # the API answers within this when the statement is done
POLL = (0.05, 1.0)  # first and longest pause between two looks, seconds


class Rest:
    """Implements :class:`warehouse.interface.Warehouse`."""

    name = "rest"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._config = SharedOnce(lambda: config(settings))
        self._client: Any = None
        self._assured = Assured(lambda sql: self._fetched(sql, {}, {"query": "session"}, HTTP_SECONDS))

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        """The rows of ``sql``; see the protocol."""
        self._assured()
        return self._fetched(sql, params, tags, timeout)

    def _fetched(self, sql: str, params: Mapping[str, Param], tags: Mapping[str, str], timeout: float) -> pa.Table:
        try:
            return self._rows(sql, params, tags, timeout)
        except Exception as error:
            raise from_exception(error, timeout) from None  # the cause may quote the statement

    def prepare(self) -> None:
        """Sign in, and ask what can be asked once."""
        with suppress(Exception):
            self._assured()

    def close(self) -> None:
        """Nothing is kept open."""

    def _api(self) -> Any:
        with (
            self._lock
        ):  # also around the import: two threads that import it at once can block each other (Python 3.11)
            from databricks.sdk import WorkspaceClient
        config = self._config()
        with self._lock:
            self._client = self._client or WorkspaceClient(config=config)
        return self._client.statement_execution

    def _rows(self, sql: str, params: Mapping[str, Param], tags: Mapping[str, str], timeout: float) -> pa.Table:
        from databricks.sdk.service import sql as api

        calls, deadline, links = self._api(), time.monotonic() + timeout, self._settings.cloud_fetch
        answer = calls.execute_statement(
            statement=sql,
            warehouse_id=self._settings.warehouse_id,
            parameters=[
                api.StatementParameterListItem(name=n, value=_text(v), type=_type(v)) for n, v in params.items()
            ],
            wait_timeout=FIRST_WAIT if timeout > 10 else "0s",
            on_wait_timeout=api.ExecuteStatementRequestOnWaitTimeout.CONTINUE,
            disposition=api.Disposition.EXTERNAL_LINKS if links else api.Disposition.INLINE,
            format=api.Format.ARROW_STREAM if links else api.Format.JSON_ARRAY,
            query_tags=[api.QueryTag(key=k, value=v) for k, v in tags.items()],
        )
        pause = POLL[0]
        while answer.status.state in (api.StatementState.PENDING, api.StatementState.RUNNING):
            if time.monotonic() >= deadline:
                with suppress(Exception):
                    calls.cancel_execution(answer.statement_id)
                raise TimedOut(timeout)
            time.sleep(pause)
            pause = min(pause * 1.5, POLL[1])
            answer = calls.get_statement(answer.statement_id)
        if answer.status.state != api.StatementState.SUCCEEDED:
            raise _failure(answer.status, timeout)
        if answer.manifest is not None and answer.manifest.truncated:
            raise BadValue("the answer was cut by the warehouse's size limit")
        return _linked(calls, answer) if links else _inline(calls, answer)


def _failure(status: Any, timeout: float) -> Exception:
    error = status.error
    code = error.error_code.value if error is not None and error.error_code else ""
    if code == "TEMPORARILY_UNAVAILABLE":
        return Starting()
    return from_message(f"{code} {error.message if error is not None else ''}", timeout)


def _inline(calls: Any, answer: Any) -> pa.Table:
    """All chunks, in order, from the warehouse itself."""
    rows: list[Any] = []
    data = answer.result
    while data is not None:
        rows += data.data_array or []
        following = data.next_chunk_index
        data = calls.get_statement_result_chunk_n(answer.statement_id, following) if following is not None else None
    return table_of(answer.manifest.schema.columns, rows)


def _fetched(link: Any) -> bytes:
    """What a signed link gives: it is signed by itself, so our credentials must not go with it."""
    import requests

    host = host_of(link.external_link)
    try:
        got = requests.get(link.external_link, headers=link.http_headers or {}, timeout=HTTP_SECONDS)
    except requests.RequestException:
        raise StorageFailed(host, "could not be reached") from None  # the cause quotes the signature
    if not got.ok:
        raise StorageFailed(host, f"answered with HTTP {got.status_code}")
    return bytes(got.content)


def _linked(calls: Any, answer: Any) -> pa.Table:
    """All chunks, in order, from the cloud's storage."""
    tables: list[pa.Table] = []
    data = answer.result
    while data is not None and data.external_links:
        following = None
        for link in data.external_links:
            tables.append(pa.ipc.open_stream(_fetched(link)).read_all())
            following = link.next_chunk_index
        data = calls.get_statement_result_chunk_n(answer.statement_id, following) if following is not None else None
    if not tables:
        raise BadValue("the answer came without a result")
    return pa.concat_tables(tables)


def _type(value: Param) -> str:
    if isinstance(value, dt.datetime):
        return "TIMESTAMP"
    if isinstance(value, dt.date):
        return "DATE"
    if isinstance(value, int):
        return "INT" if abs(value) < 2**31 else "BIGINT"
    return {float: "DOUBLE", Decimal: "DECIMAL(38,18)"}.get(type(value), "STRING")


def _text(value: Param) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date) else str(value)
