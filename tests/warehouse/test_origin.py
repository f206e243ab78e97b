"""A failure is known by its class, its status and its origin; words may say anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import requests
from databricks.sql import exc
from databricks.sql.thrift_api.TCLIService import ttypes

import warehouse.connector
import warehouse.credentials
from demo.emulator import Emulator
from demo.tables import create_all
from warehouse.connector import Connector
from warehouse.databricks_errors import from_exception, sign_in_failed
from warehouse.errors import (
    Failed,
    NoGrant,
    Refused,
    SignInFailed,
    Starting,
    StorageFailed,
    Throttled,
    Unreachable,
    WarehouseError,
)
from warehouse.interface import Warehouse
from warehouse.origin import INVALID_HANDLE, host_of, lost_session
from warehouse.rest import Rest

SQL = "SELECT id FROM range(6000) AS t(id) ORDER BY id"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    path: Path = tmp_path_factory.mktemp("origin") / "empty.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_all(connection)
    with Emulator(path) as made:
        yield made


def opened(emulator: Emulator, kind: type, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Warehouse:
    monkeypatch.setattr(warehouse.connector, "RETRY_SECONDS", 7)
    monkeypatch.setattr(warehouse.credentials, "RETRY_SECONDS", 2)
    made: Warehouse = kind(emulator.settings(**changes))
    return made


def rows(reads: Warehouse, sql: str = SQL) -> int:
    return int(reads.fetch(sql, {}, tags={}, timeout=20).num_rows)


@pytest.mark.parametrize(("fault", "expected"), [("unavailable", Starting), ("throttled", Throttled)])
@pytest.mark.parametrize("kind", [Connector, Rest])
def test_the_status_survives_the_retries(
    emulator: Emulator, kind: type, fault: Any, expected: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first request on, and with a session that is open."""
    reads = opened(emulator, kind, monkeypatch)
    for _ in range(2):
        emulator.faults.set(fault, -1, value=3)
        with pytest.raises(expected):
            rows(reads)
        emulator.faults.clear()
        assert rows(reads) == 6000
    reads.close()


WORDINGS = [
    "requirement failed: Session handle: SessionHandle [0b2c] has not been initialized or had already closed.",
    "session with id 17 closed", "INVALID_STATE: the context expired", "Sitzung 503 abgelaufen", "401", "", "max retry duration",
]  # fmt: skip


class Sessions:
    """What the connector gives: the first ``lost`` statements raise ``error``."""

    def __init__(self, error: Exception, lost: int = 1) -> None:
        self.error, self.lost, self.opened = error, lost, 0

    def __call__(self) -> Any:
        self.opened += 1
        return SimpleNamespace(cursor=lambda: self, close=lambda: None)

    def execute(self, *_: Any, **__: Any) -> None:
        self.lost -= 1
        if self.lost >= 0:
            raise self.error

    def fetchall_arrow(self) -> Any:
        return "rows"

    def cancel(self) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("words", WORDINGS)
