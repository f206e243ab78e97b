"""An action sends one request that changes something, whatever the other side answers: on a real socket, each way."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError
from requests.adapters import HTTPAdapter

from actions.acting import Elsewhere, Permit, Redirected, SentBefore
from actions.failures import effect_of
from actions.workspace import ME, Workspace
from demo.emulator.server import Server
from workspace_client import SignIn

TIMEOUT = 0.3  # seconds the acting client waits for an answer
Said = tuple[int, dict[str, str], bytes]
JSON = b'{"error_code": "TEMPORARILY_UNAVAILABLE", "message": "Not now.", "details": []}'
NOW = {"Retry-After": "0"}
DATE = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
AWAY = {"Location": "/api/2.0/elsewhere"}
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"

ANSWERS: dict[str, Said] = {
    **{
        f"{status} {name}": (status, headers, JSON)
        for status in (429, 503)
        for name, headers in {
            "without": {},
            "0": NOW,
            "an hour": {"Retry-After": "3600"},
            "date": DATE,
            "nonsense": {"Retry-After": "soon"},
        }.items()
    },
    **{f"redirect {status}": (status, AWAY, b"") for status in (301, 302, 303, 307, 308)},
    "502 html": (502, {"Content-Type": "text/html"}, HTML),
    "503 html": (503, {"Content-Type": "text/html", **NOW}, HTML),
    "500": (500, {}, JSON),
    "504": (504, {}, b""),
    "400 that the SDK tries again": (400, {}, b'{"error_code": "X", "message": "Unexpected error"}'),
    "html with 200": (200, {"Content-Type": "text/html"}, HTML),
}


class There:
    """A server that counts what it is sent and answers every change in one way."""

    def __init__(self, change: Callable[[Any], None]) -> None:
        self.sent: list[str] = []
        self.headers: dict[str, str] = {}
        self.change = change


@contextmanager
def serving(change: Callable[[Any], None]) -> Iterator[tuple[str, There]]:
    there = There(change)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/.well-known"):
                return say(self, (404, {}, b"{}"))
            if self.path == ME:  # which workspace it is, asked before an action is sent
                return say(self, (200, {}, b"{}"))
            there.sent.append(self.command)
            return there.change(self) if self.command != "GET" else say(self, (200, there.headers, b"{}"))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    with Server(("127.0.0.1", 0), Handler) as server:
        yield server.url, there


def say(handler: Any, answer: Said) -> None:
    status, headers, body = answer
    with suppress(ConnectionError):
        handler.send_response(status)
        for name, text in {"Content-Length": str(len(body)), "Content-Type": "application/json", **headers}.items():
            handler.send_header(name, text)
        handler.end_headers()
        handler.wfile.write(body)


def drop(handler: Any, said: bytes = b"") -> None:
    """Close the connection, in the middle of what is ``said``."""
    handler.close_connection = True
    handler.wfile.write(said)
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.connection.close()


def slow(handler: Any) -> None:
    time.sleep(TIMEOUT * 3)
    say(handler, (200, {}, b"{}"))


def acting(url: str, may_send: Callable[[], None] = lambda: None) -> WorkspaceClient:
    return Workspace(SignIn(url, token="t"), TIMEOUT).acting(Permit(may_send))


WAYS: dict[str, Callable[[Any], None]] = {
    **{name: (lambda handler, answer=answer: say(handler, answer)) for name, answer in ANSWERS.items()},  # type: ignore[misc]
    "dropped": drop,
    "dropped in the status": lambda handler: drop(handler, b"HTTP/1.1"),
    "dropped in the body": lambda handler: drop(handler, b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"),
    "slow": slow,
}
CALLS: dict[str, Callable[[WorkspaceClient], Any]] = {
    "POST": lambda one: one.warehouses.stop("w1"),
    "PUT": lambda one: one.api_client.do("PUT", "/api/2.0/x", body={"a": 1}),
    "PATCH": lambda one: one.api_client.do("PATCH", "/api/2.0/x", body={"a": 1}),
    "DELETE": lambda one: one.api_client.do("DELETE", "/api/2.0/x"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", CALLS)
def test_one_request_whatever_is_answered(method: str, way: str) -> None:
    with serving(WAYS[way]) as (url, there):
        begun = time.monotonic()
        with pytest.raises(Exception) as raised:
            CALLS[method](acting(url))
        assert there.sent == [method], way
        assert not isinstance(raised.value, SentBefore)
        assert time.monotonic() - begun < 60, "it did not wait for as long as the answer said"
    known = isinstance(raised.value, DatabricksError) and raised.value.error_code == "X"
    assert effect_of(raised.value) == ("none" if known else "unknown"), raised.value


def test_what_the_workspace_said_is_what_is_raised() -> None:
    for way, name in {
        "429 0": "TooManyRequests",
        "503 an hour": "TemporarilyUnavailable",
        "slow": "ReadTimeout",
    }.items():
        with serving(WAYS[way]) as (url, _there), pytest.raises(Exception) as raised:
            acting(url).warehouses.stop("w1")
        assert type(raised.value).__name__ == name


def test_a_redirect_of_a_reading_is_not_followed_either() -> None:
    with serving(WAYS["500"]) as (url, there):
        own = acting(url)
        there.change = WAYS["redirect 307"]
        with pytest.raises(Redirected):
            own.api_client.do("POST", "/api/2.0/x", body={})
    with serving(WAYS["500"]) as (url, there):
        there.change = lambda handler: say(handler, (200, {}, b"{}"))
        assert acting(url).api_client.do("GET", "/api/2.0/x") == {}
        assert there.sent == ["GET"]


def test_reads_go_before_the_change_and_a_second_change_does_not_go() -> None:
    with serving(lambda handler: say(handler, (200, {}, b"{}"))) as (url, there):
        one = acting(url)
        one.api_client.do("GET", "/api/2.0/x")
        one.api_client.do("POST", "/api/2.0/x", body={})
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            with pytest.raises(SentBefore):
                one.api_client.do(method, "/api/2.0/x")
        assert there.sent == ["GET", "POST"]


def test_each_action_may_send_one() -> None:
    with serving(lambda handler: say(handler, (200, {}, b"{}"))) as (url, there):
        workspace = Workspace(SignIn(url, token="t"), TIMEOUT)
        for _ in range(3):
            workspace.acting(Permit()).warehouses.stop("w1")
        assert there.sent == ["POST"] * 3


def test_what_may_not_be_sent_any_more_is_not_sent() -> None:
    class Over(Exception):
        pass

    def over() -> None:
        raise Over

    with serving(WAYS["500"]) as (url, there):
        one = acting(url, over)
        one.api_client.do("GET", "/api/2.0/x")
        with pytest.raises(Over):
            one.warehouses.stop("w1")
        assert there.sent == ["GET"]


def test_a_host_that_changes_hands_is_not_read_any_more() -> None:
    with serving(WAYS["500"]) as (url, there):
        read = Workspace(SignIn(url, token="t")).read
        for whose in ({}, {"X-Databricks-Org-Id": "1"}, {}, {"X-Databricks-Org-Id": "1"}):
            there.headers = whose
            assert read.api_client.do("GET", "/api/2.0/x") == {}
        there.headers = {"X-Databricks-Org-Id": "2"}
        with pytest.raises(Elsewhere):
            read.api_client.do("GET", "/api/2.0/x")


def test_every_way_to_the_workspace_is_guarded() -> None:
    """The session is reached through private names of the pinned SDK: if they change, this and every action fails."""
    with serving(WAYS["500"]) as (url, _there):
        session = acting(url).api_client._api_client._session
        assert {type(one).__name__ for one in session.adapters.values()} == {"OneChange"}
        assert all(isinstance(one, HTTPAdapter) for one in session.adapters.values())
