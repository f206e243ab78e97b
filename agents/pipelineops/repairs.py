"""How likely a repair succeeds: what the code says, then this account's repairs, then the job's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agents.cells import share

# What passes by itself; successes and failures it is credited with before this account's own repairs are counted.
TRANSIENT = frozenset(
    {
        "CLOUD_FAILURE", "CLUSTER_ERROR", "CLUSTER_REQUEST_LIMIT_EXCEEDED", "DRIVER_ERROR", "INTERNAL_ERROR",
        "LIBRARY_INSTALLATION_ERROR", "MAX_CONCURRENT_RUNS_EXCEEDED", "MAX_JOB_QUEUE_SIZE_EXCEEDED",
        "MAX_SPARK_CONTEXTS_EXCEEDED", "REPOSITORY_CHECKOUT_FAILED", "STORAGE_ACCESS_ERROR",
        "WORKSPACE_RUN_LIMIT_EXCEEDED",
    }
)  # fmt: skip
UNKNOWN = frozenset({"", "RUN_EXECUTION_ERROR"})  # the code does not say: only repairs can
CREDIT = {True: (7, 3), False: (5, 5)}  # transient or not: (successes, failures)
MOST_OF_ONE = 5.0  # repairs of one job that count for all others: a flaky job does not speak for the account
OWN = 5.0  # repairs of its own at which a job counts as much as the account

Job = tuple[str, str]  # workspace, job


@dataclass(frozen=True)
class Repairs:
    """What became of the account's repairs: (repaired, rescued) by job and by the code of the first failure."""

    outcomes: Mapping[tuple[Job, str], tuple[int, int]]

    def of_job(self, job: Job) -> tuple[int, int]:
        """(repaired, rescued) of the job, whatever it failed of."""
        mine = [outcome for (one, _), outcome in self.outcomes.items() if one == job]
        return sum(tried for tried, _ in mine), sum(rescued for _, rescued in mine)

    def chance(self, job: Job, code: str) -> Decimal:
        """That a repair of ``job`` after ``code`` succeeds: the rate of the code over all other jobs, from the credit of
        its class, drawn towards the job's own as far as it has one (partial pooling)."""
        code = code or "unknown"
        good, bad = (float(one) for one in CREDIT[code in TRANSIENT])
        for (other, failed_of), (tried, rescued) in self.outcomes.items():
            if failed_of == code and other != job and tried:
                weight = min(tried, MOST_OF_ONE) / tried
                good, bad = good + weight * rescued, bad + weight * (tried - rescued)
        tried, rescued = self.outcomes.get((job, code), (0, 0))
        return share((OWN * good / (good + bad) + rescued) / (OWN + tried))


def repairs_of(rows: Iterable[Any]) -> Repairs:
    """From the rows of pipelineops.repair_outcomes."""
    return Repairs(
        {((row.workspace_id, row.job_id), row.termination_code): (int(row.repaired), int(row.rescued)) for row in rows}
    )
