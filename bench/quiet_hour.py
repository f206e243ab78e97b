"""What the agents ask of the warehouse in an hour in which nothing new happens."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from actions.workers import OBSERVE
from agents.gate import Gate
from agents.round import run_once
from approvals.store.store import Store, engine
from queries.catalogue import catalogue
from queries.kinds import Param
from warehouse.embedded import Embedded
from warehouse.reader import Reader

HOUR = dt.timedelta(hours=1)


class Counting:
    """A warehouse that counts its statements by question, the bytes it gives and the seconds it is busy."""

    name = "counting"

    def __init__(self, inner: Embedded) -> None:
        self._inner = inner
        self._names = {query.sql: name for name, query in catalogue().items()}
        self.statements: Counter[str] = Counter()
        self.bytes, self.seconds = 0, 0.0

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        began = time.perf_counter()
        table = self._inner.fetch(sql, params, tags=tags, timeout=timeout)
        self.statements[self._names.get(sql, "other")] += 1
        self.bytes, self.seconds = self.bytes + table.nbytes, self.seconds + time.perf_counter() - began
        return table

    def prepare(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        self._inner.close()


def quiet_hour(lakehouse: Path, home: Path, now: dt.datetime, every: float = OBSERVE) -> dict[str, Any]:
    """Statements by question, bytes and busy seconds of one hour of rounds ``every`` seconds, after a first round that
    reads everything; ``wakes`` are the rounds that asked anything."""
    at = [now]
    warehouse = Counting(Embedded(lakehouse))
    reader = Reader(warehouse, catalogue(), clock=lambda: at[0], threads=2)
    gate = Gate()
    home.mkdir(parents=True, exist_ok=True)
    store = Store(engine(f"sqlite:///{home / 'quiet.sqlite'}"))
    _round(store, reader, now, gate)
    first = sum(warehouse.statements.values())
    warehouse.statements.clear()
    warehouse.bytes, warehouse.seconds, wakes = 0, 0.0, 0
    while at[0] + dt.timedelta(seconds=every) <= now + HOUR:
        at[0] += dt.timedelta(seconds=every)
        before = sum(warehouse.statements.values())
        _round(store, reader, at[0], gate)
        wakes += sum(warehouse.statements.values()) > before
    reader.close()
    return {
        "first_round_statements": first,
        "statements": sum(warehouse.statements.values()),
        "by_question": dict(sorted(warehouse.statements.items())),
        "wakes": wakes,
        "bytes": warehouse.bytes,
        "busy_seconds": round(warehouse.seconds, 2),
    }


def _round(store: Store, reader: Reader, at: dt.datetime, gate: Gate) -> None:
    """A round, to the end of what it still reads behind the answers it took: between two real rounds there is time."""
    run_once(store, reader, at, gate)
    while reader.figures().in_flight:
        time.sleep(0.01)
