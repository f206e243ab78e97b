"""The SQL side of the server: the Thrift endpoint, the Statement Execution API and its signed links."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa

from demo.emulator.answer import Answer, Door, as_json, refused
from demo.emulator.faults import Faults
from demo.emulator.statements import Statement, Statements
from demo.emulator.texts import as_text, columns_of
from demo.emulator.thrift_service import Service, value
from warehouse.embedded import Embedded

WAREHOUSE = "abc123"
ROWS_PER_CHUNK = 5_000


class SqlWarehouse:
    """One SQL warehouse over the lakehouse at a path; ``url`` is the server's address."""

    def __init__(self, lakehouse: Path, faults: Faults, url: str) -> None:
        self.statements = Statements(Embedded(lakehouse), faults)
        self.thrift = Service(self.statements, faults)
        self._url = url
        self._links: dict[str, bytes] = {}

    def services(self) -> tuple[Door, ...]:
        """What the server lets in here."""
        statement = r"/api/2\.0/sql/statements/([\w-]+)"
        return (
            ("POST", rf"/sql/1\.0/warehouses/{WAREHOUSE}", False, self._call),
            ("POST", r"/api/2\.0/sql/statements/?", False, self._execute),
            ("GET", statement, False, self._get),
            ("GET", statement + r"/result/chunks/(\d+)", False, self._chunk),
            ("POST", statement + r"/cancel", False, self._cancel),
            ("GET", r"/_signed/([\w-]+)", True, self._link),
        )

    def _call(self, body: bytes) -> Answer:
        return Answer(self.thrift.serve(body), kind="application/x-thrift")

    def _execute(self, body: bytes) -> Answer:
        asked = json.loads(body)
        params = {p["name"]: value(p.get("type", "STRING"), p.get("value")) for p in asked.get("parameters", [])}
        tags = {tag["key"]: tag.get("value", "") for tag in asked.get("query_tags", [])}
        statement = self.statements.start(asked["statement"], params, tags)
        statement.inline = asked.get("disposition") == "INLINE"
        statement.done.wait(float(asked.get("wait_timeout", "10s").rstrip("s")))
        return self._told(statement)

    def _get(self, _: bytes, identifier: str) -> Answer:
        statement = self.statements.get(identifier)
        return self._told(statement) if statement else refused(404, "RESOURCE_DOES_NOT_EXIST", "no such statement")

    def _cancel(self, _: bytes, identifier: str) -> Answer:
        if statement := self.statements.get(identifier):
            self.statements.cancel(statement)
        return as_json({})

    def _told(self, statement: Statement) -> Answer:
        if statement.state == "FAILED":
            code = "TEMPORARILY_UNAVAILABLE" if "TEMPORARILY_UNAVAILABLE" in statement.message else "BAD_REQUEST"
            error = {"error_code": code, "message": statement.message}
            return as_json({"statement_id": statement.id, "status": {"state": "FAILED", "error": error}})
        told: dict[str, Any] = {"statement_id": statement.id, "status": {"state": statement.state}}
        if statement.state == "SUCCEEDED":
            assert statement.table is not None
            told["manifest"] = {
                "format": "JSON_ARRAY" if statement.inline else "ARROW_STREAM",
                "schema": {"columns": columns_of(statement.table)},
                "truncated": statement.truncated,
                "total_row_count": statement.table.num_rows,
            }
            told["result"] = self._part(statement, 0)
        return as_json(told)

    def _chunk(self, _: bytes, identifier: str, index: str) -> Answer:
        statement = self.statements.get(identifier)
        if statement is None or statement.table is None:
            return refused(404, "RESOURCE_DOES_NOT_EXIST", "no such result")
        return as_json(self._part(statement, int(index)))

    def _part(self, statement: Statement, index: int) -> dict[str, Any]:
        """One chunk: its rows as text, or a link to them."""
        if not statement.inline:
            return {"external_links": [self._linked(statement, index)]}
        assert statement.table is not None
        part = statement.table.slice(index * ROWS_PER_CHUNK, ROWS_PER_CHUNK)
        more = (index + 1) * ROWS_PER_CHUNK < statement.table.num_rows
        rows = [[as_text(value) for value in row.values()] for row in part.to_pylist()]
        return {"chunk_index": index, "data_array": rows} | ({"next_chunk_index": index + 1} if more else {})

    def _linked(self, statement: Statement, index: int) -> dict[str, Any]:
        """A signed link to one chunk, and the number of the next one."""
        table = statement.table
        assert table is not None
        part = table.slice(index * ROWS_PER_CHUNK, ROWS_PER_CHUNK)
        sink, key = io.BytesIO(), str(uuid.uuid4())
        with pa.ipc.new_stream(sink, part.schema) as stream:
            stream.write_table(part)
        self._links[key] = sink.getvalue()
        away = self.statements.faults.take("storage_away")
        place = "http://127.0.0.1:9" if away else self._url
        link = {
            "chunk_index": index,
            "external_link": f"{place}/_signed/{key}?sig=secret-signature",
            "row_count": part.num_rows,
        }
        more = (index + 1) * ROWS_PER_CHUNK < table.num_rows
        return link | ({"next_chunk_index": index + 1} if more else {})

    def _link(self, _: bytes, key: str) -> Answer:
        found = None if self.statements.faults.take("storage") else self._links.pop(key, None)
        return (
            Answer(found, kind="application/octet-stream") if found is not None else refused(403, "FORBIDDEN", "link")
        )
