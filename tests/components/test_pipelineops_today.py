"""The first sentence of PipelineOps: the worst first, names with their things, absence only of whole answers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.panels.pipelineops_today import today
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Leading, Note
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
FAILED = "pipelineops.failed_lately"
LONG = "pipelineops.never_succeeded"
OWNERS = "pipelineops.job_owners"


def run(job: str, code: str | None, good: bool | None = None) -> dict[str, Any]:
    return {
        "workspace_id": "1",
        "job_id": job,
        "run_id": f"r{job}{code}",
        "name": job,
        "code": code,
        "good_again": good,
    }


def owned(name: str, why: str) -> dict[str, Any]:
    return {"workspace_id": "1", "job_id": name, "name": name, "why": why, "wrong": 3, "jobs": 40, "unknown": 0}


def drawn(*frames: dict[str, pd.DataFrame]) -> list[Any]:
    return listed(today(Frames({name: rows for part in frames for name, rows in part.items()}), LOOK))


def test_what_fails_for_days_comes_first_and_its_name_and_that_of_the_owned_are_things() -> None:
    said = drawn(
        frame(FAILED, run("a", "CLOUD_FAILURE"), run("b", "CLOUD_FAILURE"), run("c", "DRIVER_ERROR", True)),
        frame(
            LONG,
            {"workspace_id": "1", "job_id": "7", "name": "load", "days": 20.0},
            {"job_id": "8", "name": "x", "days": 2.0},
        ),
        frame(OWNERS, owned("old", "runs as somebody not seen"), owned("own", "runs as a person")),
    )
    title, rest = one(said, Finding), said[-1]
    assert isinstance(rest, Leading)
    assert title.text == "2 jobs have failed for more than a day, load for 20 d" and title.tone == "act"
    assert "3 runs failed in the last 24 hours, most by Cloud failure; 2 jobs have not succeeded since" in rest.text
    assert "1 job runs as somebody who is not seen, old first" in rest.text
    assert dict(rest.names) == {"load": Thing("job", "7", "1"), "old": Thing("job", "old", "1")}
    assert [lead.label for lead in rest.leads] == ["Failing", "Why it failed", "Owners"]


def test_runs_whose_jobs_are_well_again_are_no_alarm_and_persons_alone_are_counted() -> None:
    said = drawn(
        frame(FAILED, run("a", "CLOUD_FAILURE", True)),
        frame(LONG),
        frame(OWNERS, owned("own", "runs as a person")),
    )
    assert one(said, Finding).text == "1 run failed in the last 24 hours, and all of the jobs succeeded since"
    assert one(said, Finding).tone == "plain"
    assert (
        "3 of 40 jobs depend on a person; no job has been failing for more than a day"
        in one(said, Leading).text.lower()
    )


def test_what_could_not_be_asked_is_named() -> None:
    assert drawn() == [Note("Not known: runs that failed, jobs that fail on, who jobs depend on.", "unknown")]
    assert one(drawn(frame(FAILED)), Leading).text == "Not known: jobs that fail on, who jobs depend on."
