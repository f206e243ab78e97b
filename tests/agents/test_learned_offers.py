"""Learned deadlines as they could be declared: worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from agents.pipelineops.learned_offers import learned_offers
from tests.components.bodies import frame

NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)  # a Friday
HOURS = 3600


def plan(job: str, quartz: str | None, **more: Any) -> dict[str, Any]:
    row = {"workspace_id": "1", "job_id": job, "name": f"job {job}", "quartz": quartz, "zone": "Europe/Berlin"}
    return row | {"since": NOW - dt.timedelta(days=90)} | more


def offered(*plans: dict[str, Any], seconds: float = 2 * HOURS, declared: str = "") -> list[tuple[str, str, str]]:
    learned = pd.DataFrame(
        [("1", str(one["job_id"]), [f"2026-11-16 {seconds:.0f}"]) for one in plans],
        columns=["workspace_id", "job_id", "weeks"],
    )
    known = frame("pipelineops.job_schedules", *plans)["job_schedules"]
    found = learned_offers(known, learned, {("1", declared)} if declared else set(), NOW)
    return list(zip(found["job_id"], found["due_time"], found["zone"], strict=True))


def test_a_daily_job_is_due_so_long_after_its_start_on_the_clock_of_its_zone() -> None:
    assert offered(plan("7", "0 30 4 * * ?")) == [("7", "06:30", "Europe/Berlin")]  # 04:30 and two hours
    assert offered(plan("7", "0 30 4 * * ?", zone=None)) == [("7", "06:30", "UTC")]
    assert offered(plan("7", "0 30 23 * * ?")) == [("7", "01:30", "Europe/Berlin")]  # of the next day
    assert offered(plan("7", "0 15 9 ? * SUN")) == [("7", "11:15", "Europe/Berlin")]  # once a week


def test_it_is_rounded_up_to_five_minutes() -> None:
    assert offered(plan("7", "0 30 4 * * ?"), seconds=2 * HOURS + 1)[0][1] == "06:35"
    assert offered(plan("7", "0 30 4 * * ?"), seconds=2 * HOURS + 300)[0][1] == "06:35"


def test_what_one_time_of_day_cannot_say_is_not_offered() -> None:
    assert offered(plan("7", "0 0 0/4 * * ?")) == []  # six times a day
    assert offered(plan("7", "0 30 4 * * ?"), seconds=24 * HOURS) == []
    assert offered(plan("7", "nonsense")) == offered(plan("7", None)) == []


def test_only_living_jobs_without_a_declared_one_are_offered() -> None:
    ended = NOW - dt.timedelta(days=1)
    for gone in ({"paused": True}, {"until": ended}, {"deleted": ended}):
        assert offered(plan("7", "0 30 4 * * ?", **gone)) == []
    assert offered(plan("7", "0 30 4 * * ?"), plan("8", "0 30 4 * * ?"), declared="7") == [
        ("8", "06:30", "Europe/Berlin")
    ]


def test_a_habit_of_long_ago_is_none() -> None:
    learned = pd.DataFrame([("1", "7", ["2026-06-01 60"])], columns=["workspace_id", "job_id", "weeks"])
    known = frame("pipelineops.job_schedules", plan("7", "0 30 4 * * ?"))["job_schedules"]
    assert learned_offers(known, learned, set(), NOW).empty
