"""No FinOps question reads a table that grows more often than it must: engines write out a CTE wherever it is named."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from queries import schema
from queries.catalogue import Query, catalogue
from queries.typed import parse

FINOPS = sorted(name for name in catalogue() if name.startswith("finops."))


def reads(query: Query) -> dict[str, int]:
    """How often each fact table is read when every CTE is written out where it is named; those read once left out."""
    root = build_scope(parse(query.sql))
    assert root is not None
    return {name: times for name, times in _of(root).items() if times > 1 and name in schema.facts()}


def _of(scope: Scope) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, source in scope.selected_sources.values():
        if isinstance(source, Scope):
            found += _of(source)
        elif isinstance(source, exp.Table) and source.catalog:
            found[f"{source.catalog}.{source.db}.{source.name}".lower()] += 1
    for inner in (*scope.set_operation_scopes, *scope.subquery_scopes):
        found += _of(inner)
    return found


USAGE, HISTORY = "system.billing.usage", "system.query.history"
EVENTS, TASKS = "system.compute.warehouse_events", "system.lakeflow.job_task_run_timeline"
MOST = {  # what is read more often, and why; never more than this
    "finops.cluster_share": {USAGE: 4, TASKS: 2},  # one cluster hour is a share of each job and the rest
    "finops.daily_by_object": {USAGE: 2},  # nine days once more: how far the account's records reach
    "finops.idle_warehouses": {
        USAGE: 6,
        HISTORY: 8,
        EVENTS: 5,
    },  # the replay beside the idle hours; equal parts are reused
    "finops.reconciliation": {USAGE: 4, HISTORY: 4, EVENTS: 2},  # the bill beside the hours of warehouses
    "finops.savings_all_purpose_jobs": {TASKS: 2},  # its oldest row, one aggregate
    "finops.tag_variants": {USAGE: 2},  # keys and values
    "finops.warehouse_idle": {USAGE: 2, HISTORY: 2},  # what ran is known by the bill where there is no event
    "finops.warehouse_share": {USAGE: 4, HISTORY: 5, EVENTS: 2},  # one hour is a share of each group and the idle part
}


@pytest.mark.parametrize("name", FINOPS)
def test_a_table_that_grows_is_read_once(name: str) -> None:
    for table, times in reads(catalogue()[name]).items():
        assert times <= MOST.get(name, {}).get(table, 1), table


def test_no_exception_is_kept_longer_than_needed() -> None:
    assert {name: reads(catalogue()[name]) for name in MOST} == MOST
