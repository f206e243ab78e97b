"""Nothing secret is written anywhere: real failures with planted secrets, then the logs, the ledger and the whole store
are searched for them. And the process ends in time, its work left so that others can take it up."""

from __future__ import annotations

import datetime as dt
import http.client
import io
import json
import logging
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

import logs
from actions.failures import describe_error, describe_for_person
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.identity import Proofs, Unproven, _me
from approvals.people.scim import ScimDirectory
from approvals.store.lakebase import Passwords, Patience, StoreRefused, _connected
from approvals.store.principal import principal
from approvals.store.store import METADATA, Store
from bench.serving import serve
from demo.emulator.server import Emulator
from settings import Settings
from tests.demo.workspace import served
from tests.lakehouses import lakehouse
from tests.support.stores import store_at
from warehouse.errors import WarehouseError
from warehouse.open import open_warehouse

SECRET, TOKEN, PASSWORD = "canary-client-secret-7f3a", "dapicanary0token0value", "canary-db-password-55"
STATEMENT, VALUE = "canary_statement_words", "canary parameter value"
CANARIES = (SECRET, TOKEN, PASSWORD, STATEMENT, VALUE)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, through the app's own handler; the test runner's handlers come back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    logs.install([SECRET, TOKEN, PASSWORD], out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)


def clean(text: str) -> None:
    assert [one for one in CANARIES if one in text] == []


def log(error: BaseException) -> None:
    """As everything logs what went wrong, at its most talkative."""
    try:
        raise error
    except BaseException:
        logging.getLogger("lakehelm.test").exception("it failed: %s", error)


def test_a_refused_sign_in_and_a_refused_token(written: io.StringIO) -> None:
    with served() as there:
        chosen = Settings(profile="databricks", host=there.emulator.url, client_id="lakehelm-app", client_secret=SECRET)
        with pytest.raises(Exception) as refused:
            principal(chosen).current_user.me()
        log(refused.value)
        proofs = Proofs(lambda token: _me(there.emulator.url, token), ScimDirectory(lambda: there.client()))
        with pytest.raises(Unproven) as nobody:
            proofs.proved({"x-forwarded-email": "a@b.c", "x-forwarded-access-token": TOKEN})
        log(nobody.value)
        assert TOKEN not in str(nobody.value)
    assert "it failed" in written.getvalue()
    clean(written.getvalue())


def test_bad_sql_at_the_warehouse(written: io.StringIO, tmp_path: Path) -> None:
    import duckdb

    duckdb.connect(str(tmp_path / "lakehouse.duckdb")).close()
    with Emulator(tmp_path / "lakehouse.duckdb") as there:
        warehouse = open_warehouse(there.settings())
        try:
            with pytest.raises(WarehouseError) as failed:
                warehouse.fetch(f"SELECT {STATEMENT} FROM nowhere WHERE x = :v", {"v": VALUE}, tags={}, timeout=10)
        finally:
            warehouse.close()
    log(failed.value)
    assert VALUE not in str(failed.value)
    assert "it failed" in written.getvalue()
    assert VALUE not in written.getvalue()


def test_bad_sql_at_the_store_and_what_is_in_it(written: io.StringIO, tmp_path: Path) -> None:
    store = store_at(tmp_path / "store.sqlite")
    with pytest.raises(sa.exc.DBAPIError) as failed, store.reading() as tx:
        tx.connection.execute(sa.text(f"SELECT {STATEMENT} FROM nowhere WHERE x = :v"), {"v": VALUE})
    assert VALUE not in str(failed.value)
    log(failed.value)
    with store.writing() as tx:
        ledger.append(tx, "execution.refuse", Actor("executor", "worker"), why=logs.redacted(str(failed.value)))
    clean(written.getvalue())
    clean(dump(store))
    assert "execution.refuse" in dump(store)


def test_a_database_that_refuses_the_password(written: io.StringIO) -> None:
    import psycopg

    def sign_in(password: str) -> None:
        raise psycopg.OperationalError(
            f'FATAL: password authentication failed for "app" (postgresql://app:{password}@db/x)'
        )

    held = Passwords(lambda: (PASSWORD, dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)))
    with pytest.raises(StoreRefused) as refused:
        _connected(sign_in, held, Patience(1.0))
    assert refused.value.__suppress_context__ and PASSWORD not in str(refused.value)
    log(refused.value)
    log(psycopg.OperationalError(f"connection to postgresql://app:{PASSWORD}@db/x failed"))
    clean(written.getvalue())


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-ghi", "{'password': 'hunter2hunter2'}", "token=tok-123456&x=1",
        "postgresql://app:hunter2@db:5432/x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef", "dapi0123456789abcdef",
        'client_secret: "s3cr3t-value"', "failed\n[SQL: SELECT hunter2 FROM t]\n[parameters: ('hunter2',)]",
        "[PARSE_SYNTAX_ERROR] near x\n== SQL (line 1) ==\nSELECT hunter2", "Parser Error\nLINE 1: SELECT hunter2",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_or_a_statement_is_cut_out(text: str) -> None:
    said = logs.redacted(text)
    for part in ("abc.def", "hunter2", "tok-123456", "eyJhbGci", "dapi0123", "s3cr3t"):
        assert part not in said


