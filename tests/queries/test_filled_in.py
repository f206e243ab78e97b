"""The text of a question that people take along runs as it stands: no parameter is left, and each is what was asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from queries import own_tables
from queries.catalogue import catalogue
from queries.filled_in import filled_in, literal
from queries.kinds import Param
from tests.queries.case_files import ROOT, difference, load
from tests.queries.duckdb_engine import DuckDB

EXAMPLES: dict[str, Param] = {
    "date": dt.date(2026, 10, 1), "time": dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC), "integer": 5, "count": 5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dt.date(2026, 1, 1), "DATE'2026-01-01'"),
        (
            dt.datetime(2026, 1, 1, 13, 5, tzinfo=dt.timezone(dt.timedelta(hours=1))),
            "TIMESTAMP'2026-01-01 12:05:00.000000Z'",
        ),
        (5, "5"),
        (0.25, "CAST('0.25' AS DOUBLE)"),
        (Decimal("1E-8"), "0.00000001"),
        ("1'\n2; DROP\\", r"'1\'\u000a2; DROP\\'"),
        ("a\u202eb\U000e0041", r"'a\u202eb\U000e0041'"),
        ("", "''"),
    ],
)
def test_a_literal_is_what_was_asked(value: Param, written: str) -> None:
    assert literal(value) == written


def test_what_only_looks_like_a_parameter_stays() -> None:
    sql = "SELECT ':a', a::int, 'it\\'s :a' -- :a\nFROM t WHERE x = :a AND y = :ab"
    filled = "SELECT ':a', a::int, 'it\\'s :a' -- :a\nFROM t WHERE x = 1 AND y = :ab"
    assert filled_in(sql, {"a": 1}) == filled


def test_the_account_s_own_names_stand_in_it() -> None:
    own_tables.name_traces("main.ml.x_trace_unified")
    try:
        assert "`main`.`ml`.`x_trace_unified`" in filled_in(f"SELECT 1 FROM {own_tables.TRACES}", {})
    finally:
        own_tables.name_traces("")


def test_no_question_has_a_parameter_left() -> None:
    for query in catalogue().values():
        params = {name: EXAMPLES.get(kind, "x'y") for name, kind in query.params.items()}
        tree = sqlglot.parse_one(filled_in(query.sql, params), read="databricks")
        assert not [*tree.find_all(exp.Placeholder, exp.Parameter)], query.name


@pytest.mark.parametrize("name", ["overview/changes", "finops/spend_by_day", "pipelineops/run_list"])
def test_the_text_answers_as_the_question_does(name: str, tmp_path: Path) -> None:
    """Days, times, numbers and texts among the parameters."""
    case = load(ROOT / f"{name}.yml")
    alone = replace(case, query=replace(case.query, sql=filled_in(case.query.sql, case.params)), params={})
    assert not difference(DuckDB(tmp_path).rows(alone), case.expected)
