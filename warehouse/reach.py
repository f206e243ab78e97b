"""How far the source tables reach in time, and what that makes of the coverage of an answer.

Two questions tell it: the oldest row of each fact table, and the newest. They are asked behind the others and never
waited for; until they are answered, how far an answer reaches is unknown, and unknown is not whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from queries import schema
from queries.catalogue import Query
from queries.kinds import Param
from queries.lineage import tables_read_with
from warehouse.cache import Result
from warehouse.coverage import UNKNOWN, Coverage

SPAN_QUERY = "platform.source_span"
LAG_QUERY = "platform.source_lag"
QUESTIONS = (SPAN_QUERY, LAG_QUERY)
OF_SOURCES = frozenset(
    {*QUESTIONS, "platform.source_rows", "platform.source_arrivals"}
)  # of the tables, not of what is in them
LOOKED = dt.timedelta(days=7)  # how far back the newest row is looked for
Moments = Mapping[str, dt.datetime | None]


@dataclass(frozen=True)
class Reach:
    """First and last moment of each fact table by its full name (UTC; None: no row). ``looked`` is when the last moments
    were read; None: not yet."""

    oldest: Moments = field(default_factory=dict)
    newest: Moments = field(default_factory=dict)
    looked: dt.datetime | None = None

    def with_answer(self, query: str, result: Result) -> Reach:
        """What is known after ``query`` (one of :data:`QUESTIONS`) gave ``result``."""
        names, moments = (column.to_pylist() for column in result.table.columns)
        found = dict(zip(names, moments, strict=True))
        return (
            replace(self, oldest=found) if query == SPAN_QUERY else replace(self, newest=found, looked=result.read_at)
        )


def coverage(query: Query, params: Mapping[str, Param], result: Result, reach: Reach | None) -> Coverage:
    """What ``result``, the rows of ``query`` with ``params``, speaks of. ``reach`` None: reach is not looked at."""
    tables = sources(query, params)
    if reach is None or not tables or query.name in OF_SOURCES:
        return Coverage(gaps=result.notes)
    if not reach.oldest:
        return Coverage(gaps=(*result.notes, UNKNOWN))
    tables = [table for table in tables if not any(note.startswith(table) for note in result.notes)]
    asked, end = _asked(query, params)
    since = max((one for table in tables if (one := reach.oldest.get(table))), default=None)
    late = {table: at for table in tables if (at := _last(table, reach, result.read_at))}
    until = min((one for one in (end, result.read_at, *late.values()) if one), default=None)
    gaps = (*_begins(tables, reach, asked), *_ends(late, min(end, result.read_at) if end else None))
    begun = max((one for one in (since, asked) if one), default=None)
    return Coverage(begun, until if until == end else _hour(until), (*result.notes, *gaps), bool(result.notes))


def sources(query: Query, params: Mapping[str, Param]) -> list[str]:
    """The fact tables whose reach is that of the answer."""
    read = tables_read_with(query.sql, params)
    return sorted(read & (query.evidence or schema.facts().keys()))


def _asked(query: Query, params: Mapping[str, Param]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From when to when the question asks, its look-back included."""
    starts = [one for name in ("start", "previous") if (one := _midnight(params.get(name)))]
    return (min(starts) - (query.look_back or dt.timedelta(0)) if starts else None), _midnight(params.get("end"))


def _midnight(value: Param | None) -> dt.datetime | None:
    return dt.datetime.combine(value, dt.time(), dt.UTC) if isinstance(value, dt.date) else None


def _last(table: str, reach: Reach, read_at: dt.datetime) -> dt.datetime | None:
    """Up to when ``table`` was filled when the rows were read at ``read_at``: by its newest row then, as far as it lags
    now. None where that is not known, or where silence is normal."""
    if reach.looked is None or table not in reach.newest or schema.tables()[table].usual_lag is None:
        return None
    newest = reach.newest[table] or reach.looked - LOOKED
    return newest - max(dt.timedelta(0), reach.looked - read_at)


def _begins(tables: list[str], reach: Reach, asked: dt.datetime | None) -> Iterator[str]:
    for table in tables:
        oldest = reach.oldest.get(table)
        if oldest is None and table in reach.oldest:
            yield f"{table} has no rows yet: what is not in it may still have happened."
        elif oldest is not None and asked is not None and oldest.date() > asked.date():
            yield f"{table} begins on {oldest:%Y-%m-%d}; asked from {asked:%Y-%m-%d}: the days before are not in it."


def _ends(late: Mapping[str, dt.datetime], end: dt.datetime | None) -> Iterator[str]:
    for table, last in late.items():
        lag = schema.tables()[table].usual_lag
        if end is not None and lag is not None and end - last > lag:
            yield f"The newest row of {table} is of {_hour(last):%Y-%m-%d %H:%M} UTC: what came after is not in it yet."


def _hour(moment: dt.datetime | None) -> dt.datetime | None:
    """The full hour before: moves seldom, so that what is worked out from it is kept."""
    return None if moment is None else moment.replace(minute=0, second=0, microsecond=0)