@pytest.mark.parametrize(
    ("say", "begins"), [(describe_error, "RuntimeError: refused."), (describe_for_person, "refused.")]
)
def test_what_the_ledger_and_a_person_hear_of_an_error_has_no_secret_and_no_statement(
    say: Callable[[BaseException], str], begins: str
) -> None:
    said = say(RuntimeError(f"refused. Authorization: Bearer {TOKEN}x.y\n[SQL: SELECT {STATEMENT}]"))
    assert said.startswith(begins) and "x.y" not in said
    clean(said)


def test_what_is_harmless_stays() -> None:
    for text in (
        "finops.untagged failed after 1.5 s: NoGrant",
        "warehouse 1a2b is starting",
        "https://app.example/inbox?p=1",
    ):
        assert logs.redacted(text) == text


@pytest.mark.parametrize(
    ("said", "kept"), [("req-1.2:3", True), ("x" * 65, False), ("a b", False), ("", False), (None, False)]
)
def test_the_requests_own_id_is_kept_when_it_looks_like_one(said: str | None, kept: bool) -> None:
    assert (logs.known_id(said) == said) is kept
    assert len(logs.known_id("\r\nx")) == 32


def test_lines_are_json_with_the_request_and_the_trace(written: io.StringIO) -> None:
    logs.REQUEST_ID.set("req-9")
    log(ValueError(f"no {SECRET}\nInjected: line"))
    logs.REQUEST_ID.set("")
    (line,) = written.getvalue().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["request_id"], told["error"]) == (
        "ERROR",
        "lakehelm.test",
        "req-9",
        "ValueError",
    )
    assert "Traceback" in told["trace"] and SECRET not in line


def dump(store: Store) -> str:
    """Every value of every table."""
    with store.reading() as tx:
        return "\n".join(
            repr(tuple(row)) for table in METADATA.sorted_tables for row in tx.connection.execute(sa.select(table))
        )


@pytest.mark.costs("an app of its own")
def test_a_running_app_logs_json_without_secrets_limits_what_is_sent_and_ends(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With an open WebSocket and work under way: SIGTERM, and it ends."""
    from websockets.sync.client import connect

    from tests.components.inbox_store import NOW, approved, content

    store = store_at(tmp_path / "store.sqlite")
    approved(store, content(now=max(NOW, _now())))
    lakehouse(tmp_path_factory, tmp_path / "lakehouse.duckdb", None)
    environment = {"LAKEHELM_SCALE": "0.1", "DATABRICKS_CLIENT_SECRET": SECRET, "DATABRICKS_TOKEN": TOKEN}
    with serve(tmp_path, environment) as app:
        assert _status(app.url + "/?x=" + "y" * 9_000) == 414
        assert _announced(app.url, "/_stcore/upload_file/a/b", 1_100_000) == 413
        answer = urllib.request.urlopen(urllib.request.Request(app.url + "/", headers={"X-Request-Id": "req-42"}))
        assert answer.headers["X-Request-Id"] == "req-42"
        with connect(app.url.replace("http", "ws") + "/_stcore/stream", subprotocols=["streamlit"]):  # type: ignore[list-item]
            began = time.monotonic()
            app.process.send_signal(signal.SIGTERM)
            app.process.wait(timeout=60)
            print(f"ended {time.monotonic() - began:.1f} s after SIGTERM")
        said = app.log.read_text()
    clean(said)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert lines and all({"at", "level", "logger", "message"} <= set(line) for line in lines)
    with store.reading() as tx:
        states = {row[0] for row in tx.connection.execute(sa.text("SELECT state FROM executions"))}
    assert states <= {
        "scheduled",
        "preflight",
        "executing",
        "reconciling",
        "verifying",
        "cancelled",
        "failed",
        "verified",
    }
    clean(dump(store))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _announced(url: str, path: str, size: int) -> int:
    """What a body of ``size`` bytes is answered once it is announced. None of it is sent: a server that says no closes
    its end, and whoever is still writing then may lose the answer."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    with closing(connection):
        connection.putrequest("POST", path)
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        return connection.getresponse().status
