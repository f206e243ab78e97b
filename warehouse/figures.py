"""How the read path is doing, in figures: for the page that shows the cockpit's own health and for tests."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse.cache import Cache, Result


@dataclass(frozen=True)
class QueryFigures:
    """One query over all its parameters, in this process. ``age`` (seconds) and ``rows`` are of the newest result the
    cache holds, None when it holds none."""

    executions: int = 0
    failures: int = 0
    last_seconds: float | None = None
    age: float | None = None
    rows: int | None = None


@dataclass(frozen=True)
class CacheFigures:
    """The cache since the process started.

    ``hits`` were answered fresh, ``stale_hits`` with older rows, ``refusals`` with a failure too recent to try again,
    ``misses`` had to wait. ``executions`` are the times a query was run (feature detection included), of which
    ``failures`` gave no rows. ``bytes`` are Arrow bytes in memory now.
    """

    hits: int
    stale_hits: int
    misses: int
    refusals: int
    executions: int
    failures: int
    evictions: int
    bytes: int
    entries: int
    in_flight: int
    queries: Mapping[str, QueryFigures]


def figures_of(tally: Tally, cache: Cache, in_flight: int, now: dt.datetime) -> CacheFigures:
    """The figures at ``now`` (UTC)."""
    newest: dict[str, Result] = {}
    for question, entry in cache:
        other = newest.get(question.query)
        if other is None or entry.result.read_at > other.read_at:
            newest[question.query] = entry.result
    queries = {}
    for name in sorted(tally.queries.keys() | newest.keys()):
        runs, result = tally.queries.get(name, Runs()), newest.get(name)
        age = (now - result.read_at).total_seconds() if result else None
        rows = result.table.num_rows if result else None
        queries[name] = QueryFigures(runs.executions, runs.failures, runs.last_seconds, age, rows)
    return CacheFigures(
        hits=tally.hits,
        stale_hits=tally.stale_hits,
        misses=tally.misses,
        refusals=tally.refusals,
        executions=sum(runs.executions for runs in tally.queries.values()),
        failures=sum(runs.failures for runs in tally.queries.values()),
        evictions=cache.evictions,
        bytes=cache.bytes,
        entries=len(cache),
        in_flight=in_flight,
        queries=queries,
    )


@dataclass
class Runs:
    """What one query has cost so far."""

    executions: int = 0
    failures: int = 0
    last_seconds: float | None = None


@dataclass
class Tally:
    """The counters behind :class:`CacheFigures`; the reader's lock guards them."""

    hits: int = 0
    stale_hits: int = 0
    misses: int = 0
    refusals: int = 0
    queries: defaultdict[str, Runs] = field(default_factory=lambda: defaultdict(Runs))

    def ran(self, query: str, seconds: float, failed: bool) -> None:
        """Count one execution."""
        runs = self.queries[query]
        runs.executions += 1
        runs.failures += failed
        runs.last_seconds = seconds
