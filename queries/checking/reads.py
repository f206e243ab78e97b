"""How often a question reads the tables that grow: engines write out a CTE wherever it is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlglot import exp

from queries import schema
from queries.catalogue import Query
from queries.checking.checks import MARGIN, days_before_start
from queries.typed import parse

USAGE, HISTORY = "system.billing.usage", "system.query.history"
EVENTS, TASKS = "system.compute.warehouse_events", "system.lakeflow.job_task_run_timeline"
RUNS, LINEAGE = "system.lakeflow.job_run_timeline", "system.access.table_lineage"
AUDIT, UPDATES = "system.access.audit", "system.lakeflow.pipeline_update_timeline"
# Of an hour of a warehouse: what ran, and from when to when history has statements; its events, and which warehouses
# have none, whose billed hours stand for them; and its cost.
WAREHOUSE = {HISTORY: 2, EVENTS: 2, USAGE: 2}
MOST: dict[str, dict[str, int]] = {  # what is read more often, and why; never more than this
    "dataops.unread": {LINEAGE: 2},  # what writes it, and views of it, by the hour; and every trace of a use
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
    "infraops.idle_and_waits": WAREHOUSE | {HISTORY: 3},  # and the waits in the queue
    # WAREHOUSE for what idle time costs; and from when to when it was on, and what ran then.
    "infraops.warehouse_starts": {HISTORY: 3, EVENTS: 4, USAGE: 3},
    "overview.infraops": {HISTORY: 2, EVENTS: 2},  # as WAREHOUSE, without cost
    "pipelineops.failed_runs": {RUNS: 3},  # all runs for the streak, one job's newest, and the cost per run
    "pipelineops.night_steps": {LINEAGE: 2, RUNS: 2, UPDATES: 2},  # who wrote, and who read: a handover has two sides
    # What the job touches, and who writes what it reads; its runs, twice, and the newest of the jobs before it.
    "pipelineops.run_changes": {LINEAGE: 2, RUNS: 3},
    "userops.query_patterns": WAREHOUSE | {HISTORY: 3},  # and the statements themselves
    "things.warehouse_hours": {HISTORY: 2, EVENTS: 2},  # as WAREHOUSE, without cost
}


def passes(query: Query) -> dict[str, int]:
    """How often each fact table is read when every CTE is written out where it is named."""
    found = tables_named(parse(query.sql), {})
    return {name: times for name, times in sorted(found.items()) if name in schema.facts()}


def problems(query: Query) -> Iterator[str]:
    """The fact tables that ``query`` reads more often than it must."""
    for name, times in passes(query).items():
        if times > (most := MOST.get(query.name, {}).get(name, 1)):
            yield f"{name} is read {times} times, not {most}: carry several parts through one pass"


def cost_class(query: Query) -> str:
    """What a question costs, by what it reads: ``light`` (nothing that grows), ``window`` (each table that grows once, in
    the time that is asked for), ``history`` (once, and long before) or ``heavy`` (one of them several times)."""
    read = passes(query)
    if max(read.values(), default=0) > 1:
        return "heavy"
    if not read:
        return "light"
    return "history" if days_before_start(parse(query.sql)) > MARGIN else "window"


def tables_named(node: exp.Expr, ctes: Mapping[str, Counter[str]]) -> Counter[str]:
    """The tables read by ``node``, whatever kind of join names them; ``ctes`` are those that it may name."""
    found: Counter[str] = Counter()
    named = node.args.get("with_")
    for cte in named.expressions if named else ():
        ctes = {**ctes, cte.alias: tables_named(cte.this, ctes)}
    if isinstance(node, exp.Table):
        found += ctes[node.name] if not node.catalog else Counter([f"{node.catalog}.{node.db}.{node.name}".lower()])
    for child in node.iter_expressions():
        if not isinstance(child, exp.With):
            found += tables_named(child, ctes)
    return found
