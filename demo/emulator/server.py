"""The HTTP server: one table of routes for sign-in, statements and the Thrift endpoint; faults act before and after."""

from __future__ import annotations

import io
import json
import re
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa

from demo.emulator.faults import Faults
from demo.emulator.statements import Statement, Statements
from demo.emulator.thrift_service import Service, value
from settings import Settings
from warehouse.embedded import Embedded

TOKEN, CLIENT, SECRET, WAREHOUSE = "dapi-emulated-token", "emulated-client", "emulated-secret", "abc123"
ROWS_PER_CHUNK = 5_000


@dataclass(frozen=True)
class Answer:
    """What goes back: a status, a body, its type."""

    body: bytes
    status: int = 200
    kind: str = "application/json"


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), status)


def _refused(status: int, code: str, message: str) -> Answer:
    return _json({"error_code": code, "message": message, "details": []}, status)


class Emulator:
    """A warehouse on loopback; use it as a context manager. ``url`` is its address."""

    def __init__(self, lakehouse: Path, port: int = 0) -> None:
        self.faults = Faults()
        self.statements = Statements(Embedded(lakehouse), self.faults)
        self.thrift = Service(self.statements, self.faults)
        self._links: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Emulator:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.statements.lakehouse.close()

    def serve_file(self, lakehouse: Path) -> None:
        """Answer from another lakehouse file from now on."""
        before, self.statements.lakehouse = self.statements.lakehouse, Embedded(lakehouse)
        before.close()

    def settings(self, **changes: Any) -> Settings:
        """Settings of an app that reads from here as a service principal."""
        values: dict[str, Any] = {"profile": "databricks", "host": self.url, "warehouse_id": WAREHOUSE,
                                  "client_id": CLIENT, "client_secret": SECRET}  # fmt: skip
        return Settings(**(values | changes))

    def answer(self, method: str, path: str, body: bytes, authorization: str) -> Answer:
        """The answer of the first route that fits; everything but sign-in and signed links needs the token."""
        for verb, pattern, open_to_all, act in self._routes():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                if not open_to_all and authorization != f"Bearer {TOKEN}":
                    return _refused(401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type.")
                return act(body, *found.groups())
        return _refused(404, "ENDPOINT_NOT_FOUND", f"No API found for '{method} {path}'")

    def _routes(self) -> tuple[tuple[str, str, bool, Callable[..., Answer]], ...]:
        statement = r"/api/2\.0/sql/statements/([\w-]+)"
        return (
            ("GET", r"/\.well-known/databricks-config", True, self._config),
            ("GET", r"/oidc/\.well-known/oauth-authorization-server", True, self._oidc),
            ("POST", r"/oidc/v1/token", True, self._token),
            ("GET", r"/api/2\.0/preview/scim/v2/Me", False, self._me),
            ("POST", rf"/sql/1\.0/warehouses/{WAREHOUSE}", False, self._call),
            ("POST", r"/api/2\.0/sql/statements/?", False, self._execute),
            ("GET", statement, False, self._get),
            ("GET", statement + r"/result/chunks/(\d+)", False, self._chunk),
            ("POST", statement + r"/cancel", False, self._cancel),
            ("GET", r"/_signed/([\w-]+)", True, self._link),
        )

    # Sign-in

    def _config(self, _: bytes) -> Answer:
        return _json({"oidc_endpoint": f"{self.url}/oidc", "account_id": str(uuid.UUID(int=7)), "workspace_id": "1"})

    def _oidc(self, _: bytes) -> Answer:
        return _json({"token_endpoint": f"{self.url}/oidc/v1/token", "authorization_endpoint": f"{self.url}/oidc/auth"})

    def _token(self, _: bytes) -> Answer:
        return _json({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})

    def _me(self, _: bytes) -> Answer:
        return _json({"id": "1", "userName": CLIENT, "active": True, "groups": []})

    # Statements

    def _call(self, body: bytes) -> Answer:
        return Answer(self.thrift.serve(body), kind="application/x-thrift")

    def _execute(self, body: bytes) -> Answer:
        asked = json.loads(body)
        params = {p["name"]: value(p.get("type", "STRING"), p.get("value")) for p in asked.get("parameters", [])}
        tags = {tag["key"]: tag.get("value", "") for tag in asked.get("query_tags", [])}
        statement = self.statements.start(asked["statement"], params, tags)
        statement.done.wait(float(asked.get("wait_timeout", "10s").rstrip("s")))
        return self._told(statement)

    def _get(self, _: bytes, identifier: str) -> Answer:
        statement = self.statements.get(identifier)
        return self._told(statement) if statement else _refused(404, "RESOURCE_DOES_NOT_EXIST", "no such statement")

    def _cancel(self, _: bytes, identifier: str) -> Answer:
        if statement := self.statements.get(identifier):
            self.statements.cancel(statement)
        return _json({})

    def _told(self, statement: Statement) -> Answer:
        if statement.state == "FAILED":
            code = "TEMPORARILY_UNAVAILABLE" if "TEMPORARILY_UNAVAILABLE" in statement.message else "BAD_REQUEST"
            error = {"error_code": code, "message": statement.message}
            return _json({"statement_id": statement.id, "status": {"state": "FAILED", "error": error}})
        told: dict[str, Any] = {"statement_id": statement.id, "status": {"state": statement.state}}
        if statement.state == "SUCCEEDED":
            assert statement.table is not None
            told["manifest"] = {"format": "ARROW_STREAM", "truncated": statement.truncated,
                                "total_row_count": statement.table.num_rows}  # fmt: skip
            told["result"] = {"external_links": [self._linked(statement, 0)]}
        return _json(told)

    def _chunk(self, _: bytes, identifier: str, index: str) -> Answer:
        statement = self.statements.get(identifier)
        if statement is None or statement.table is None:
            return _refused(404, "RESOURCE_DOES_NOT_EXIST", "no such result")
        return _json({"external_links": [self._linked(statement, int(index))]})

    def _linked(self, statement: Statement, index: int) -> dict[str, Any]:
        """A signed link to one chunk, and the number of the next one."""
        table = statement.table
        assert table is not None
        part = table.slice(index * ROWS_PER_CHUNK, ROWS_PER_CHUNK)
        sink, key = io.BytesIO(), str(uuid.uuid4())
        with pa.ipc.new_stream(sink, part.schema) as stream:
            stream.write_table(part)
        self._links[key] = sink.getvalue()
        link = {"chunk_index": index, "external_link": f"{self.url}/_signed/{key}", "row_count": part.num_rows}
        more = (index + 1) * ROWS_PER_CHUNK < table.num_rows
        return link | ({"next_chunk_index": index + 1} if more else {})

    def _link(self, _: bytes, key: str) -> Answer:
        found = self._links.pop(key, None)
        return (
            Answer(found, kind="application/octet-stream") if found is not None else _refused(403, "FORBIDDEN", "link")
        )


def _handler(emulator: Emulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.split("?")[0]
            counted = path.startswith(("/sql/", "/api/2.0/sql/"))
            if counted and emulator.faults.take("dropped"):
                self.close_connection = True
                self.connection.close()
                return
            answer, headers = self._answer(path, body, counted)
            if counted and emulator.faults.take("dropped_after"):
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(answer.status)
            for name, text in {"Content-Type": answer.kind, "Content-Length": str(len(answer.body)), **headers}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(answer.body)

        def _answer(self, path: str, body: bytes, counted: bool) -> tuple[Answer, dict[str, str]]:
            """The answer and further headers; an HTTP fault takes the place of the real answer."""
            fault = emulator.faults.take("unauthorized", "forbidden", "throttled", "unavailable") if counted else None
            if fault is None:
                return emulator.answer(self.command, path, body, self.headers.get("Authorization", "")), {}
            if fault.kind == "unauthorized":
                return _refused(401, "UNAUTHENTICATED", "Credential was not accepted."), {}
            if fault.kind == "forbidden":
                return _refused(403, "PERMISSION_DENIED", "You do not have permission to use the SQL warehouse."), {}
            if fault.kind == "throttled":
                wait = {"Retry-After": str(int(fault.value))}
                return _refused(429, "RESOURCE_EXHAUSTED", "Too many requests."), wait
            return _refused(503, "TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable."), {}

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not logged: paths may carry identifiers."""

    return Handler
