"""One organisation as it was on each of its last days: what had not arrived by then is taken away, and everybody looks again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import duckdb

from bench.judge_marks import Known, Proposal, Wrong
from bench.judged import Agents, Made, by_itself

# The column that says when a row came to be: the first of these that a table has.
CAME = ("usage_end_time", "period_end_time", "event_time", "metric_time", "update_time", "change_time", "end_time", "request_time",
        "start_time", "snapshot_date", "first_detected_time", "price_start_time")  # fmt: skip
LAGS: Mapping[str, int] = MappingProxyType(
    {"billing": 10, "mlflow": 3, "storage": 24}
)  # hours until a row is there; others one
AFTER = dt.timedelta(hours=1)
GIVEN = dt.timedelta(hours=15)  # into its first day: when a right was given at the latest


def as_of(path: Path, at: dt.datetime, wrong: Sequence[Wrong] = ()) -> None:
    """Take out of the lakehouse at ``path`` what had not arrived at ``at``, and the rights that faults of ``wrong`` gave later. What
    says only how things are now (columns, tags) stays."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for folder, table, column in _columns(connection):
            until = at - dt.timedelta(hours=LAGS.get(folder, 1))
            connection.execute(f'DELETE FROM "{folder}"."{table}" WHERE "{column}" > ?', [until])
        for one in wrong:
            for way in one.accepted:
                if way.kind == "grant.revoke" and one.begin and dt.datetime.fromisoformat(one.begin) + GIVEN > at:
                    held = [way.parameters["principal"], way.parameters["privileges"], [*way.targets]]
                    connection.execute(
                        "DELETE FROM info_schema.table_privileges WHERE grantee = ? AND list_contains(?, privilege_type) "
                        "AND list_contains(?, table_catalog || '.' || table_schema || '.' || table_name)",
                        held,
                    )


def _columns(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """Schema and table of everything that happens, with the column that says when."""
    rows = connection.execute(
        "SELECT schema_name, table_name, list(column_name) FROM duckdb_columns() "
        "WHERE schema_name NOT IN ('demo', 'info_schema', 'main') AND NOT internal GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    for folder, table, names in rows:
        if column := next((one for one in CAME if one in names), None):
            yield folder, table, column


@dataclass(frozen=True)
class Days:
    """What was proposed in any of some days, each once; what was wrong on any of them; how long each look took on the newest, who
    could not; and how many days after its begin each fault was first proposed, where it began in these days."""

    proposals: Sequence[Proposal]
    known: Known
    seconds: Mapping[str, float]
    could_not: Mapping[str, str]
    delays: Mapping[int, float]


def over_days(one: Made, agents: Agents, days: int) -> Days:
    """Let ``agents`` look on each of the last ``days`` days. The newest comes first, as rows are only taken away."""
    every: dict[tuple[str, str, frozenset[str]], Proposal] = {}
    looks, wrong, seen = [], list(one.known.wrong), dict[int, dt.datetime]()
    for back in range(days):
        at = one.now - dt.timedelta(days=back)
        if back:
            as_of(one.path, at, one.known.wrong)
            wrong += by_itself(one.path, at, one.known.twins)
        looks.append(agents(replace(one, now=at)))
        for each in looks[-1][0]:
            every.setdefault((each.capability, each.kind, each.names), each)
            seen |= dict.fromkeys((number for number, own in enumerate(one.known.wrong) if own.mended_by(each)), at)
    known = Known(wrong, one.known.twins)
    return Days(list(every.values()), known, looks[0][1], looks[0][2], delays(one, seen, days))


def delays(one: Made, seen: Mapping[int, dt.datetime], days: int) -> dict[int, float]:
    made, first = {}, one.now - dt.timedelta(days=days - 1)
    for number, at in seen.items():
        if begin := one.known.wrong[number].begin:
            since = dt.datetime.fromisoformat(begin)
            if days > 1 and since + AFTER >= first:
                made[number] = round(max((at - since) / dt.timedelta(days=1), 0.0), 2)
    return made
