"""Statements under way: each runs in a thread on the embedded lakehouse and ends in one of the platform's states."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from demo.emulator.faults import Faults
from queries.kinds import Param
from queries.lineage import tables_read
from warehouse.embedded import Embedded
from warehouse.errors import NotThere, WarehouseError
from warehouse.session import ANSI, ZONE

State = Literal["RUNNING", "SUCCEEDED", "FAILED", "CANCELED"]


@dataclass(frozen=True)
class Logged:
    """One line of the statement log: a hash of the text, never the text."""

    sha256: str
    tags: Mapping[str, str]
    seconds: float
    state: State


@dataclass
class Statement:
    """A statement and, when it has ended, its rows or the engine's message."""

    id: str
    state: State = "RUNNING"
    table: pa.Table | None = None
    message: str = ""
    sql_state: str = ""
    truncated: bool = False
    inline: bool = False  # rows go out as text in the answer itself
    begun: float = field(default_factory=time.perf_counter)
    delivered: float | None = None  # when the last rows went out
    done: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)


class Statements:
    """Runs statements. ``lakehouse`` may be exchanged between them."""

    def __init__(self, lakehouse: Embedded, faults: Faults, zone: str = "UTC", ansi: bool = True) -> None:
        self.zone, self.ansi = zone, ansi  # as the workspace sets them; a session may set its own
        self.lakehouse = lakehouse
        self.faults = faults
        self.log: list[Logged] = []
        self._all: dict[str, Statement] = {}

    def start(
        self, sql: str, params: Mapping[str, Param], tags: Mapping[str, str], zone: str = "", ansi: bool | None = None
    ) -> Statement:
        """Begin ``sql`` in a session with ``zone`` and ``ansi`` (else the workspace's); returns at once."""
        statement = Statement(str(uuid.uuid4()))
        self._all[statement.id] = statement
        own = self._of_session(sql, zone or self.zone, self.ansi if ansi is None else ansi)
        if own is not None:
            statement.table, statement.message = own
            statement.state = "FAILED" if own[0] is None else "SUCCEEDED"
            statement.done.set()
            return statement
        threading.Thread(target=self._run, args=(statement, sql, dict(params), dict(tags)), daemon=True).start()
        return statement

    @staticmethod
    def _of_session(sql: str, zone: str, ansi: bool) -> tuple[pa.Table | None, str] | None:
        """What the session itself answers: questions about it, and all others where it is not as this engine works."""
        if sql == ZONE:
            return pa.table({"zone": [zone]}), ""
        if sql == ANSI:
            wrong = "[CAST_INVALID_INPUT] The value cannot be cast to INT because it is malformed. SQLSTATE: 22018"
            return (None, wrong) if ansi else (pa.table({"n": pa.array([None], pa.int32())}), "")
        lacking = "[UNSUPPORTED_FEATURE] The emulator computes in UTC and ANSI mode only. SQLSTATE: 0A000"
        return None if zone == "UTC" and ansi else (None, lacking)

    def get(self, identifier: str) -> Statement | None:
        return self._all.get(identifier)

    def waits(self, since: float, until: float) -> list[float]:
        """Seconds from each statement's arrival until its last rows went out, of those that came and went between the two
        moments (of ``time.perf_counter``)."""
        every = [(one.begun, one.delivered) for one in list(self._all.values()) if one.delivered is not None]
        return [delivered - begun for begun, delivered in every if since <= begun and delivered <= until]

    def cancel(self, statement: Statement) -> None:
        """Stop it; one that has ended stays as it is."""
        statement.cancelled.set()
        if not statement.done.is_set():
            statement.state = "CANCELED"
            statement.done.set()

    def _run(self, statement: Statement, sql: str, params: dict[str, Param], tags: dict[str, str]) -> None:
        started = time.perf_counter()
        about = {*tables_read(sql), tags.get("query", "")}
        try:
            table, message, sql_state = self._answer(statement, sql, params, about)
        except Exception as error:  # whatever the engine did, a client must hear of it
            table, message, sql_state = None, f"[INTERNAL_ERROR] {type(error).__name__}", "XX000"
        if statement.done.is_set():
            pass  # cancelled meanwhile
        elif table is None:
            statement.message, statement.sql_state, statement.state = message, sql_state, "FAILED"
        else:
            statement.table, statement.state = self._spoiled(statement, as_databricks(table), about), "SUCCEEDED"
        digest = hashlib.sha256(sql.encode()).hexdigest()
        self.log.append(Logged(digest, tags, time.perf_counter() - started, statement.state))
        statement.done.set()

    def _answer(
        self, statement: Statement, sql: str, params: dict[str, Param], about: Collection[str]
    ) -> tuple[pa.Table | None, str, str]:
        """(rows or None, the engine's message, its SQLSTATE)."""
        if fault := self.faults.take("slow", about=about):
            statement.cancelled.wait(fault.value)
        if fault := self.faults.take("starting", about=about):
            return None, "[TEMPORARILY_UNAVAILABLE] The warehouse is STARTING, please retry.", "08000"
        read = tables_read(sql)
        if fault := self.faults.take("no_grant", about=about):
            name = fault.name if fault.name in read else min(read)
            return (
                None,
                (
                    f"[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have permission SELECT on "
                    f"Table '{name}'. SQLSTATE: 42501"
                ),
                "42501",
            )
        if fault := self.faults.take("missing_table", about=about):
            return None, _not_found(fault.name if fault.name in read else min(read)), "42P01"
        try:
            return self.lakehouse.fetch(sql, params, tags={}, timeout=600), "", ""
        except NotThere as error:
            full = next((name for name in read if name.endswith(f".{error.name.split('.')[-1]}")), None)
            if full:
                return None, _not_found(full), "42P01"
            text = f"A column, variable, or function parameter with name `{error.name}` cannot be resolved."
            return None, f"[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] {text} SQLSTATE: 42703", "42703"
        except WarehouseError as error:
            return None, f"[INTERNAL_ERROR] {error.message} SQLSTATE: XX000", "XX000"

    def _spoiled(self, statement: Statement, table: pa.Table, about: Collection[str]) -> pa.Table:
        """The answer with what the switches do to it."""
        if self.faults.take("truncated", about=about):
            statement.truncated = True
            table = table.slice(0, max(table.num_rows // 2, 0))
        if self.faults.take("extra_column", about=about):
            table = table.append_column("surprise", pa.array([1] * table.num_rows, pa.int64()))
        if self.faults.take("wrong_type", about=about):
            words = pa.array(["not what was declared"] * table.num_rows, pa.string())
            table = table.set_column(table.num_columns - 1, table.column_names[-1], words)
        return table


def _not_found(name: str) -> str:
    quoted = ".".join(f"`{part}`" for part in name.split("."))
    return f"[TABLE_OR_VIEW_NOT_FOUND] The table or view {quoted} cannot be found. SQLSTATE: 42P01"


def as_databricks(table: pa.Table) -> pa.Table:
    """DuckDB's Arrow as a warehouse would send it: whole-number sums are BIGINT, times are UTC microseconds."""
    arrays, fields = [], []
    for name, values in zip(table.column_names, table.columns, strict=True):
        kind = values.type
        if pa.types.is_decimal(kind) and kind.scale == 0:
            values = values.cast(pa.int64())
        elif pa.types.is_timestamp(kind):
            values = values.cast(pa.timestamp("us", tz="UTC"))
        elif pa.types.is_unsigned_integer(kind):
            values = values.cast(pa.int64())
        arrays.append(values)
        fields.append(pa.field(name, values.type))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
