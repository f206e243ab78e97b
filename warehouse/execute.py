"""One execution: the SQL fitted to the account, sent, its rows brought into the declared shape.

Every failure comes out as a :class:`WarehouseError` and as one log line without statement text or parameter values.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from queries import own_tables
from queries.adapt import without
from queries.catalogue import Query
from queries.kinds import Param
from queries.lineage import columns_read, tables_read, tables_read_with
from warehouse.cache import Result
from warehouse.errors import Failed, NoGrant, NotThere, WarehouseError
from warehouse.features import Features, named_by
from warehouse.interface import Warehouse
from warehouse.left_out import sentences
from warehouse.normalise import normalise
from warehouse.reach import OF_SOURCES

ROW_CAP = 50_000
_adapted = lru_cache(maxsize=256)(without)  # parsing takes longer than asking the cache
_LOG = logging.getLogger("lakehelm.warehouse")


@dataclass(frozen=True)
class QueryOutcome:
    """What came of one execution: a result or the reason there is none, and its cost in seconds."""

    seconds: float
    result: Result | None = None
    error: WarehouseError | None = None


@dataclass(frozen=True)
class QueryRunner:
    """Runs queries against ``warehouse``. ``timeout`` is in seconds."""

    warehouse: Warehouse
    clock: Callable[[], dt.datetime]
    timeout: float
    app_tag: str

    def run(
        self, query: Query, params: Mapping[str, Param], features: Features | None, page: str | None
    ) -> QueryOutcome:
        """Run ``query`` once; again without an optional part when the engine says that the account lacks it, and where each
        table stands alone also without one that is refused."""
        started = time.perf_counter()
        try:
            read_at = self.clock()
            table, missing, refused = self._rows(query, params, features, page)
            table, cut = _capped(table)
            table = normalise(table, query.columns)
        except WarehouseError as error:
            return _failure(query, error, time.perf_counter() - started)
        except Exception as error:
            # A fault of ours. Its message may quote the statement, so only its type and place are told.
            place = traceback.extract_tb(error.__traceback__)[-1]
            told = f"{type(error).__name__} in {place.name}, line {place.lineno}"
            return _failure(query, Failed(f"unexpected {told}"), time.perf_counter() - started, told)
        seconds = time.perf_counter() - started
        return QueryOutcome(
            seconds, Result(table, read_at, seconds, (*sentences(_decisive(query, params, missing), refused), *cut))
        )

    def _rows(
        self, query: Query, params: Mapping[str, Param], features: Features | None, page: str | None
    ) -> tuple[pa.Table, frozenset[str], frozenset[str]]:
        """The engine's rows, the optional parts the statement went without, and those of them that were refused."""
        tags = {"app": self.app_tag, "query": query.name} | ({"page": page} if page else {})
        missing = features.missing(query.optional) if features and query.optional else frozenset()
        refused: frozenset[str] = frozenset()
        while True:
            sql = own_tables.in_sql(_adapted(query.sql, missing) if missing else query.sql)
            try:
                return self.warehouse.fetch(sql, params, tags=tags, timeout=self.timeout), missing, refused
            except NoGrant as error:
                found = (
                    named_by(own_tables.stand_in(error.securable), query.optional - missing)
                    if query.name in OF_SOURCES
                    else frozenset()
                )
                if not found:  # elsewhere a refusal is the answer; of the sources, each must not hide the others
                    raise
                refused |= found  # asked again at the next reading: somebody may have given the grant
                missing |= found
            except NotThere as error:
                absent = named_by(own_tables.stand_in(error.name), query.optional - missing)
                if not absent:
                    raise
                if features:
                    features.learn(absent)
                missing |= absent  # grows every time round, so this ends


def _capped(table: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """At most :data:`ROW_CAP` rows. They are copied, because a slice would keep the whole table in memory."""
    if table.num_rows <= ROW_CAP:
        return table, ()
    kept = table.take(pa.array(np.arange(ROW_CAP)))
    return kept, (f"Only the first {ROW_CAP:,} of {table.num_rows:,} rows are kept; narrow the period or workspaces.",)


def _decisive(query: Query, params: Mapping[str, Param], missing: Iterable[str]) -> list[str]:
    """Those of ``missing`` that the answer rests on: tables that the parameters do not switch off, columns that are used."""
    lacking = sorted(missing)
    if not lacking:
        return []
    off = tables_read(query.sql) - tables_read_with(query.sql, params)
    used = columns_read(query.sql)
    return [name for name in lacking if _table(name) not in off and (used is None or _used(name.lower(), used))]


def _used(name: str, used: frozenset[str]) -> bool:
    parts = name.split(".")
    return len(parts) == 3 or ".".join(parts[:4]) in used


def _table(name: str) -> str:
    return ".".join(name.lower().split(".")[:3])


def _failure(query: Query, error: WarehouseError, seconds: float, told: str | None = None) -> QueryOutcome:
    """The one log line of a failed execution. Messages of engines may quote values, so they stay out of it."""
    name = error.securable if isinstance(error, NoGrant) else error.name if isinstance(error, NotThere) else ""
    _LOG.warning("%s failed after %.1f s: %s", query.name, seconds, told or f"{type(error).__name__} {name}".strip())
    return QueryOutcome(seconds, error=error)
