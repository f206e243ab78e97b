"""Every question is sound, and breaking one is noticed: each mutation of a real question turns a check red."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from queries import schema
from queries.catalogue import Query, catalogue
from queries.checking import lint
from queries.checking.checks import WORDS, check
from queries.typed import resolved

NAMES = sorted(catalogue())


@pytest.mark.parametrize("name", NAMES)
def test_a_question_is_sound(name: str) -> None:
    assert check(catalogue()[name]) == []


def test_there_are_enough_questions() -> None:
    assert len(NAMES) >= 45


def broken(name: str, old: str, new: str) -> Query:
    """The question with ``old`` (a pattern) replaced by ``new`` where it first occurs; it must occur."""
    query = catalogue()[name]
    sql, count = re.subn(old, new, query.sql, count=1)
    assert count == 1, f"{name} has no {old}"
    return replace(query, sql=sql)


MUTATIONS = [
    ("a column", "finops.spend_by_day", r"\busage_quantity\b", "usage_quantities", "column"),
    ("a column", "pipelineops.runs_by_day", r"\bresult_state\b", "outcome", "column"),
    ("a column", "things.warehouse_waits", r"\bexecuted_by\b", "executed_by_whom", "column"),
    ("a table", "finops.spend_by_day", r"system\.billing\.usage\b", "system.billing.usages", "table"),
    ("a struct field", "finops.spend_by_day", r"pricing\.effective_list\.", "pricing.net.", "field"),
    ("a struct field", "pipelineops.run_tasks", r"\btask_key\b", "compute.no_such", "field"),
    ("a struct field", "finops.spend_tree", r"usage_metadata\.warehouse_id", "usage_metadata.warehouse", "field"),
    ("a struct field", "overview.governanceops", r"response\.status_code", "response.code", "field"),
    ("a struct field", "pipelineops.job_schedules", r"trigger\.schedule\.timezone_id", "trigger.schedule.tz", "field"),
    ("a status word", "pipelineops.learned_deadlines", r"'SUCCEEDED'", "'SUCCESS'", "status word"),
    ("a status word", "pipelineops.failure_cost", r"'TIMED_OUT'", "'TIMEDOUT'", "status word"),
    ("a status word", "finops.corrections", r"'RETRACTION'", "'RETRACTED'", "status word"),
    ("a status word", "pipelineops.all_purpose_jobs", r"'API'", "'REST'", "status word"),
    ("a status word", "overview.dataops", r"'Unhealthy'", "'UNHEALTHY'", "status word"),
    ("a time bound", "pipelineops.runs_by_day", r"period_start_time >= date_sub\(:start, 3\) AND", "true AND", "time"),
    ("a time bound", "things.warehouse_waits", r"start_time >= :start AND", ":start IS NOT NULL AND", "time"),
    ("a time bound", "finops.spend_by_day", r"usage_date >= :start AND", ":start IS NOT NULL AND", "time"),
    ("a time bound", "overview.governanceops", r"event_date >= :start AND", ":start IS NOT NULL AND", "time"),
    ("a time bound", "things.warehouse_waits", r"start_time >= :start AND", "(start_time >= :start OR true) AND", "time"),
    ("a time bound", "things.warehouse_waits", r"start_time >= :start AND", "NOT (start_time >= :start) AND", "time"),
    ("a parameter", "finops.spend_by_day", r":currency", ":coin", "parameter"),
    ("the clock", "things.warehouse_waits", r":end\b", "current_date()", "time must come"),
    ("a price join", "finops.spend_by_day", r">= p\.price_start_time", "> p.price_start_time", "price"),
    ("a price join", "finops.spend_by_day", r"AND p\.cloud = h\.cloud", "", "price"),
    ("a price join", "finops.spend_by_day", r"h\.usage_end_time >= p\.price_start_time", "true", "price"),
    ("a price join", "finops.spend_by_day", r"price_end_time IS NULL OR", "price_end_time IS NULL AND", "price"),
    ("the order", "finops.tag_variants", r"tag_key, normal, place, spelling", "place", "LIMIT"),
    ("the portable subset", "things.warehouse_waits", r"COUNT\(\*\)", "approx_count_distinct(statement_id)", "allow-list"),
    ("exact money", "overview.finops", r"SUM\(quantity\) AS DECIMAL\(22, 10\)", "SUM(quantity) AS DECIMAL(38, 18)", "DECIMAL"),
    ("a rounded real", "finops.idle_warehouses", r"CAST\(k\.idle_cost AS DECIMAL\(28, 6\)\)", "k.idle_cost", "DECIMAL(28, 6)"),
    ("the columns", "things.warehouse_waits", r"AS people", "AS persons", "columns"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [m[1:] for m in MUTATIONS],
    ids=[f"{m[0]}-{m[1]}-{i}" for i, m in enumerate(MUTATIONS)],
)
def test_breaking_a_question_is_noticed(name: str, old: str, new: str, problem: str) -> None:
    found = check(broken(name, old, new))
    assert any(problem in one for one in found), found


def test_prices_between_are_refused() -> None:
    query = catalogue()["finops.spend_by_day"]
    half_open = r"h\.usage_end_time >= p\.price_start_time\s+AND \(p\.price_end_time IS NULL OR[^)]*\)"
    sql = re.sub(half_open, "h.usage_end_time BETWEEN p.price_start_time AND p.price_end_time", query.sql)
    assert sql != query.sql
    assert any("price" in one for one in check(replace(query, sql=sql)))


@pytest.mark.parametrize(
    ("name", "said", "problem"),
    [
        ("finops.idle_warehouses", None, "365 days before :start are read"),
        ("finops.idle_warehouses", 366, "the SQL reads 365"),
        ("finops.spend_by_day", 1, "the SQL reads 0"),
        ("pipelineops.run_ends", None, ""),  # three days are a margin
    ],
)
def test_a_look_back_is_what_the_sql_reads(name: str, said: int | None, problem: str) -> None:
    found = check(replace(catalogue()[name], look_back=None if said is None else timedelta(days=said)))
    assert any(problem in one for one in found) if problem else not found


def test_evidence_is_a_fact_that_is_read() -> None:
    for table in ("system.lakeflow.jobs", "system.billing.usage"):  # no fact, and not read
        found = check(replace(catalogue()["pipelineops.run_ends"], evidence=frozenset({table})))
        assert found == [f"evidence: {table} is no fact table that is read"]


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("MAX(usage_quantity) FILTER (WHERE sku_name = 'A') OVER (PARTITION BY workspace_id)", "FILTER in a window"),
        ("max_by(sku_name, usage_date) FILTER (WHERE sku_name <> '') OVER (ORDER BY usage_date)", "FILTER in a window"),
        ("COUNT(DISTINCT sku_name) OVER (PARTITION BY workspace_id)", "DISTINCT in a window"),
        ("listagg(sku_name, ',')", "listagg"),
    ],
)
def test_what_the_reference_of_the_target_forbids_is_refused(sql: str, problem: str) -> None:
    """Newer engines of the same family take it, so no run on them can tell."""
    tree = resolved(f"SELECT {sql} AS n FROM system.billing.usage WHERE usage_date >= :start")
    assert any(problem in one for one in lint.problems(tree, sql))


@pytest.mark.parametrize(
    ("key", "tied"),
    [
        ("usage_start_time", True),
        ("usage_date", True),
        ("struct(usage_start_time, sku_name)", False),
        ("usage_quantity", False),
    ],
)
@pytest.mark.parametrize("function", ["max_by", "min_by"])
def test_what_is_last_is_decided_even_at_one_moment(function: str, key: str, tied: bool) -> None:
    sql = f"SELECT {function}(sku_name, {key}) AS one FROM system.billing.usage"
    assert [one for one in lint.problems(resolved(sql), sql) if "tie" in one] == [
        "max_by of a time: rows of one moment tie; order by struct(time, what decides then)"
    ] * tied


def test_filter_outside_a_window_and_case_inside_it_are_fine() -> None:
    inside = "MAX(CASE WHEN sku_name = 'A' THEN usage_date END) OVER ()"
    for sql in ("MAX(usage_date) FILTER (WHERE sku_name = 'A')", inside):
        assert not lint.problems(
            resolved(f"SELECT {sql} AS n FROM system.billing.usage WHERE usage_date >= :start"), sql
        )


def test_status_columns_and_their_lists_exist() -> None:
    for column, lists in WORDS.items():
        for table, enum in lists:
            assert column in schema.tables()[table].columns
            assert schema.enums()[enum]


def test_facts_are_those_that_grow() -> None:
    grown = schema.facts()
    assert grown["system.billing.usage"] == "usage_date"
    assert grown["system.query.history"] == "start_time"
    assert not {"system.lakeflow.jobs", "system.compute.clusters", "system.compute.warehouses"} & grown.keys()
