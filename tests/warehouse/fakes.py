"""A stand-in for Databricks whose every answer a test decides, and pools that run when a test says so."""

from __future__ import annotations

import datetime as dt
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent import futures
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from queries.catalogue import Query
from queries.kinds import COLUMNS, Param
from tests.support.clock import Clock
from warehouse.reader import Reader

START = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
PATIENCE = 30.0  # seconds after which a test that waits for an event has failed


def query(
    name: str,
    *,
    params: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    ttl: float = 300,
    optional: tuple[str, ...] = (),
    sql: str = "",
) -> Query:
    return Query(
        name=name,
        question="What?",
        params=MappingProxyType(dict(params or {})),
        grain=("n",),
        columns=MappingProxyType(dict(columns or {"n": "count"})),
        ttl=dt.timedelta(seconds=ttl),
        note="",
        uses=(),
        optional=frozenset(optional),
        sql=sql or f"SELECT n FROM {name}",
        path=Path("none.sql"),
    )


def rows(*values: int) -> pa.Table:
    return pa.table({"n": pa.array(values, COLUMNS["count"])})


@dataclass
class Call:
    sql: str
    params: Mapping[str, Param]
    tags: Mapping[str, str]
    timeout: float


@dataclass
class Gate:
    """An answer that waits inside the warehouse until the test opens it."""

    answer: Any
    entered: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> Any:
        self.entered.set()
        assert self.opened.wait(PATIENCE)
        return self.answer


class Fake:
    """Answers by query name: a table, an exception, or a function that gives one of them."""

    name = "fake"

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = answers
        self.calls: list[Call] = []
        self.closed = False

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        self.calls.append(Call(sql, params, tags, timeout))
        answer = self.answers[tags["query"]]
        if callable(answer):
            answer = answer()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def prepare(self) -> None:
        """Nothing to do ahead."""

    def close(self) -> None:
        self.closed = True

    def asked(self, name: str) -> int:
        return sum(call.tags["query"] == name for call in self.calls)


class Later(futures.Executor):
    """A pool without threads: work waits until the test runs it, in the order it came."""

    def __init__(self) -> None:
        self.waiting: deque[Callable[[], Any]] = deque()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting.append(lambda: fn(*args, **kwargs))
        return Future()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            self.waiting.clear()

    def run(self) -> int:
        """Do all that waits; how much it was."""
        done = 0
        while self.waiting:
            self.waiting.popleft()()
            done += 1
        return done


class Threads(futures.ThreadPoolExecutor):
    """A pool with threads whose idleness a test can wait for."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self.submitted: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.submitted.append(future)
        return future

    def settle(self) -> None:
        for future in list(self.submitted):
            future.result(PATIENCE)


class House:
    """A reader over a fake warehouse with a clock and a pool that obey the test."""

    def __init__(
        self, *queries: Query, snapshots: Path | None = None, cache_bytes: int = 1 << 20, **answers: Any
    ) -> None:
        self.queries = {q.name: q for q in queries or (query("a"), query("b"), query("c"))}
        self.fake = Fake(**(answers or {name: rows(1) for name in self.queries}))
        self.clock, self.pool = Clock(START), Later()
        self.snapshots, self.cache_bytes = snapshots, cache_bytes
        self.reader = self.opened()

    def opened(self) -> Reader:
        return Reader(
            self.fake,
            self.queries,
            clock=self.clock,
            pool=self.pool,
            snapshots=self.snapshots,
            cache_bytes=self.cache_bytes,
        )

    def restart(self) -> None:
        self.reader.close()
        self.reader = self.opened()
