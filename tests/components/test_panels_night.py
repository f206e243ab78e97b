"""PipelineOps: the way of a night and what on it is waiting; which run is told of; where a schedule could begin sooner."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from agents.detectors.night_frames import night_frames
from components.panels.night import night
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
DAY = pd.Timestamp(2026, 11, 20, tz="UTC")
THAT = DAY.date()


def step(
    name: str, begin: float, end: float | None, *needs: tuple[str, float], day: int = 0, **known: Any
) -> list[dict[str, Any]]:
    """The rows of a run from ``begin`` to ``end`` (hours), which read what runs called so had written at such hours."""
    at = DAY + pd.Timedelta(days=day)
    usual: dict[str, Any] = {
        "name": name, "started": at + pd.Timedelta(hours=begin), "ended": None if end is None else at + pd.Timedelta(hours=end),
        "state": "SUCCEEDED", "trigger_type": "CRON", "runner_kind": "job", "workspace_id": "1", "runner_id": f"j-{name}",
        "run_id": f"{name}{day}", "tables": 1, "reads": len(needs), "by_path": 0, "writes": [f"m.s.{name}"], "owner": f"{name}@x",
    }  # fmt: skip
    read = [
        {
            "table_name": f"m.s.{who}",
            "wrote_at": at + pd.Timedelta(hours=hour),
            "writer_kind": "job",
            "writer_workspace": "1",
            "writer_id": f"j-{who}",
            "writer_run": f"{who}{day}",
        }
        for who, hour in needs
    ]
    return [usual | one | known for one in read or [{}]]


def chain(day: int = 0, report: float = 7.0) -> list[dict[str, Any]]:
    """ingest 1-2 > clean 3-4 > report 7-8, which also reads prices of 0.5."""
    return [
        *step("ingest", 1, 2, day=day, by_path=1),
        *step("prices", 0, 0.5, day=day),
        *step("clean", 3, 4, ("ingest", 2), day=day),
        *step("report", report, report + 1, ("clean", 4), ("prices", 0.5), day=day),
    ]


def nightly(
    *rows: dict[str, Any],
    find: str = "",
    day: dt.date | None = THAT,
    promised: set[tuple[str, str]] | None = None,
) -> Frames:
    asked = frame("pipelineops.night_steps", *rows)
    return Frames({**asked, **night_frames(asked["night_steps"], find, day, promised or set())})


def test_the_title_says_how_much_was_waiting_and_before_whom() -> None:
    said = night(nightly(*chain()), LOOK)
    # 7 h from the begin of ingest to the end of report: 1 h and 3 h of it waiting.
    assert one(said, Finding).text == "57% of the 7 h until report was done was waiting, 3 h before it"
    assert one(said, Finding).tone == "watch"
    first, lacking = [body.text for body in listed(said) if type(body) is Note]
    assert first.startswith("3 runs one after the other.") and "4 h sooner" in first
    assert lacking.startswith("1 of 3 runs on the way read or write paths")
    grid = one(said, Grid)
    assert grid.frame["name"].tolist() == ["ingest", "clean", "report", "prices"]
    assert grid.frame["slack"].tolist() == [4 * 3600, 3 * 3600, 0, 6.5 * 3600]
    assert grid.frame["hands_on"].tolist()[:2] == ["m.s.ingest", "m.s.clean"]
    assert grid.thing_at("run", 0) == Thing("run", "j-ingest/ingest0", "1")
    assert grid.thing_at("name", 2) == Thing("job", "j-report", "1")


def test_the_picture_has_the_way_and_what_stands_beside_it() -> None:
    plot = one(night(nightly(*chain()), LOOK), Plot)
    drawn = {trace["name"]: trace for trace in plot.figure.to_dict()["data"]}
    assert {name: len(trace["x"]) for name, trace in drawn.items()} == {"waited": 2, "on the way": 3, "needed too": 1}
    assert drawn["on the way"]["customdata"][0] == ["job", "j-ingest", "1"] and plot.on_click is not None


@pytest.mark.parametrize(
    ("find", "last"),
    [("clean", "clean"), ("m.s.ingest", "ingest"), ("REP", "report"), ("", "report"), ("s.price", "prices")],
)
def test_a_job_or_a_table_that_it_wrote_is_found(find: str, last: str) -> None:
    rows = nightly(*chain(), find=find)["night"]
    assert rows[rows["is_target"]]["name"].tolist() == [last]


def test_what_is_promised_goes_before_a_longer_way() -> None:
    rows = nightly(*chain(), promised={("1", "j-clean")})["night"]
    assert rows[rows["is_target"]]["name"].tolist() == ["clean"]


def test_a_run_of_another_night_or_that_still_runs_is_not_told_of() -> None:
    rows = [*chain(day=-1), *step("clean", 3, None, ("ingest", 2))]
    said = night(nightly(*rows), LOOK)
    assert "None of 5 runs" in one(said, Empty).text


def test_what_began_more_than_a_day_before_is_of_another_night() -> None:
    rows = nightly(*step("old", -20, -19), *step("clean", -1, 0, ("old", -19)), *step("report", 5, 6, ("clean", 0)))[
        "night"
    ]
    assert rows["name"].tolist() == ["clean", "report"]


def test_without_a_day_the_newest_24_hours_count() -> None:
    rows = nightly(*chain(day=-2), *chain(day=-1), day=None)["night"]
    assert rows[rows["is_target"]]["run_id"].tolist() == ["report-1"]


def test_who_needs_nothing_waited_for_none() -> None:
    said = night(nightly(*chain(), find="prices"), LOOK)
    assert one(said, Finding).text == "prices waited for 0 other runs: it was done at 20 Nov 00:30"


def test_a_schedule_that_could_begin_sooner_in_every_night_is_offered_to_its_owner() -> None:
    rows = [row for day, report in ((-2, 6.0), (-1, 5.0), (0, 7.0)) for row in chain(day, report)]
    grid = one(night(nightly(*rows), LOOK), Grid)
    acts = dict(zip(grid.frame["name"], grid.frame["act"], strict=True))
    assert acts == {"ingest": "", "clean": "notify.owner", "report": "notify.owner", "prices": ""}
    text = grid.frame["params"].tolist()[2]["text"]
    assert "at least 1 h before its schedule began it, in each of 3 runs" in text and "before 20 Nov 07:00 3 h" in text


def test_of_two_nights_or_without_a_schedule_nothing_is_offered() -> None:
    rows = [row for day in (-1, 0) for row in chain(day)]
    assert set(one(night(nightly(*rows), LOOK), Grid).frame["act"]) == {""}
    rows = [row | {"trigger_type": "TABLE"} for day in (-2, -1, 0) for row in chain(day)]
    assert set(one(night(nightly(*rows), LOOK), Grid).frame["act"]) == {""}
