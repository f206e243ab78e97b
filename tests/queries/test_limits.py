"""A limit takes nothing away: what a question counts and sums is the same whatever :limit is, the rest is a row of no id."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from bench.typical import params
from queries.catalogue import catalogue
from queries.lineage import tables_read
from tests.queries.case_files import Case
from tests.queries.duckdb_engine import write
from tests.support.tiers import deep
from warehouse.embedded import Embedded
from warehouse.normalise import normalise

NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
ALL = 100_000
LISTS = {  # each row is one thing and no sum over them is shown; where one ends at its limit the tile says so
    "governanceops.audit_events", "governanceops.job_hands", "governanceops.grants", "governanceops.right_uses",
    "governanceops.privilege_changes", "governanceops.sensitive_columns",
    "dataops.freshness", "dataops.unwatched", "dataops.unread", "dataops.gone_columns", "dataops.lineage_hops", "dataops.column_hops",
    "pipelineops.job_owners", "pipelineops.night_steps", "infraops.inventory", "infraops.compute_changes", "infraops.failed_starts",
    "governanceops.unused_grants", "overview.changes", "pipelineops.failed_lately", "pipelineops.failed_runs",
    "pipelineops.failed_updates",
    "pipelineops.run_list", "platform.job_consumers", "platform.right_consumers", "platform.table_readers", "platform.warehouse_users",
    "platform.own_questions",
    "finops.discounts", "finops.tag_variants", "pipelineops.run_changes", "pipelineops.wrote_nothing", "things.changes",
    "things.owned", "things.tables", "things.table_users", "things.neighbours", "things.pipeline_updates",
    "agentops.services", "agentops.runaways", "agentops.sessions", "agentops.coding_callers", "agentops.tokens_by_caller",
    "mlops.training", "mlops.served_entities",
    "userops.waits_by_warehouse", "userops.repeated_errors", "userops.stuck_people", "userops.costly_habits",
    "userops.inactive_people", "userops.query_patterns",
    "userops.slow_sources", "overview.unhealthy_tables", "overview.denied_requests",
    "overview.failed_requests_by_endpoint",
    "things.warehouse_statements", "things.warehouse_starts", "things.grants", "things.table_columns",
    "things.table_column_lineage", "things.endpoint_callers", "things.contents",
    "things.rights_of", "things.cluster_jobs", "things.index_events",
}  # fmt: skip
# Of each of the busiest: the percentiles, and the peaks, of all others together would be nobody's.
BUSIEST = {"pipelineops.duration_by_day", "governanceops.attempts", "mlops.requests_by_day"}
CHOICES = {"platform.filter_values"}  # what a control offers; what it does not list is typed
LIMITED = {query.name for query in catalogue().values() if "limit" in query.params}
# Those of FinOps are tried on other accounts (test_money_adds_up.py).
SUMMED = sorted(name for name in LIMITED - LISTS - BUSIEST - CHOICES if not name.startswith("finops."))
ADDED = ("count", "money", "hours", "quantity")
Rows = list[dict[str, Any]]


def test_only_lists_end_at_their_limit() -> None:
    assert {name for name in LIMITED if catalogue()[name].is_cut} == LISTS


def _runs(random_: random.Random) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Runs with their slices: of several attempts, submitted ones, without a terminal state, of jobs with equal names."""
    for n in range(120):
        at = NOW - dt.timedelta(hours=random_.randrange(10, 29 * 24))
        run: dict[str, Any] = {
            "workspace_id": random_.choice("12"), "job_id": random_.choice("abcdef"), "run_id": str(n),
            "run_type": random_.choice(["JOB_RUN", "JOB_RUN", "SUBMIT_RUN"]), "run_name": random_.choice(["load", "other jobs"]),
        }  # fmt: skip
        slices = []
        for attempt in range(random_.choice([1, 1, 2, 3])):
            begun = at + dt.timedelta(hours=attempt)
            slices.append(
                run
                | {
                    "period_start_time": begun,
                    "period_end_time": begun + dt.timedelta(minutes=random_.randrange(1, 50)),
                    "result_state": random_.choice(["SUCCEEDED", "FAILED", "SKIPPED", None]),
                    "queue_duration_seconds": random_.choice([None, 5]),
                    "setup_duration_seconds": random_.choice([None, 7]),
                    "execution_duration_seconds": random_.randrange(900),
                    "cleanup_duration_seconds": random_.choice([None, 1]),
                }
            )
        yield run, slices


