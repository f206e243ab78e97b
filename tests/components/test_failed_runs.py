"""The list of failed runs: what stands beside each, what is left out where it is not known, and where its names lead."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from approvals.reading.proposed import Proposed
from components.panels.failed_runs import ORDER, failed_runs, lately, proposed
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid
from tests.components.bodies import frame, one, seen
from tests.components.reading import rows
from things import Thing

LOOK = ViewContext(zone="Europe/Berlin")
QUERY = "pipelineops.failed_lately"
AT = dt.datetime(2026, 11, 2, 6, tzinfo=dt.UTC)
NEXT = AT + dt.timedelta(days=1)


def failure(job: str, run: str, **known: Any) -> dict[str, Any]:
    usual = {"workspace_id": "1", "name": f"job {job}", "tasks": ["load"], "code": "RUN_EXECUTION_ERROR", "started": AT,
             "ended": AT, "owner": "ann", "cost": Decimal("1.50"), "repaired": False, "good_again": False,
             "workspace_url": "https://prod.cloud.databricks.com"}  # fmt: skip
    return usual | {"job_id": job, "run_id": run} | known


def waits(proposal_id: str, title: str, key: str) -> Proposed:
    return Proposed(proposal_id, title, "job.repair_run", key, "open")


def beside(*found: Proposed) -> dict[str, pd.DataFrame]:
    return {
        "next_runs": pd.DataFrame([("1", "7", NEXT)], columns=["workspace_id", "job_id", "next_run"]),
        "job_readers": rows(
            "pipelineops.job_readers", [{"workspace_id": "1", "job_id": "7", "readers": 3}]
        ).to_pandas(),
        "proposals": proposed(found),
    }


def test_each_run_has_what_somebody_on_call_asks_first() -> None:
    made = frame(QUERY, failure("7", "70", good_again=True, repaired=True), failure("8", "80", cost=None))
    of_run, of_job = waits("p1", "Repair it", "1/run/70"), waits("p2", "Pause it", "1/job/8")
    said = lately(made | beside(of_run, of_job, waits("p0", "An older one", "1/job/7")), LOOK)
    assert one(said, Finding).text == "2 runs failed in the last 24 hours; 1 of the jobs succeeded since"
    grid = one(said, Grid)
    assert tuple(grid.columns) == (*ORDER, "propose")
    assert seen(grid, "name", "run", "readers", "cost", "since", "proposal") == [
        ("job 7", "2 Nov 07:00", 3, 1.5, "repaired, good again", "Repair it"),
        ("job 8", "2 Nov 07:00", None, None, None, "Pause it"),
    ]
    assert [value and value.to_pydatetime() for value in grid.frame["next_run"].replace({pd.NaT: None})] == [NEXT, None]


def test_its_names_lead_to_the_job_the_run_the_proposal_and_the_error() -> None:
    made = frame(QUERY, failure("7", "70"), failure("8", "80", workspace_url=None))
    grid = one(lately(made | beside(waits("p1", "Repair it", "1/run/70")), LOOK), Grid)
    assert [grid.thing_at("run", row) for row in (0, 1)] == [Thing("run", "7/70", "1"), Thing("run", "8/80", "1")]
    assert grid.thing_at("name", 0) == Thing("job", "7", "1")
    assert [grid.thing_at("proposal", row) for row in (0, 1)] == [Thing("proposal", "p1"), None]
    assert seen(grid, "code link") == [("https://prod.cloud.databricks.com/jobs/7/runs/70?o=1",), (None,)]


def test_what_is_not_known_has_no_column() -> None:
    grid = one(failed_runs("7 days")(frame(QUERY, failure("7", "70")), LOOK), Grid)
    assert not {"next_run", "readers", "proposal"} & grid.columns.keys()
    empty = one(failed_runs("7 days")(frame(QUERY) | beside(), LOOK), Empty)
    assert empty.text == "No run failed in the last 7 days."


def test_two_runs_of_one_job_stay_two() -> None:
    made = frame(QUERY, failure("7", "71"), failure("7", "70"))
    grid = one(lately(made | beside(waits("p1", "Pause it", "1/job/7")), LOOK), Grid)
    assert list(grid.frame["run_id"]) == ["71", "70"] and list(grid.frame["proposal_id"]) == ["p1", "p1"]


def test_a_run_after_which_nothing_came_can_be_repaired() -> None:
    made = frame(QUERY, failure("7", "70"), failure("8", "80", good_again=True), failure("9", "90"))
    grid = one(lately(made | beside(waits("p1", "Repair it", "1/run/90")), LOOK), Grid)
    assert seen(grid, "name", "propose") == [("job 7", "Propose"), ("job 8", "–"), ("job 9", "–")]
    assert set(grid.frame["kind"]) == {"job.repair_run"}
    assert grid.thing_at(grid.proposes["propose"].about, 0) == Thing("run", "7/70", "1")
