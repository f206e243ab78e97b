"""What capabilities of compute, money and models say of rows made by hand, by what each is about."""

from __future__ import annotations

from collections.abc import Callable

from agents.capability import Observation
from tests.agents import (
    test_all_purpose_jobs,
    test_budget_breach,
    test_cost_messages,
    test_cost_rise,
    test_failed_starts,
    test_idle_endpoint,
    test_infra_messages,
    test_missing_monitor,
    test_model_messages,
    test_never_ends,
    test_oversized,
    test_policy_drift,
    test_queue_pressure,
    test_worse_version,
)

MADE: dict[str, Callable[[], list[Observation]]] = {
    "job on an all-purpose cluster": test_all_purpose_jobs.jobs,
    "warehouse that was made larger": test_cost_rise.warehouses,
    "endpoint that nobody asks": test_idle_endpoint.endpoints,
    "cluster that never ends": test_never_ends.clusters,
    "cluster that could be smaller": test_oversized.clusters,
    "warehouse with a queue": test_queue_pressure.warehouses,
    "version that fails more": test_worse_version.versions,
    "cluster that is full of memory": test_infra_messages.full,
    "runtime without support": test_infra_messages.runtimes,
    "day that cost far more": test_cost_messages.spikes,
    "usage without a price": test_cost_messages.skus,
    "cost centre that was lost": test_cost_messages.tags,
    "column in another unit": test_model_messages.skews,
    "inputs that moved": test_model_messages.told,
    "job that trains": test_model_messages.trained,
    "training that fails": test_model_messages.training,
    "endpoint without a record": test_model_messages.records,
    "budget that is broken": test_budget_breach.over,
    "starts that fail": test_failed_starts.starts,
    "schema that nobody watches": test_missing_monitor.schemas,
    "cluster outside a rule": test_policy_drift.looked,
}
