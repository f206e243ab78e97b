"""What is said of the nights of a job on its own page: the same way as on PipelineOps, with what held it up."""

from __future__ import annotations

from typing import Any

from agents.detectors.night_habits import job_nights
from components.sections.thing_nights import nights
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Leading, Note, Plot
from tests.components.bodies import frame, listed, one
from tests.components.test_panels_night import chain, nightly, step
from things import Thing

LOOK = ViewContext()


def of(job: str, *rows: dict[str, Any]) -> Frames:
    asked = frame("pipelineops.night_steps", *rows)
    return Frames({**asked, "job_nights": job_nights(asked["night_steps"], "1", f"j-{job}")})


def test_the_title_says_how_many_nights_were_held_up_and_the_longest() -> None:
    rows = [*chain(-1, report=4.1), *chain(0)]
    said = one(nights(of("report", *rows), LOOK), Finding)
    # Of both nights an hour before clean, and 3 h before the report in one.
    assert said.text == "2 of 2 runs were held up for 15 m or more; longest 3 h before it, 20 Nov 07:00"
    grid = one(nights(of("report", *rows), LOOK), Grid)
    assert grid.frame["held"].tolist() == [3 * 3600, 3600]
    assert grid.frame["whole"].round().tolist() == [7 * 3600, 14760]
    assert grid.frame["by_name"].tolist() == ["report", "clean"] and grid.frame["by_table"].tolist() == [
        "m.s.clean",
        "m.s.ingest",
    ]
    assert grid.thing_at("run", 0) == Thing("run", "j-report/report0", "1")
    assert grid.thing_at("by_name", 1) == Thing("job", "j-clean", "1")
    leads = [body.leads for body in listed(nights(of("report", *rows), LOOK)) if isinstance(body, Leading)]
    assert [lead.view for lead in leads[0]] == ["Night"]


def test_it_is_the_way_that_pipelineops_tells() -> None:
    rows = [*chain(-1), *chain(0)]
    own, told = of("report", *rows)["job_nights"].iloc[0], nightly(*rows, find="report")["night"]
    last = told[told["is_target"]].iloc[0]
    assert own["waited"] == told.loc[told["is_way"], "waited"].sum() and own["earlier"] == last["earlier"]
    assert own["steps"] == told["is_way"].sum()


def test_bars_are_what_was_waited_and_what_was_worked() -> None:
    drawn = one(nights(of("report", *chain(0)), LOOK), Plot).figure.to_dict()
    assert {trace["name"]: list(trace["y"]) for trace in drawn["data"]} == {"worked": [3 * 3600], "waited": [4 * 3600]}


def test_a_short_wait_and_a_run_that_needs_nothing_are_said_so() -> None:
    short = [*step("ingest", 1, 2), *step("report", 2.1, 3, ("ingest", 2))]
    assert one(nights(of("report", *short), LOOK), Finding).text == "None of 1 run was held up for 15 m or more"
    alone = nights(of("ingest", *chain(0)), LOOK)
    assert one(alone, Finding).text == "None of 1 run waited for another run"
    assert one(alone, Note).text == "1 of them read or write paths that are no table's."


def test_what_still_runs_and_other_jobs_are_not_told_of() -> None:
    body = listed(nights(of("late", *step("late", 3, None), *chain(0)), LOOK))[0]
    assert body == Empty("0 runs of it ended in the last 7 days.")
