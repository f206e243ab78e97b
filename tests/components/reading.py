"""A stand-in for the reader: it gives what a test tells it to, for each query."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from decimal import Decimal
from typing import TypeAlias

import pyarrow as pa

from queries import kinds
from queries.catalogue import catalogue
from warehouse.errors import WarehouseError
from warehouse.interface import Answer, Ask

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)

Said: TypeAlias = pa.Table | WarehouseError | Answer | Exception | None  # None: no answer yet
Says: TypeAlias = Said | Callable[[Ask], Said]


class Reader:
    """Answers from ``says`` by query name; counts what was asked and forgotten."""

    def __init__(self, says: Mapping[str, Says], now: dt.datetime = NOW) -> None:
        self.says = dict(says)
        self.now = now
        self.asked: list[Ask] = []
        self.forgotten: list[str | None] = []
        self.pending: dict[Ask, Future[Answer]] = {}

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        self.asked.append(question)
        future: Future[Answer] = Future()
        answer = self.peek(question)
        if answer is None:
            return self.pending.setdefault(question, future)
        future.set_result(answer)
        return future

    def peek(self, question: Ask) -> Answer | None:
        said = self.says.get(question.query)
        said = said(question) if callable(said) else said
        if isinstance(said, Answer) or said is None:
            return said
        if isinstance(said, WarehouseError):
            return Answer(question, "failed", None, None, None, said)
        if isinstance(said, Exception):
            raise said
        return Answer(question, "fresh", said, self.now - dt.timedelta(minutes=5), 0.1)

    def invalidate(self, query: str | None = None) -> None:
        self.forgotten.append(query)

    def land(self, question: Ask, table: pa.Table) -> None:
        """The answer that was waited for."""
        self.says[question.query] = table
        answer = self.peek(question)
        assert answer is not None
        self.pending.pop(question).set_result(answer)


def rows(query: str, values: list[dict[str, object]]) -> pa.Table:
    """Rows in the declared kinds of ``query``."""
    schema = pa.schema([(name, kinds.COLUMNS[kind]) for name, kind in catalogue()[query].columns.items()])
    return pa.Table.from_pylist(values, schema=schema)


def spend(
    days: int = 30, products: tuple[str, ...] = ("JOBS", "SQL", "MODEL_SERVING", "DLT", "ALL_PURPOSE")
) -> pa.Table:
    """Daily spend by product, the same at each call."""
    chance = random.Random(7)
    start = NOW.date() - dt.timedelta(days=days)
    return rows(
        "finops.spend_by_day",
        [
            {
                "usage_date": start + dt.timedelta(days=day),
                "product": product,
                "cost": Decimal(chance.randrange(10_000, 200_000)) / 100,
                "unpriced_rows": 0,
            }
            for day in range(days)
            for product in products
        ],
    )
