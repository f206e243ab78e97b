"""The HTTP server: sign-in, the SQL warehouse, and behind them the workspace's API; faults act before and after."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

from demo.emulator.answer import Answer, Door, as_json, refused
from demo.emulator.faults import Fault, Faults
from demo.names import PROD
from demo.organisation import WORKSPACES
from demo.workspace.files import FILES
from settings import Settings

if TYPE_CHECKING:
    from demo.emulator.statements import Statements
    from demo.emulator.warehouse import SqlWarehouse
    from demo.workspace.workspace import EmulatedWorkspace

TOKEN, CLIENT, SECRET, WAREHOUSE = "dapi-emulated-token", "emulated-client", "emulated-secret", "abc123"
PLACE = "1"  # the workspace that a host without an API says it is
SQL_PATHS = ("/sql/1.0/", "/api/2.0/sql/statements")


class Server(ThreadingHTTPServer):
    """Listens on loopback; use it as a context manager. It ends at once instead of when it next looks whether it shall."""

    daemon_threads = True
    request_queue_size = 128  # a crowd that comes at once is not turned away

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # ended already
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the loop
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Emulator:
    """Workspaces on loopback; use it as a context manager. ``url`` is the address of the app's own, ``urls`` has those of
    all by their id: each is a host of its own and knows the objects of the others as little as Databricks does. With a
    ``lakehouse`` there is a SQL warehouse, with a ``workspace`` the API; port 0 takes a free one."""

    def __init__(self, lakehouse: Path | None, port: int = 0, workspace: EmulatedWorkspace | None = None) -> None:
        self.faults = Faults()
        self.workspace = workspace
        places = (PROD, *(one for one in WORKSPACES.workspace_id if one != PROD)) if workspace else (PLACE,)
        self._servers = {
            place: Server(("127.0.0.1", 0 if number else port), _handler(self, place))
            for number, place in enumerate(places)
        }
        self.urls = {place: one.url for place, one in self._servers.items()}
        self.home, self.url = places[0], self.urls[places[0]]
        self._warehouse: SqlWarehouse | None = None
        if lakehouse is not None:
            from demo.emulator.warehouse import SqlWarehouse  # imports the Thrift client

            self._warehouse = SqlWarehouse(lakehouse, self.faults, self.url)
        self._secrets = {CLIENT: (SECRET, TOKEN)}
        if workspace is not None:
            from demo.workspace.people import APP, APP_SECRET, APP_TOKEN

            self._secrets[APP] = (APP_SECRET, APP_TOKEN)
        self._doors = self._open()

    def __enter__(self) -> Emulator:
        for one in self._servers.values():
            one.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._servers.values():
            one.__exit__()
        if self._warehouse:
            self.statements.lakehouse.close()

    @property
    def statements(self) -> Statements:
        """The statements of the SQL warehouse."""
        assert self._warehouse is not None, "made without a lakehouse"
        return self._warehouse.statements

    def serve_file(self, lakehouse: Path) -> None:
        """Answer from another lakehouse file from now on."""
        from warehouse.embedded import Embedded

        before, self.statements.lakehouse = self.statements.lakehouse, Embedded(lakehouse)
        before.close()

    def settings(self, **changes: Any) -> Settings:
        """Settings of an app that reads from here as a service principal."""
        values: dict[str, Any] = {"profile": "databricks", "host": self.url, "warehouse_id": WAREHOUSE,
                                  "client_id": CLIENT, "client_secret": SECRET}  # fmt: skip
        return Settings(**(values | changes))

    def answer(self, place: str, method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer of the first door that fits, else that of the workspace ``place``; everything but sign-in and signed
        links needs a token."""
        authorization = headers.get("Authorization", "")
        if (method, path) == ("POST", "/oidc/v1/token"):
            return self._token(body, authorization)
        if (method, path) == ("GET", "/.well-known/databricks-config"):
            return self._config(place)
        by = self._who(authorization)
        for verb, pattern, open_to_all, act in self._doors:
            matched = re.fullmatch(pattern, path)
            if verb == method and matched:
                return act(body, *matched.groups()) if open_to_all or by else _stranger()
        if by is None:
            return _stranger()
        if self.workspace is None:
            return refused(404, "ENDPOINT_NOT_FOUND", f"No API found for '{method} {path}'")
        raw = path.startswith(f"{FILES}/")
        try:
            given = {"content": base64.b64encode(body).decode()} if raw else json.loads(body) if body.strip() else {}
        except ValueError:
            given = None
        if not isinstance(given, dict):
            return refused(400, "MALFORMED_REQUEST", "The body is not a JSON object.")
        if headers.get("X-Databricks-Workspace-Id", place) != place:
            return refused(400, "INVALID_PARAMETER_VALUE", "This is the host of another workspace.")
        status, told = self.workspace.answer(method, path, dict(parse_qsl(query, True)), given, by, place)
        if raw and status == 200:
            return (
                Answer(base64.b64decode(told["content"]), 200, "application/octet-stream") if told else Answer(b"", 204)
            )
        return as_json(told, status)

    def _who(self, authorization: str) -> str | None:
        """The principal of a bearer token."""
        token = authorization.removeprefix("Bearer ")
        if token == TOKEN:
            return CLIENT
        return self.workspace.who(token) if self.workspace and token != authorization else None

    def _open(self) -> tuple[Door, ...]:
        own: tuple[Door, ...] = (("GET", r"/oidc/\.well-known/oauth-authorization-server", True, self._oidc),)
        if self.workspace is None:
            own += (("GET", r"/api/2\.0/preview/scim/v2/Me", False, self._me),)
        return own + (self._warehouse.services() if self._warehouse else ())

    # Sign-in

    def _config(self, place: str) -> Answer:
        oidc = f"{self.urls[place]}/oidc"
        return as_json({"oidc_endpoint": oidc, "account_id": str(uuid.UUID(int=7)), "workspace_id": place})

    def _oidc(self, _: bytes) -> Answer:
        ends = {"token_endpoint": f"{self.url}/oidc/v1/token", "authorization_endpoint": f"{self.url}/oidc/auth"}
        return as_json(ends)

    def _token(self, body: bytes, authorization: str) -> Answer:
        """Client credentials, in the header or in the form, for a token."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization.startswith("Basic "):
            with suppress(ValueError):
                client, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
        known, token = self._secrets.get(client, (None, ""))
        if known is None or secret != known:
            return as_json({"error": "invalid_client", "error_description": "Client authentication failed."}, 401)
        return as_json({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def _me(self, _: bytes) -> Answer:
        return as_json({"id": "1", "userName": CLIENT, "active": True, "groups": []})


def _stranger() -> Answer:
    return refused(401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type.")


def _instead(fault: Fault) -> tuple[Answer, dict[str, str]] | None:
    """What an HTTP fault answers in place of the real answer, with its headers."""
    later = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
    match fault.kind:
        case "unauthorized":
            return refused(401, "UNAUTHENTICATED", "Credential was not accepted."), {}
        case "forbidden":
            return refused(403, "PERMISSION_DENIED", "You do not have permission to use this."), {}
        case "throttled":
            wait = {"Retry-After": str(int(fault.value))} if fault.retry_after is None else later
            wait = {name: text for name, text in wait.items() if text}
            return refused(429, "RESOURCE_EXHAUSTED", "Too many requests."), wait
        case "unavailable" | "unavailable_after":
            return refused(503, "TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable."), later
        case "bad_gateway" | "bad_gateway_after":
            return Answer(b"<html><body><h1>502 Bad Gateway</h1></body></html>", 502, "text/html"), {}
        case "server_error":
            return refused(500, "INTERNAL_ERROR", "The service could not answer."), {}
    return None


def _only_looks(path: str, body: bytes) -> bool:
    """Whether a POST asks what would be changed."""
    return path.endswith("/enforce-compliance") and b'"validate_only": true' in body


def _handler(emulator: Emulator, place: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every second answer waits 40 ms for an acknowledgement

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, _, query = self.path.partition("?")
            if path.startswith(SQL_PATHS):
                self._serve_sql(path, query, body)
            else:
                self._serve_api(path, query, body)

        def _serve_sql(self, path: str, query: str, body: bytes) -> None:
            if emulator.faults.take("dropped"):
                return self._drop()
            fault = emulator.faults.take("unauthorized", "forbidden", "throttled", "unavailable")
            instead = _instead(fault) if fault else None
            answer, headers = instead or (self._answer(path, query, body), {})
            if emulator.faults.take("dropped_after"):
                return self._drop()
            return self._send(answer, headers)

        def _serve_api(self, path: str, query: str, body: bytes) -> None:
            reads = self.command == "GET" or path.startswith("/oidc/") or _only_looks(path, body)
            fault = emulator.faults.take_for(path, reads=reads)
            kind = fault.kind if fault else None
            if fault and not fault.kind.endswith("_after") and (instead := _instead(fault)):
                return self._send(*instead)
            if kind == "redirect":
                return self._send(Answer(b"", 307), {"Location": self.path})
            if kind == "dropped":
                return self._drop()
            if fault and kind == "slow":
                time.sleep(fault.value)
            if kind == "drift" and emulator.workspace and emulator.workspace.drift:
                emulator.workspace.drift(path)
            answer = self._answer(path, query, body)
            if kind == "duplicate":
                answer = self._answer(path, query, body)
            if kind == "dropped_after":
                return self._drop()
            if fault and fault.kind.endswith("_after") and (instead := _instead(fault)):
                return self._send(*instead)
            return self._send(answer, {}, cut=kind == "truncated_body")

        def _answer(self, path: str, query: str, body: bytes) -> Answer:
            return emulator.answer(place, self.command, path, query, body, dict(self.headers))

        def _send(self, answer: Answer, headers: dict[str, str], cut: bool = False) -> None:
            with suppress(ConnectionError):  # whoever asked has gone
                self.send_response(answer.status)
                size = str(len(answer.body) + 64 * cut)
                whose = {"X-Databricks-Org-Id": place}
                for name, text in {"Content-Type": answer.kind, "Content-Length": size, **whose, **headers}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
            if cut:
                self._drop()

        def _drop(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            self.connection.close()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged: paths may carry identifiers."""

    return Handler
