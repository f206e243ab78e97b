"""Windows and freezes on the wall clock, through both changes of the clock, and from calendar files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from approvals.policy import policy
from approvals.policy.calendar_file import BadCalendar, read_calendar
from approvals.policy.facts import Facts
from approvals.policy.policy_file import PolicyError, load
from approvals.policy.spans import Span, readings
from approvals.policy.windows import Window, next_free, next_span, open_at, standing
from tests.approvals import golden

BERLIN = "Europe/Berlin"
# In Berlin the clock went from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC, and from 03:00 back to 02:00 on 2026-10-25.


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def window(effect: str, cron: str, duration: str, zone: str = BERLIN, **more: Any) -> Window:
    return Window(**{"id": "w", "effect": effect, "cron": cron, "duration": duration, "zone": zone, "why": "w"} | more)


def span(start: str, end: str) -> Span:
    return Span(start=utc(start), end=utc(end), name="w")


def facts(**changes: Any) -> Facts:
    made: Facts = golden.facts(policy, **changes)
    return made


WALL = [
    # effect, cron, duration, a moment inside (UTC), the span (UTC)
    ("deny", "0 0 * * sat", "48h", "2026-11-28T12:00", "2026-11-27T23:00", "2026-11-29T23:00"),
    ("deny", "0 0 * * sat", "48h", "2026-07-04T12:00", "2026-07-03T22:00", "2026-07-05T22:00"),
    # the weekend is 47 hours in spring and 49 in autumn
    ("deny", "0 0 * * sat", "48h", "2026-03-28T12:00", "2026-03-27T23:00", "2026-03-29T22:00"),
    ("deny", "0 0 * * sat", "48h", "2026-10-24T12:00", "2026-10-23T22:00", "2026-10-25T23:00"),
    # begins in the hour that is skipped: at the skip
    ("deny", "30 2 * * *", "2h", "2026-03-29T01:30", "2026-03-29T01:00", "2026-03-29T02:30"),
    ("allow", "30 2 * * *", "2h", "2026-03-29T01:30", "2026-03-29T01:00", "2026-03-29T02:30"),
    # ends in it
    ("deny", "0 1 * * *", "90m", "2026-03-29T00:30", "2026-03-29T00:00", "2026-03-29T01:00"),
    ("allow", "0 1 * * *", "90m", "2026-03-29T00:30", "2026-03-29T00:00", "2026-03-29T01:00"),
    # ends in the hour that is shown twice: a freeze the second time, an allow window the first time
    ("deny", "0 1 * * *", "90m", "2026-10-25T00:30", "2026-10-24T23:00", "2026-10-25T01:30"),
    ("allow", "0 1 * * *", "90m", "2026-10-25T00:15", "2026-10-24T23:00", "2026-10-25T00:30"),
    # begins in it
    ("deny", "30 2 * * *", "2h", "2026-10-25T01:00", "2026-10-25T00:30", "2026-10-25T03:30"),
    ("allow", "30 2 * * *", "2h", "2026-10-25T02:00", "2026-10-25T01:30", "2026-10-25T03:30"),
    # lies within it
    ("deny", "0 2 * * *", "30m", "2026-10-25T00:45", "2026-10-25T00:00", "2026-10-25T01:30"),
    ("allow", "0 2 * * *", "30m", "2026-10-25T00:15", "2026-10-25T00:00", "2026-10-25T00:30"),
    # the last day of the month, a leap day
    ("deny", "0 18 L * *", "72h", "2026-12-02T00:00", "2026-11-30T17:00", "2026-12-03T17:00"),
    ("deny", "0 0 29 2 *", "24h", "2028-02-29T12:00", "2028-02-28T23:00", "2028-02-29T23:00"),
]  # fmt: skip


@pytest.mark.parametrize(("effect", "cron", "duration", "at", "start", "end"), WALL)
def test_a_window_is_read_from_the_wall_clock(
    effect: str, cron: str, duration: str, at: str, start: str, end: str
) -> None:
    one, expected = window(effect, cron, duration), span(start, end)
    assert open_at(one, utc(at)) == expected
    assert open_at(one, expected.start) == expected
    assert open_at(one, expected.end) is None
    assert open_at(one, expected.start - dt.timedelta(seconds=1)) is None
    assert next_span(one, expected.start - dt.timedelta(seconds=1)) == expected


def test_a_window_within_the_hour_that_is_skipped_does_not_take_place() -> None:
    for effect in ("deny", "allow"):
        one = window(effect, "15 2 * * *", "30m")
        assert next_span(one, utc("2026-03-28T12:00")) == span("2026-03-30T00:15", "2026-03-30T00:45")
        assert not any(
            open_at(one, utc(f"2026-03-29T0{hour}:{half}")) for hour in range(3) for half in ("00", "20", "30")
        )


@pytest.mark.parametrize("zone", [BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
def test_readings_are_what_the_clock_shows(zone: str) -> None:
    """Through a year in steps of half an hour: a moment is among the readings of its own wall time; a wall time that is
    never shown is read as a moment at which the clock jumps over it."""
    place = ZoneInfo(zone)
    moment, end = utc("2026-01-01"), utc("2027-01-01")
    while moment < end:
        wall = moment.astimezone(place).replace(tzinfo=None)
        first, last = readings(wall, place)
        assert moment in (first, last)
        moment += dt.timedelta(minutes=30)
    wall, last_day = dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)
    while wall < last_day:
        first, last = readings(wall, place)
        assert first <= last
        if first.astimezone(place).replace(tzinfo=None) != wall:
            assert first == last
            assert (first - dt.timedelta(seconds=1)).astimezone(place).replace(tzinfo=None) < wall
            assert first.astimezone(place).replace(tzinfo=None) > wall
        wall += dt.timedelta(minutes=30)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1), timezones=st.just(dt.UTC)),
    st.sampled_from(["0 * * * *", "30 1 * * *", "15 2 * * sun", "*/10 2 * * *", "0 0 * * sat", "0 18 L * *"]),
    st.sampled_from(["10m", "1h", "90m", "6h", "48h"]),
    st.sampled_from(["deny", "allow"]),
)
def test_the_span_a_moment_lies_in_holds_it_and_the_next_one_comes_later(
    at: dt.datetime, cron: str, duration: str, effect: str
) -> None:
    one = window(effect, cron, duration)
    now, later = open_at(one, at), next_span(one, at)
    assert now is None or now.start <= at < now.end
    assert later is not None and later.start > at
    assert open_at(one, later.start) is not None
    quiet = next_free([window("deny", cron, duration)], facts(), 1, at)
    assert quiet is None or not open_at(window("deny", cron, duration), quiet)


def test_deny_beats_allow_and_an_allow_window_closes_all_other_times() -> None:
    night, freeze = window("allow", "0 22 * * *", "8h", id="n"), window("deny", "0 0 * * sat", "48h", id="f")
    both, at = (night, freeze), facts(risk=2)
    assert standing(both, at, 2, utc("2026-11-25T22:00")) == ()
    closed = standing(both, at, 2, utc("2026-11-25T12:00"))
    assert [(hold.name, hold.until) for hold in closed] == [("window", utc("2026-11-25T21:00"))]
    frozen = standing(both, at, 2, utc("2026-11-27T23:30"))  # Saturday 00:30 in Berlin, in the night
    assert [(hold.name, hold.until) for hold in frozen] == [("freeze", utc("2026-11-29T23:00"))]
    assert next_free(both, at, 2, utc("2026-11-28T12:00")) == utc("2026-11-29T23:00")  # then the night is open
    assert next_free(both, at, 2, utc("2026-11-30T12:00")) == utc("2026-11-30T21:00")
    late = (window("allow", "0 9 * * *", "1h"), freeze)
    assert next_free(late, at, 2, utc("2026-11-27T22:00")) == utc("2026-11-30T08:00")


def test_two_allow_windows_are_both_open_doors() -> None:
    two = (window("allow", "0 1 * * *", "1h", "UTC", id="a"), window("allow", "0 5 * * *", "1h", "UTC", id="b"))
    assert standing(two, facts(), 1, utc("2026-11-25T05:30")) == ()
    assert next_free(two, facts(), 1, utc("2026-11-25T03:00")) == utc("2026-11-25T05:00")
    assert next_free(two, facts(), 1, utc("2026-11-25T07:00")) == utc("2026-11-26T01:00")


def test_where_no_time_is_ever_free_there_is_no_next_start() -> None:
    always = (window("deny", "0 0 * * *", "24h", "UTC"),)
    assert next_free(always, facts(), 1, utc("2026-11-25T03:00")) is None
    never = (window("allow", "0 9 * * *", "1h"), window("deny", "0 0 * * *", "24h"))
    assert next_free(never, facts(), 1, utc("2026-11-25T03:00")) is None


def test_what_has_started_may_overrun_a_window_that_says_so() -> None:
    at = utc("2026-11-28T12:00")
    strict, easy = window("deny", "0 0 * * sat", "48h"), window("deny", "0 0 * * sat", "48h", overrun=True)
    assert len(standing((strict,), facts(), 1, at, started=True)) == 1
    assert standing((easy,), facts(), 1, at, started=True) == ()
    assert len(standing((easy,), facts(), 1, at)) == 1


@pytest.mark.parametrize(
    ("when", "changes", "hit"),
    [
        ({"kind": "job.*"}, {"kind": "job.run_now"}, True),
        ({"kind": "job.*"}, {"kind": "jobs.run_now"}, False),
        ({"kind": ["a", "JOB.*"]}, {"kind": "job.run_now"}, True),
        ({"workspace": "42"}, {"workspace_id": "42"}, True),
        ({"workspace": "42"}, {"workspace_id": "421"}, False),
        ({"agent": "fin.*"}, {"agent_id": "fin.idle"}, True),
        ({"agent": "fin.*"}, {"agent_id": "ops"}, False),
        ({"dimension": "finops"}, {"dimension": "finops"}, True),
        ({"dimension": ["finops", "mlops"]}, {"dimension": "infraops"}, False),
        ({"env": "prod"}, {"env": "unknown"}, True),
        ({"env": "prod"}, {"env": "dev"}, False),
        ({"tags": {"Cost_Center": ["cc-1*", "x"]}}, {"tags": {"cost_center ": "CC-140 "}}, True),
        ({"tags": {"cost_center": "cc-1*"}}, {"tags": {"cost_center": "cc-2"}}, False),
        ({"tags": {"a": "*", "b": "*"}}, {"tags": {"a": "1"}}, False),
        ({"tags": {"a": "1"}}, {"tags": {"A": "2", "a ": "1"}}, True),
        ({"by": "person"}, {}, False),
        ({"by": "person"}, {"proposed_by_person": True}, True),
        ({"by": "agent"}, {"proposed_by_person": True}, False),
        ({"undo": "within_plan"}, {"undo": "other"}, False),
        ({"undo": "within_plan"}, {}, False),
        ({"coverage": ["none", "partial"]}, {"coverage": "none"}, True),
        ({"reversibility": "none"}, {"reversibility": "auto"}, False),
        ({"governance": True}, {"dimension": "governanceops"}, True),
        ({"governance": False}, {"env": "governance"}, False),
        ({"message": True}, {"base_risk": 0}, True),
        ({"services_hit": False}, {"services_hit": True}, False),
        ({"impact_stop": True}, {}, False),
        ({"kind": "cluster.*", "env": "dev"}, {"env": "prod"}, False),
        ([{"kind": "x"}, {"env": "prod"}], {}, True),
        ([], {}, True),
    ],
)  # fmt: skip
def test_a_window_is_about_what_its_selectors_say(when: Any, changes: dict[str, Any], hit: bool) -> None:
    one = window("deny", "0 0 * * *", "24h", "UTC", when=when)
    assert bool(standing((one,), facts(**changes), 1, utc("2026-11-25T12:00"))) is hit


def test_messages_are_left_alone_unless_a_window_says_otherwise() -> None:
    at = utc("2026-11-25T12:00")
    assert standing((window("deny", "0 0 * * *", "24h"),), facts(risk=0, base_risk=0), 0, at) == ()
    assert len(standing((window("deny", "0 0 * * *", "24h", risk_from=0),), facts(risk=0, base_risk=0), 0, at)) == 1
    assert standing((window("deny", "0 0 * * *", "24h", risk_from=3),), facts(), 2, at) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "CEST?"}, {"cron": ""}, {"cron": "0 0 * *"}, {"cron": "0 0 * * * *"}, {"cron": "H 0 * * *"},
        {"cron": "@daily"}, {"cron": "61 0 * * *"}, {"cron": "0 0 31 2 *"}, {"duration": "0s"}, {"duration": "32d"},
        {"duration": "1 h"}, {"ics": "x.ics"}, {"effect": "maybe"}, {"risk_from": 5}, {"risk_from": True}, {"color": "red"},
    ],
)  # fmt: skip
def test_a_window_that_cannot_be_kept_is_refused(wrong: dict[str, Any]) -> None:
    window("deny", "0 0 * * *", "1h")
    with pytest.raises(ValidationError):
        window(**{"effect": "deny", "cron": "0 0 * * *", "duration": "1h"} | wrong)


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Year-end\\, all
  systems
DTSTART;TZID=Europe/Berlin:20261223T180000
DTEND;TZID="Europe/Berlin":20270104T060000
BEGIN:VALARM
DTSTART:20200101T000000Z
END:VALARM
END:VEVENT
BEGIN:VEVENT
SUMMARY:Audit
DTSTART:20261201T080000Z
DTEND:20261201T100000Z
END:VEVENT
BEGIN:VEVENT
SUMMARY:Holiday
DTSTART;VALUE=DATE:20261025
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260328
DTEND;VALUE=DATE:20260330
END:VEVENT
BEGIN:VEVENT
SUMMARY:Floating
DTSTART:20260701T120000
DURATION:P1DT2H
END:VEVENT
BEGIN:VEVENT
STATUS:CANCELLED
DTSTART:20260801T120000Z
DTEND:20260901T120000Z
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("text", [CALENDAR, CALENDAR.replace("\n", "\r\n"), "\ufeff" + CALENDAR])
def test_a_calendar_file_is_read(text: str) -> None:
    assert read_calendar(text, BERLIN)[0] == (
        Span(start=utc("2026-03-27T23:00"), end=utc("2026-03-29T22:00"), name=""),
        Span(start=utc("2026-07-01T10:00"), end=utc("2026-07-02T12:00"), name="Floating"),
        Span(start=utc("2026-10-24T22:00"), end=utc("2026-10-25T23:00"), name="Holiday"),
        Span(start=utc("2026-12-01T08:00"), end=utc("2026-12-01T10:00"), name="Audit"),
        Span(start=utc("2026-12-23T17:00"), end=utc("2027-01-04T05:00"), name="Year-end, all systems"),
    )


def test_the_hour_shown_twice_belongs_to_a_freeze_both_times() -> None:
    text = "BEGIN:VEVENT\nDTSTART:20261025T021500\nDTEND:20261025T024500\nEND:VEVENT\n"
    assert read_calendar(text, BERLIN)[0] == (Span(start=utc("2026-10-25T00:15"), end=utc("2026-10-25T01:45")),)


@pytest.mark.parametrize(
    ("good", "bad", "line"),
    [
        ("DTSTART:20261201T080000Z", "DTSTART:20261201T080000Z\nRRULE:FREQ=HOURLY", 21),
        ("DTSTART:20261201T080000Z", "RECURRENCE-ID:20261201T080000Z", 20),
        ("DTSTART:20261201T080000Z", "X-NOTHING:1", 18),
        ("DTSTART:20261201T080000Z", "DTSTART:2026-12-01", 20),
        ("DTSTART:20261201T080000Z", "DTSTART:20261301T080000Z", 20),
        ("DTEND:20261201T100000Z", "DTEND:20261201T080000Z", 18),
        ("DTEND:20261201T100000Z", "X:1", 18),
        ("DTSTART;TZID=Europe/Berlin:20261223", "DTSTART;TZID=Mars/Base:20261223", 12),
        ("DURATION:P1DT2H", "DURATION:P", 34),
        ("DURATION:P1DT2H", "DURATION:-P1D", 34),
        ("SUMMARY:Audit", "Audit", 19),
        ("END:VALARM", "END:VEVENT", 16),
        ("END:VCALENDAR\n", "", 40),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_read_in_full_is_refused(good: str, bad: str, line: int) -> None:
    assert CALENDAR.count(good) == 1
    with pytest.raises(BadCalendar) as refused:
        read_calendar(CALENDAR.replace(good, bad), BERLIN)
    assert refused.value.line == line


def test_a_policy_takes_freezes_from_the_calendar_beside_it(tmp_path: Path) -> None:
    text = (
        golden.FILE.read_text()
        .replace('cron: "0 0 * * sat"\n    duration: 48h', "ics: freezes.ics")
        .replace("    risk_from: 3\n    when: {env: [prod, governance]}\n    overrun", "    overrun")
    )
    (tmp_path / "p.yaml").write_text(text)
    (tmp_path / "freezes.ics").write_text(CALENDAR)
    read = load(tmp_path / "p.yaml")
    said = policy.decide(facts(), read, utc("2026-12-24T12:00"))
    assert said.requirement.seats[-1].groups == ("freeze-approvers",)
    assert (
        said.reasons[-1]
        == "It would not start now. Weekend: Year-end, all systems until 2027-01-04 06:00 Europe/Berlin."
    )
    assert policy.next_start(facts(), read, utc("2026-12-24T12:00")) == utc("2027-01-04T05:00")
    (tmp_path / "freezes.ics").write_text(CALENDAR.replace("20270104T060000", "20270105T060000"))
    assert load(tmp_path / "p.yaml").digest != read.digest
    (tmp_path / "freezes.ics").write_text("BEGIN:VEVENT\nDTSTART:x\nEND:VEVENT")
    with pytest.raises(PolicyError) as refused:
        load(tmp_path / "p.yaml")
    assert (refused.value.file, refused.value.line) == ("freezes.ics", 2)
