"""When a job runs again: by the schedule in force, unless it is paused or cannot be read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agents.pipelineops.next_runs import next_runs
from tests.components.reading import rows

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)  # a Friday
JOBS = {("1", str(job)) for job in range(1, 9)}


def plan(job: int, quartz: str | None, zone: str | None = "UTC", **known: Any) -> dict[str, Any]:
    return {"workspace_id": "1", "job_id": str(job), "quartz": quartz, "zone": zone, "paused": False} | known


def test_it_is_the_next_start_of_the_schedule_in_force() -> None:
    plans = rows(
        "pipelineops.job_schedules",
        [
            plan(1, "0 30 13 * * ?", "Europe/Berlin"),  # 12:30 UTC, today
            plan(2, "0 0 6 ? * 4", until=NOW),
            plan(2, "0 0 6 ? * 5"),  # the second is in force: Thursdays
            plan(3, "0 0 6 * * ?", paused=True),
            plan(4, "every day"),
            plan(5, None, None),
            plan(6, "0 0 12 * * ?", paused=None),
            plan(7, "0 0 6 1 6 ?"),
            plan(9, "0 0 6 * * ?"),  # in June; not asked for
        ],
    ).to_pandas()
    made = next_runs(plans, JOBS, NOW)
    found = dict(zip(made["job_id"], made["next_run"].dt.to_pydatetime(), strict=True))
    day = dt.timedelta(days=1)
    assert found == {"1": NOW.replace(minute=30), "2": NOW.replace(hour=6) + 6 * day, "6": NOW + day}


def test_without_schedules_nothing_runs_again() -> None:
    none = next_runs(rows("pipelineops.job_schedules", []).to_pandas(), JOBS, NOW)
    assert none.empty and str(none.dtypes["next_run"]).endswith("UTC]")
