"""No question reads a table that grows more often than it must: engines write out a CTE wherever it is named."""

from __future__ import annotations

import pytest

from queries.catalogue import catalogue
from queries.checking.reads import AUDIT, HISTORY, MOST, cost_class, passes, problems, tables_named
from queries.typed import parse


def test_every_naming_counts_whatever_the_join() -> None:
    sql = """
    WITH a AS (SELECT x FROM system.query.history), b AS (WITH a AS (SELECT x FROM system.access.audit) SELECT x FROM a)
    SELECT a.x FROM a JOIN a c ON c.x = a.x LEFT ANTI JOIN (SELECT x FROM a) d ON d.x = a.x
    WHERE EXISTS (SELECT 1 FROM b) AND a.x IN (SELECT x FROM b)
    """
    assert tables_named(parse(sql), {}) == {HISTORY: 3, AUDIT: 2}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_table_that_grows_is_read_once(name: str) -> None:
    assert list(problems(catalogue()[name])) == []


def test_no_exception_is_kept_longer_than_needed() -> None:
    several = {name: {table: times for table, times in passes(catalogue()[name]).items() if times > 1} for name in MOST}
    assert several == MOST


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("finops.currencies", "light"),
        ("finops.spend_by_day", "window"),
        ("pipelineops.run_ends", "window"),
        ("platform.warehouse_users", "window"),
        ("finops.warehouse_idle", "heavy"),
    ],
)
def test_what_a_question_costs_is_what_it_reads(name: str, found: str) -> None:
    assert cost_class(catalogue()[name]) == found
