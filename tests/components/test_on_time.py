"""The heatmap of PipelineOps: a part of the jobs by name, and green runs that wrote nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
import streamlit as st

from components.panels.on_time import Part, on_time, on_time_of
from components.sections import heatmap_part
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Note, Plot
from tests.components.bodies import frame, listed, one
from tests.components.test_same_names import days

LOOK = ViewContext()
TWO = [("1", "7"), ("1", "8")]


def jobs(state: str = "met") -> dict[str, pd.DataFrame]:
    return days(("orders load", "Orders STORE"), TWO, state)


def rows_of(part: Part, frames: dict[str, pd.DataFrame]) -> list[str]:
    names: list[str] = one(on_time_of(part)(frames, LOOK), Plot).figure.to_dict()["layout"]["yaxis"]["ticktext"]
    return names


def test_jobs_are_found_by_every_word_in_any_case() -> None:
    assert len(rows_of(Part(), jobs())) == len(rows_of(Part("ORDERS"), jobs())) == 2
    assert rows_of(Part("store orders"), jobs()) == ["Orders STORE"]
    said = on_time_of(Part("nothing like it"))(jobs(), LOOK)
    assert one(said, Empty).text == "No job of 2 is called “nothing like it”."


def test_the_title_speaks_of_the_jobs_that_are_found() -> None:
    late = days(("load", "store"), TWO, "late")
    late["days"].loc[1, "state"] = "met"
    assert one(on_time(late, LOOK), Finding).text == "50% of 2 job days on time; load missed most, 1 day"
    assert one(on_time_of(Part("store"))(late, LOOK), Finding).text == "100% of 1 job day on time"


def test_the_title_says_how_many_days_are_of_today_which_is_not_over() -> None:
    two = days(("load", "store"), TWO, "met")
    newest = two["days"]["day"].max()
    assert one(on_time_of(Part(), newest)(two, LOOK), Finding).text == "100% of 2 job days (2 of today so far) on time"
    later = newest + dt.timedelta(days=1)
    assert one(on_time_of(Part(), later)(two, LOOK), Finding).text == "100% of 2 job days on time"


def empty_run(job: str, run: str = "9") -> dict[str, Any]:
    return {"workspace_id": "1", "job_id": job, "run_id": run}


def test_a_green_run_that_wrote_nothing_has_a_sign_of_its_own() -> None:
    nothing = frame("pipelineops.wrote_nothing", empty_run("7"), empty_run("8", "another run"))
    said = on_time(jobs() | nothing, LOOK)
    traces = {trace["name"]: trace for trace in one(said, Plot).figure.to_dict()["data"]}
    assert traces.keys() == {"met", "wrote nothing"}
    assert "it wrote no table" in traces["wrote nothing"]["hovertext"][0]
    assert traces["wrote nothing"]["customdata"] == [["run", "7/9", "1"]]
    assert any(
        note.text == "1 green run of 1 job wrote nothing, though the runs before wrote tables."
        for note in listed(said)
        if isinstance(note, Note)
    )
    assert one(said, Finding).text == "100% of 2 job days on time"  # the promise is kept all the same


def test_only_green_runs_write_nothing() -> None:
    nothing = frame("pipelineops.wrote_nothing", empty_run("7"))
    drawn = one(on_time(jobs("late") | nothing, LOOK), Plot)
    assert [trace["name"] for trace in drawn.figure.to_dict()["data"]] == ["late"]


def test_today_is_shaded() -> None:
    frames = jobs()
    today: dt.date = frames["days"]["day"].iloc[0]
    drawn = one(on_time_of(Part(), today)(frames, LOOK), Plot)
    assert len(drawn.figure.to_dict()["layout"]["shapes"]) == 1


@pytest.mark.parametrize(
    ("said", "part"),
    [({}, Part()), ({"jobs": "load", "part": "3"}, Part("load", 3)), ({"part": "0"}, Part()), ({"part": "x"}, Part()),
     ({"part": "9" * 40}, Part()), ({"part": "²"}, Part()), ({"jobs": "y" * 200}, Part("y" * 80))],
)  # fmt: skip
def test_nonsense_in_the_address_is_the_first_part(
    said: dict[str, str], part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "query_params", said)
    monkeypatch.setattr(st, "session_state", {})
    assert heatmap_part.chosen() == part
