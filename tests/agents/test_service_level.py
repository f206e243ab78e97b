"""Met, late, failed or missing: worked out by hand, across a change to winter time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd
import pytest
from croniter import croniter

from agents.detectors.quartz import fire_times
from agents.detectors.service_level import error_budget, job_days


def utc(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("0 30 2 * * ?", "UTC", ["2026-11-20T02:30", "2026-11-21T02:30", "2026-11-22T02:30", "2026-11-23T02:30"]),
        # Quartz counts Sunday as 1, so 2-6 is Monday to Friday: the 20th is a Friday, the 23rd a Monday
        ("0 0 6 ? * 2-6", "UTC", ["2026-11-20T06:00", "2026-11-23T06:00"]),
        ("0 0 6 ? * MON-FRI *", "Europe/Berlin", ["2026-11-20T05:00", "2026-11-23T05:00"]),
        ("0 0 6 ? * 6L", "UTC", []),  # last Friday of November 2026 is the 27th
        ("0 0 6 ? * 1L", "UTC", []),  # last Sunday is the 29th
        ("0 0 6 L * ?", "UTC", []),
        ("30 15 6 21,23 NOV ?", "UTC", ["2026-11-21T06:15", "2026-11-23T06:15"]),
        ("0 0 0 ? * 2#4", "UTC", ["2026-11-23T00:00"]),  # fourth Monday
        ("0 0 6 * * ? 2027", "UTC", []),
        (
            "0 0 0/12 * * ?",
            "UTC",
            [
                "2026-11-20T00:00",
                "2026-11-20T12:00",
                "2026-11-21T00:00",
                "2026-11-21T12:00",
                "2026-11-22T00:00",
                "2026-11-22T12:00",
                "2026-11-23T00:00",
                "2026-11-23T12:00",
            ],
        ),
    ],
)
def test_quartz(expression: str, zone: str, expected: list[str]) -> None:
    found = fire_times(expression, zone, utc("2026-11-20").to_pydatetime(), utc("2026-11-24").to_pydatetime())
    assert [f"{at:%Y-%m-%dT%H:%M}" for at in found] == expected


@pytest.mark.parametrize(
    ("expression", "zone"),
    [("* *", "UTC"), ("0 0 99 * * ?", "UTC"), ("0 0 6 * * ?", "Nowhere/X")],
)
def test_unreadable_schedules_say_so(expression: str, zone: str) -> None:
    with pytest.raises(ValueError, match=r"Quartz|read schedule"):
        fire_times(expression, zone, utc("2026-11-20").to_pydatetime(), utc("2026-11-24").to_pydatetime())


def test_winter_time_moves_the_utc_instant() -> None:
    found = fire_times(
        "0 0 6 * * ?", "Europe/Berlin", utc("2026-10-24").to_pydatetime(), utc("2026-10-27").to_pydatetime()
    )
    assert [at.hour for at in found] == [4, 5, 5]  # summer time ends on 25 October 2026


def test_summer_time_skips_no_run() -> None:
    found = fire_times(
        "0 30 2 * * ?", "Europe/Berlin", utc("2026-03-28").to_pydatetime(), utc("2026-03-31").to_pydatetime()
    )
    assert [f"{at:%d %H:%M}" for at in found] == [
        "28 01:30",
        "29 01:30",
        "30 00:30",
    ]  # 02:30 does not exist on the 29th


def test_the_last_days_are_found_where_they_are() -> None:
    start, end = utc("2026-11-01").to_pydatetime(), utc("2026-12-01").to_pydatetime()
    assert [at.day for at in fire_times("0 0 6 ? * 6L", "UTC", start, end)] == [27]
    assert [at.day for at in fire_times("0 0 6 L * ?", "UTC", start, end)] == [30]


def test_going_through_the_days_gives_what_croniter_gives() -> None:
    start, end = utc("2026-01-01"), utc("2026-04-01")
    for expression in ("0 0/20 8-10 ? * MON-FRI", "0 5 */6 1-10 * ?", "0 0 23 ? * TUE#2", "15 30 4 * FEB,MAR ?"):
        walk = croniter(expression, start.to_pydatetime() - dt.timedelta(seconds=1), second_at_beginning=True)
        walked = []
        while (at := walk.get_next(dt.datetime)) < end.to_pydatetime():
            walked.append(at)
        assert list(fire_times(expression, "UTC", start.to_pydatetime(), end.to_pydatetime())) == walked


NONE: Mapping[str, object] = MappingProxyType({})
RUNS = pd.DataFrame(
    [
        ("1", "10", "a", "2026-11-20T05:00", "2026-11-20T05:40", "SUCCEEDED"),  # due 06:00: met
        ("1", "10", "b", "2026-11-21T05:02", "2026-11-21T06:10", "SUCCEEDED"),  # 10 minutes late
        ("1", "10", "c", "2026-11-22T05:00", "2026-11-22T05:20", "FAILED"),
        ("1", "10", "e", "2026-11-24T05:00", None, None),  # still running at 05:30: pending
        ("2", "10", "z", "2026-11-23T05:00", "2026-11-23T05:10", "SUCCEEDED"),  # same id, other workspace
    ],
    columns=["workspace_id", "job_id", "run_id", "started", "ended", "result_state"],
).assign(started=lambda f: pd.to_datetime(f.started, utc=True), ended=lambda f: pd.to_datetime(f.ended, utc=True))

SCHEDULE = {
    "workspace_id": "1",
    "job_id": "10",
    "name": "load",
    "quartz": "0 0 6 * * ?",
    "zone": "Europe/Berlin",
    "paused": False,
    "since": pd.NaT,
    "deleted": pd.NaT,
}
DEADLINE = {
    "workspace_id": "1",
    "job_id": "10",
    "due_time": "07:00",
    "zone": "Europe/Berlin",
    "seconds": 0.0,
    "source": "declared",
}


def days_of(
    schedule: Mapping[str, object] = NONE, deadline: Mapping[str, object] = NONE, now: str = "2026-11-24T05:30"
) -> pd.DataFrame:
    return job_days(
        RUNS,
        pd.DataFrame([{**SCHEDULE, **schedule}]),
        pd.DataFrame([{**DEADLINE, **deadline}]),
        utc("2026-11-20").to_pydatetime(),
        utc("2026-11-25").to_pydatetime(),
        utc(now).to_pydatetime(),
    )


def test_a_week_of_one_job() -> None:
    days = days_of()
    assert days.state.tolist() == ["met", "late", "failed", "missing", "pending"]
    assert days.minutes_late.round(1).tolist()[:2] == [-20.0, 10.0]
    assert days.run_id.fillna("none").tolist() == ["a", "b", "c", "none", "e"]


def test_a_run_that_is_not_done_at_its_deadline_is_late() -> None:
    assert days_of(now="2026-11-24T06:00").state.tolist()[-1] == "late"


def test_paused_and_deleted_schedules_promise_nothing_more() -> None:
    assert days_of(schedule={"paused": True}).empty
    assert days_of(schedule={"deleted": utc("2026-11-22")}).state.tolist() == ["met", "late"]
    assert days_of(schedule={"since": utc("2026-11-23T12:00")}).state.tolist() == ["pending"]


def test_a_learned_deadline_counts_from_the_fire_time() -> None:
    days = days_of(deadline={"due_time": "", "seconds": 1800.0, "source": "learned"})
    # due 05:30 UTC: 05:40 is late; at 05:30 the running one is late too
    assert days.state.tolist() == ["late", "late", "failed", "missing", "late"]
    assert set(days.source) == {"learned"}


def test_an_unreadable_schedule_is_said_and_judges_nothing() -> None:
    days = days_of(schedule={"quartz": "nonsense"})
    assert days.state.tolist() == ["schedule not understood"] * 5
    assert error_budget(days, target=0.95).empty


def test_error_budget_by_hand() -> None:
    budget = error_budget(days_of(), target=0.75).iloc[0]
    # 4 judged days, 1 kept: 3 missed; allowed 4 x 0.25 = 1
    assert (budget.promised, budget.kept, budget.missed) == (4, 1, 3)
    assert (budget.allowed, budget.left, budget.burnt) == (1.0, -2.0, 3.0)