def _account(random_: random.Random) -> dict[str, Rows]:
    tables: dict[str, Rows] = {name: [] for query in SUMMED for name in tables_read(catalogue()[query].sql)}
    for run, slices in _runs(random_):
        tables["system.lakeflow.job_run_timeline"] += slices
        tables["system.lakeflow.job_task_run_timeline"] += [
            {
                "workspace_id": run["workspace_id"],
                "job_id": run["job_id"],
                "run_id": run["run_id"],
                "compute_ids": ["u", "v"],
                "period_start_time": one["period_start_time"],
                "period_end_time": one["period_end_time"],
            }
            for one in slices
        ]
        hour = slices[0]["period_start_time"]
        tables["system.billing.usage"].append(
            {
                "workspace_id": run["workspace_id"],
                "sku_name": random_.choice(["JOBS", "NO_PRICE"]),
                "cloud": "AWS",
                "usage_unit": "DBU",
                "usage_date": hour.date(),
                "usage_start_time": hour,
                "record_type": "ORIGINAL",
                "usage_end_time": hour + dt.timedelta(hours=1),
                "usage_quantity": Decimal(random_.randrange(1, 900)) / 100,
                "usage_metadata": {"job_id": run["job_id"], "job_run_id": run["run_id"]},
            }
        )
    tables["system.billing.list_prices"] = [
        {
            "sku_name": "JOBS",
            "cloud": "AWS",
            "usage_unit": "DBU",
            "currency_code": "USD",
            "price_start_time": NOW - dt.timedelta(days=900),
            "pricing": {"default": Decimal("0.15")},
        }
    ]
    tables["system.compute.clusters"] = [
        {"workspace_id": w, "cluster_id": c, "cluster_source": "UI", "change_time": NOW - dt.timedelta(days=900)}
        for w in "12"
        for c in "uv"
    ]
    return tables


@pytest.fixture(scope="module", params=[1, deep(2)])
def answer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Rows]]:
    """Answers a question on a random account with a limit."""
    path = tmp_path_factory.mktemp("account") / "lakehouse.duckdb"
    tables = _account(random.Random(request.param))
    write(Case("account", catalogue()[SUMMED[0]], {}, tables, frozenset(), pa.table({}), ""), path)
    lakehouse = Embedded(path)

    @cache  # all rows are asked for beside each limit
    def rows(name: str, limit: int) -> Rows:
        query = catalogue()[name]
        found = lakehouse.fetch(query.sql, params(query, NOW, {"limit": limit}), tags={}, timeout=30)
        return list(normalise(found, query.columns).to_pylist())

    yield rows
    lakehouse.close()


@pytest.mark.parametrize("name", SUMMED)
@pytest.mark.parametrize("limit", [0, 1, 3])
def test_a_limit_takes_nothing_away(answer: Callable[..., Rows], name: str, limit: int) -> None:
    query = catalogue()[name]
    whole, cut = answer(name, ALL), answer(name, limit)
    assert len(whole) > 3 and len(cut) == limit + 1  # the rest is one row
    (rest,) = [row for row in cut if row["workspace_id"] is None]
    assert rest == cut[-1] and rest["job_id"] is None
    assert cut[:-1] == whole[:limit]
    for column in (column for column, kind in query.columns.items() if kind in ADDED):
        of_all, of_cut = (sum((Decimal(row[column] or 0) for row in rows), Decimal(0)) for rows in (whole, cut))
        assert abs(of_all - of_cut) < Decimal("1e-6"), column