@pytest.mark.parametrize("kind", [exc.DatabaseError, exc.SessionAlreadyClosedError])
def test_a_lost_session_is_replaced_whatever_it_is_called(
    emulator: Emulator, kind: type[Exception], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, sessions = Connector(emulator.settings()), Sessions(kind(words))
    monkeypatch.setattr(reads, "_open", sessions)
    monkeypatch.setattr(reads, "_assured", lambda: None)
    assert reads.fetch("SELECT 1", {}, tags={}, timeout=5) == "rows"
    assert sessions.opened == 2  # one new session, once
    again = Sessions(kind(words), lost=9)
    monkeypatch.setattr(reads, "_open", again)
    reads._idle.queue.clear()
    with pytest.raises(WarehouseError):
        reads.fetch("SELECT 1", {}, tags={}, timeout=5)
    assert again.opened == 2


@pytest.mark.parametrize(
    ("status", "state", "lost"), [(4, None, True), (3, "08003", True), (3, "42601", False), (3, "22012", False)]
)
def test_the_service_says_by_status_and_state_whether_the_session_is_lost(
    status: int, state: str | None, lost: bool
) -> None:
    def check(response: Any) -> None:
        raise exc.DatabaseError(f"said {response.status.statusCode}")

    with pytest.raises(exc.DatabaseError) as raised:
        check(SimpleNamespace(status=ttypes.TStatus(statusCode=status, sqlState=state)))
    assert INVALID_HANDLE == ttypes.TStatusCode.INVALID_HANDLE_STATUS
    assert lost_session(raised.value) is lost


@pytest.mark.parametrize("words", WORDINGS)
def test_a_statement_that_failed_is_no_lost_session(words: str) -> None:
    assert not lost_session(exc.ServerOperationError(words))
    assert not lost_session(exc.RequestError(words, {"http-code": 503}))
    assert not lost_session(ValueError(words))


@pytest.mark.parametrize(
    "words", ["a column called STARTING", "it timed out yesterday", "401 rows", "403", "is starting", "429"]
)
def test_words_and_numbers_in_a_message_decide_nothing(words: str) -> None:
    assert type(from_exception(exc.ServerOperationError(f"[DIVIDE_BY_ZERO] {words}"), 1.0)) is Failed


@pytest.mark.parametrize(
    ("fault", "said"), [("storage", "answered with HTTP 403"), ("storage_away", "could not be reached")]
)
def test_storage_that_fails_is_named_without_its_signature(
    emulator: Emulator, fault: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = opened(emulator, Rest, monkeypatch)
    assert rows(reads) == 6000
    emulator.faults.set(fault)
    with pytest.raises(StorageFailed) as found:
        rows(reads)
    told = f"{found.value} {found.value.remedy}"
    assert "127.0.0.1" in told and said in told and "LAKEHELM_CLOUD_FETCH=false" in told
    assert "secret-signature" not in told and "_signed" not in told
    assert found.value.__cause__ is None
    emulator.faults.set(fault)
    assert rows(opened(emulator, Rest, monkeypatch, cloud_fetch=False)) == 6000  # nothing of the storage is needed
    emulator.faults.clear()


def test_cloud_fetch_is_known_by_where_it_was_raised() -> None:
    """The connector's download raises a bare exception with the body of the answer."""
    code = "def run(self, response):\n    raise Exception('HTTP 403: <Code>AuthenticationFailed</Code>')"
    space: dict[str, Any] = {"__name__": "databricks.sql.cloudfetch.downloader"}
    exec(compile(code, "downloader.py", "exec"), space)
    link = SimpleNamespace(fileLink="https://dbstorage0.blob.core.windows.net/jobs/1?sig=secret")
    with pytest.raises(Exception, match="HTTP 403") as raised:
        space["run"](SimpleNamespace(link=link), SimpleNamespace(status=403, headers={}))
    failure = from_exception(raised.value, 1.0)
    assert isinstance(failure, StorageFailed)
    assert str(failure).startswith(
        "The warehouse has answered, but the rows lie at dbstorage0.blob.core.windows.net, which answered"
    )
    assert "secret" not in str(failure)
    assert not lost_session(raised.value)


def test_values_read_inline_are_those_of_the_links(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = """SELECT 'a' AS t, array('a', 'b') AS ts, true AS f, DATE'2026-03-05' AS d, CAST(NULL AS STRING) AS nothing,
        TIMESTAMP'2026-03-05 10:11:12.123456' AS at, CAST(7 AS BIGINT) AS n, 0.25D AS r,
        CAST('12345678901234567.123456789012345678' AS DECIMAL(38, 18)) AS m"""
    by_link = opened(emulator, Rest, monkeypatch).fetch(sql, {}, tags={}, timeout=20)
    inline = opened(emulator, Rest, monkeypatch, cloud_fetch=False).fetch(sql, {}, tags={}, timeout=20)
    assert inline.to_pylist() == by_link.to_pylist()
    nothing = "SELECT usage_date FROM system.billing.usage WHERE usage_date >= :start"
    empty = opened(emulator, Rest, monkeypatch, cloud_fetch=False)
    assert empty.fetch(nothing, {"start": dt.date(2026, 1, 1)}, tags={}, timeout=20).num_rows == 0


@pytest.mark.parametrize(
    "address", ["https://login.microsoftonline.com/t/oauth2?client_secret=secret", "https://u:secret@login.example.com"]
)
def test_a_sign_in_host_that_fails_is_named_without_its_query(address: str) -> None:
    request = requests.Request("POST", address).prepare()
    failure = sign_in_failed(requests.ConnectionError(f"refused {address}", request=request), "workspace.example.com")
    assert isinstance(failure, SignInFailed)
    assert isinstance(failure, Unreachable)
    assert host_of(address) in str(failure)
    assert "secret" not in f"{failure} {failure.remedy} {failure.args}"


def test_credentials_that_are_refused_are_refused_credentials(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (Connector, Rest):
        with pytest.raises(Refused):
            rows(opened(emulator, kind, monkeypatch, client_secret="wrong"))
    assert type(from_exception(exc.RequestError("no", {"http-code": 403}), 1.0)) is NoGrant
