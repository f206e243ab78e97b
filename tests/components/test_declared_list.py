"""The list of what is declared."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from approvals.deciding import deadlines
from components.panels.declared import declared
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid
from tests.components.bodies import frame, one, seen
from things import Thing

LOOK = ViewContext(zone="Europe/Berlin")
AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def shown(*rows: deadlines.Deadline) -> Any:
    jobs = [{"workspace_id": "1", "job_id": job, "name": f"load {job}"} for job in ("7", "8")]
    listed = pd.DataFrame([vars(row) for row in rows], columns=deadlines.NONE.columns)
    return declared(frame("pipelineops.job_schedules", *jobs) | {"declared": listed}, LOOK)


def test_each_has_its_job_its_time_and_who_declared_it() -> None:
    by = "pip@example.com"
    said = shown(
        deadlines.Deadline("1", "8", "06:30", "Europe/Berlin", by, AT),
        deadlines.Deadline("1", "7", "23:00", "UTC", by, AT - dt.timedelta(days=1)),
        deadlines.Deadline("1", "99", "05:00", "UTC", by, AT),  # a job that the tables no longer know
    )
    grid = one(said, Grid)
    assert seen(grid, "name", "due_time", "zone") == [
        ("99", "05:00", "UTC"), ("load 7", "23:00", "UTC"), ("load 8", "06:30", "Europe/Berlin"),
    ]  # fmt: skip
    assert one(said, Finding).text == "3 jobs have declared deadlines, the newest of 20 Nov 10:00"
    assert grid.thing_at("name", 2) == Thing("job", "8", "1")
    assert grid.thing_at("declared_by", 0) == Thing("principal", by)


def test_none_is_said() -> None:
    assert one(shown(), Empty).text == "0 of 2 jobs have a declared deadline: each is judged by its habit."
