"""DataOps: what its panels say, what they act on, and what their first row sums up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from agents.detectors.stalls import stalls
from components.graph.graph import Graph
from components.panels import checks, late_tables, table_use
from components.text.view_context import ViewContext
from components.tiles.summary import capital
from components.tiles.tile import Empty, Finding, Frames, Grid, Plot
from tests.agents.test_stalls import FAILS, table, writer
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
COUNTS = {"late": 3, "judged": 40, "unjudged": 2}


def stalled(*names: str, **stands: Any) -> Frames:
    """The frames of the late tables ``names``, the first one of a job that fails, each with more readers than the next."""
    rows = [
        table(name, hours=30.0 - at, readers=9 - at, habit=24.0, gaps=9, owner="ann@x", known_until=None)
        | COUNTS
        | {"late": len(names)}
        for at, name in enumerate(names)
    ]
    every = frame("dataops.freshness", *rows)["freshness"]
    return Frames({"freshness": every} | stalls(every, pd.DataFrame([writer() | FAILS | stands])))


def test_the_worst_late_table_is_the_title_with_its_lateness_and_its_readers_since() -> None:
    said, _, figure, grid = listed(late_tables.late_tables(stalled("main.s.a", "main.s.b"), LOOK))
    assert isinstance(said, Finding) and isinstance(figure, Plot) and isinstance(grid, Grid)
    assert said.text == "main.s.a is 1 d 6 h beyond its habit and 9 readers came since; 2 tables are late"
    assert grid.thing_at("cause", 0) == Thing("job", "10", "1")
    assert grid.frame["state"].tolist() == ["fails", "fails"]


@pytest.mark.parametrize(
    ("stands", "act", "about"),
    [
        ({}, "job.repair_run", Thing("run", "10/5", "1")),
        ({"failing_since": pd.NaT, "started": pd.Timestamp(2026, 11, 1, tz="UTC")}, "job.run_now", Thing("job", "10", "1")),
        ({"is_deleted": True}, "ticket.open", Thing("table", "main.s.a")),
        ({"writer_kind": "pipeline"}, "ticket.open", Thing("table", "main.s.a")),  # nobody knows the job
    ],
)  # fmt: skip
def test_a_button_proposes_what_fits_how_the_writer_stands(stands: Any, act: str, about: Thing) -> None:
    grid = one(late_tables.late_causes(stalled("main.s.a", **stands), LOOK), Grid)
    assert (grid.frame["act"].iloc[0], grid.thing_at("acts_on", 0)) == (act, about)


def test_the_graph_leads_from_the_cause_over_its_tables_to_who_came_since() -> None:
    names = [f"main.s.t{number}" for number in range(7)]
    graph = one(late_tables.late_causes(stalled(*names), LOOK), Graph)
    assert [node.label for node in graph.nodes] == ["load 10", "t0", "ann", "t1", "t2", "t3", "and 3 more"]
    assert [node.broken for node in graph.nodes] == [True, True, False, True, True, True, False]
    assert graph.nodes[0].detail.startswith("fails, since ") and graph.nodes[1].detail.startswith("late since ")
    assert graph.nodes[2].thing == Thing("principal", "ann") and graph.nodes[-1].thing is None
    assert [(one.start, one.end, one.broken) for one in graph.edges][:2] == [
        (graph.nodes[0].key, names[0], True),
        (names[0], graph.nodes[2].key, False),
    ]


def test_a_table_that_is_late_through_another_stands_behind_it() -> None:
    frames = stalled("main.s.a", "main.s.b")
    frames["late"] = frames["late"].assign(follows=["", "main.s.a"])
    graph = one(late_tables.late_causes(frames, LOOK), Graph)
    assert ("main.s.a", "main.s.b", True) in [(one.start, one.end, one.broken) for one in graph.edges]
    assert sum(one.end == "main.s.b" for one in graph.edges) == 1


def test_nothing_late_is_said_over_what_was_judged() -> None:
    every = frame("dataops.freshness", table("a", hours=None) | COUNTS)["freshness"]
    frames = Frames({"freshness": every} | stalls(every, pd.DataFrame([writer()])))
    for panel in (late_tables.late_tables, late_tables.late_causes):
        assert (
            one(panel(frames, LOOK), Empty).text
            == "No table of 40 with a habit is late; 2 have too few writes for one."
        )
    assert late_tables.late_said(frames, LOOK).tone == "ok"


def test_the_first_row_counts_people_once_and_names_the_cause_of_most() -> None:
    said = late_tables.late_said(stalled("a", "b", "c"), LOOK)
    assert (said.text, said.tone) == ("3 tables are late and 1 reader waits on them; load 10 explains 3", "act")


def checked(*days: dict[str, Any]) -> Frames:
    usual = {"table_name": "main.s.a", "check_name": "completeness", "scans": 2, "rows": 50, "low": 90, "high": 110}
    return Frames(frame("dataops.check_days", *(usual | {"watched": 80} | one for one in days)))


def test_a_check_that_fails_is_told_since_its_first_day_with_its_numbers() -> None:
    since = dt.date(2026, 11, 2)
    days = [
        {"day": dt.date(2026, 11, 1), "failed": 0, "state": "passed", "failing_since": since},
        {"day": since, "failed": 1, "state": "failed", "failing_since": since},
        {"day": dt.date(2026, 11, 3), "failed": 2, "state": "failed", "failing_since": since},
    ]
    said, figure, grid = listed(checks.check_days(checked(*days), LOOK))
    assert isinstance(said, Finding) and isinstance(figure, Plot) and isinstance(grid, Grid)
    assert said.text == "1 check fails of 80 watched tables; main.s.a has 50 rows of at least 90 since 2 Nov"
    hovers = [text for trace in figure.figure.data for text in trace["hovertext"]]
    assert any("1 of 2 scans failed; 50 rows, 90 to 110 expected" in text for text in hovers)
    assert grid.frame["act"].tolist() == ["quality.refresh"] and len(grid.frame) == 1


def test_a_check_that_passed_last_fails_no_longer() -> None:
    day = {"day": dt.date(2026, 11, 2), "failed": 1, "state": "failed", "failing_since": None}
    frames = checked(day)
    assert listed(checks.check_days(frames, LOOK))[0] == Finding(
        "No check fails now of 80 watched tables; 1 failed in 30 days", "ok"
    )
    assert checks.checks_said(frames, LOOK).tone == "ok"


def test_what_nobody_checks_is_weighed_by_its_reads_and_a_dashboard_counts_once() -> None:
    read = {"readers": 3, "reads": 45, "dashboards": 2, "monitor": "none"}
    rows = [
        {"table_name": "a", "fed": "1/d1,1/d2"} | read,
        {"table_name": "b", "fed": "1/d1"} | read | {"monitor": "could not look"},
        {"table_name": "c", "fed": None} | read | {"monitor": "scans it", "reads": 10},
    ]
    frames = Frames(frame("dataops.unwatched", *rows))
    said = listed(checks.unwatched(frames, LOOK))
    assert isinstance(said[0], Finding)
    assert said[0].text == "2 of the 3 most-read tables have no check; they are 90% of the reads and feed 2 dashboards"
    assert one(said, Grid).frame["table_name"].tolist() == ["a", "b"]


def test_a_schema_of_which_nothing_is_scanned_can_be_watched() -> None:
    read = {"readers": 3, "reads": 45, "dashboards": 2, "monitor": "none"}
    rows = [
        {"table_name": "main.dark.a"} | read,
        {"table_name": "main.dark.b"} | read,
        {"table_name": "main.seen.a"} | read,
        {"table_name": "main.seen.b"} | read | {"monitor": "scans it"},
        {"table_name": "main.lost.a"} | read | {"monitor": "could not look"},
    ]
    grid = one(listed(checks.unwatched(Frames(frame("dataops.unwatched", *rows)), LOOK)), Grid)
    assert grid.frame["watch"].tolist() == ["Watch schema", "Watch schema", None, None]
    assert grid.frame["propose"].tolist() == [None, None, "Propose", "Propose"]
    assert grid.frame["watch_act"].tolist() == ["monitor.enable"] * 4
    assert (
        grid.frame["watch_why"].iloc[0] == "2 tables of main.dark among the most-read ones, and no monitor scans any."
    )
    assert grid.thing_at("schema", 0) == Thing("schema", "main.dark")


def test_a_check_that_failed_in_the_last_week_and_passes_again_stands_after_those_that_fail() -> None:
    def day(table: str, number: int, state: str, since: dt.date | None = None) -> dict[str, Any]:
        known = {"table_name": table, "day": dt.date(2026, 11, number), "failed": int(state == "failed")}
        return known | {"state": state, "failing_since": since}

    begun = dt.date(2026, 11, 18)
    frames = checked(
        day("main.s.fails", 18, "failed", begun),
        *(day("main.s.back", number, "failed") for number in (17, 18)),
        day("main.s.back", 20, "passed"),
        day("main.s.long_ago", 13, "failed"),
    )
    _, _, grid = listed(checks.check_days(frames, LOOK))
    assert isinstance(grid, Grid)
    assert grid.frame[["table_name", "failed_from", "now"]].to_numpy().tolist() == [
        ["main.s.fails", begun, "fails"],
        ["main.s.back", dt.date(2026, 11, 17), "passes again"],
    ]


def test_what_is_gone_is_told_with_who_read_it() -> None:
    row = {"table_name": "main.s.t", "column_name": "amount", "jobs": 3, "dashboards": 1, "others": 0}
    rows = frame("dataops.gone_columns", row, row | {"column_name": "id"})
    said = one(table_use.gone_columns(rows, LOOK), Finding)
    assert said.text == "Column amount of main.s.t is gone; 3 jobs, 1 dashboard read it; 1 more"
    assert (said.text, said.tone) == (capital(table_use.gone_said(Frames(rows), LOOK).text), "act")
    assert table_use.gone_said(Frames(frame("dataops.gone_columns")), LOOK).tone == "ok"
