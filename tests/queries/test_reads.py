"""No question reads a table that grows more often than it must: engines write out a CTE wherever it is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from sqlglot import exp

from queries import schema
from queries.catalogue import Query, catalogue
from queries.typed import parse


def reads(query: Query) -> dict[str, int]:
    """How often each fact table is read when every CTE is written out where it is named; those read once left out."""
    found = _of(parse(query.sql), {})
    return {name: times for name, times in found.items() if times > 1 and name in schema.facts()}


def _of(node: exp.Expr, ctes: Mapping[str, Counter[str]]) -> Counter[str]:
    """The tables read by ``node``, whatever kind of join names them; ``ctes`` are those that it may name."""
    found: Counter[str] = Counter()
    named = node.args.get("with_")
    for cte in named.expressions if named else ():
        ctes = {**ctes, cte.alias: _of(cte.this, ctes)}
    if isinstance(node, exp.Table):
        found += ctes[node.name] if not node.catalog else Counter([f"{node.catalog}.{node.db}.{node.name}".lower()])
    for child in node.iter_expressions():
        if not isinstance(child, exp.With):
            found += _of(child, ctes)
    return found


USAGE, HISTORY = "system.billing.usage", "system.query.history"
EVENTS, TASKS = "system.compute.warehouse_events", "system.lakeflow.job_task_run_timeline"
RUNS, LINEAGE = "system.lakeflow.job_run_timeline", "system.access.table_lineage"
AUDIT = "system.access.audit"
# Of an hour of a warehouse: what ran, and from when to when history has statements; its events, and which warehouses
# have none, whose billed hours stand for them; and its cost.
WAREHOUSE = {HISTORY: 2, EVENTS: 2, USAGE: 2}
MOST: dict[str, dict[str, int]] = {  # what is read more often, and why; never more than this
    "finops.daily_by_object": {USAGE: 2},  # nine days once more: how far the account's records reach
    # And the time between statements, and how often it stopped.
    "finops.idle_warehouses": {HISTORY: 3, EVENTS: 5, USAGE: 3},
    "finops.reconciliation": WAREHOUSE,
    "finops.cluster_share": {USAGE: 2},  # and what the bill calls a job
    "finops.savings_all_purpose_jobs": {TASKS: 2, USAGE: 2},  # its oldest row, one aggregate; what the bill calls a job
    "finops.tag_variants": {USAGE: 2},  # keys and values
    "finops.warehouse_idle": WAREHOUSE,
    "finops.warehouse_share": WAREHOUSE,
    # What asked for a table is a small part, by action; how far lineage reaches is an aggregate of its partitions.
    "governanceops.unused_grants": {LINEAGE: 2, AUDIT: 2},
    "overview.infra": {HISTORY: 2, EVENTS: 2},  # as WAREHOUSE, without cost
    "pipelineops.failed_runs": {RUNS: 3},  # all runs for the streak, one job's newest, and the cost per run
}


def test_every_naming_counts_whatever_the_join() -> None:
    sql = """
    WITH a AS (SELECT x FROM system.query.history), b AS (WITH a AS (SELECT x FROM system.access.audit) SELECT x FROM a)
    SELECT a.x FROM a JOIN a c ON c.x = a.x LEFT ANTI JOIN (SELECT x FROM a) d ON d.x = a.x
    WHERE EXISTS (SELECT 1 FROM b) AND a.x IN (SELECT x FROM b)
    """
    assert _of(parse(sql), {}) == {HISTORY: 3, AUDIT: 2}


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_table_that_grows_is_read_once(name: str) -> None:
    for table, times in reads(catalogue()[name]).items():
        assert times <= MOST.get(name, {}).get(table, 1), table


def test_no_exception_is_kept_longer_than_needed() -> None:
    assert {name: reads(catalogue()[name]) for name in MOST} == MOST
