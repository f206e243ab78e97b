"""Freezes that repeat: a month's end, whatever month it is, in the hours of its zone; and rules that would keep a
process busy are refused when the file is read. All times are worked out by hand from the calendars of 2026 and 2027."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.policy import calendar_repeats
from approvals.policy.calendar_file import MOST_DATES, MOST_REPEATING, BadCalendar, read_calendar
from approvals.policy.calendar_repeats import LONGEST, _of_year, occurrences
from approvals.policy.policy_file import load
from approvals.policy.spans import Span
from approvals.policy.windows import HORIZON, Window, next_span, open_at
from tests.approvals import golden

BERLIN = "Europe/Berlin"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def event(*lines: str) -> str:
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def window(text: str, zone: str = BERLIN) -> Window:
    once, repeats = read_calendar(text, zone)
    return Window(id="w", effect="deny", zone=zone, ics="f.ics", spans=once, repeats=repeats, why="Freeze")


def starts(text: str, since: str, until: str, zone: str = BERLIN) -> list[tuple[str, str]]:
    repeats = read_calendar(text, zone)[1]
    found = occurrences(repeats, zone, utc(since), utc(until))
    inside = (one for one in found if utc(since) <= one.start < utc(until))
    return [(f"{one.start:%Y-%m-%dT%H:%M}", f"{one.end:%Y-%m-%dT%H:%M}") for one in inside]


MONTH_END = event(
    "UID:1",
    "SUMMARY:Close",
    f"DTSTART;TZID={BERLIN}:20260131T180000",
    f"DTEND;TZID={BERLIN}:20260203T060000",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1",
)


def test_a_month_end_repeats_for_ever_on_the_wall_clock_of_its_zone() -> None:
    assert starts(MONTH_END, "2026-02-01", "2026-06-01") == [
        ("2026-02-28T17:00", "2026-03-03T05:00"),
        ("2026-03-31T16:00", "2026-04-03T04:00"),
        ("2026-04-30T16:00", "2026-05-03T04:00"),
        ("2026-05-31T16:00", "2026-06-03T04:00"),
    ]
    assert starts(MONTH_END, "2061-02-01", "2061-03-01") == [("2061-02-28T17:00", "2061-03-03T05:00")]
    freeze = window(MONTH_END)
    assert open_at(freeze, utc("2026-10-31T16:59")) is None
    assert open_at(freeze, utc("2026-10-31T17:00")) == Span(
        start=utc("2026-10-31T17:00"), end=utc("2026-11-03T05:00"), name="Close"
    )
    assert open_at(freeze, utc("2027-01-02T00:00")) is not None  # it began in the year before
    following = next_span(freeze, utc("2026-12-31T17:00"))
    assert following is not None and following.start == utc("2027-01-31T17:00")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # twice, and no more
        (
            ["DTSTART:20260701T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2"],
            [("2026-07-01T10:00", "2026-07-01T11:00"), ("2026-07-08T10:00", "2026-07-08T11:00")],
        ),
        # one left out, one more, of the same event
        (
            [
                "DTSTART:20260701T100000Z",
                "DURATION:PT1H",
                "RRULE:FREQ=WEEKLY;COUNT=3",
                "EXDATE:20260708T100000Z",
                "RDATE:20260710T090000Z",
            ],
            [
                ("2026-07-01T10:00", "2026-07-01T11:00"),
                ("2026-07-10T09:00", "2026-07-10T10:00"),
                ("2026-07-15T10:00", "2026-07-15T11:00"),
            ],
        ),
        # whole days are days of the window's zone; the end is the next midnight
        (
            ["DTSTART;VALUE=DATE:20260701", "RRULE:FREQ=DAILY;UNTIL=20260702"],
            [("2026-06-30T22:00", "2026-07-01T22:00"), ("2026-07-01T22:00", "2026-07-02T22:00")],
        ),
        # no zone: the window's; the day that UNTIL names is in it
        (
            ["DTSTART:20260701T230000", "DTEND:20260702T010000", "RRULE:FREQ=DAILY;UNTIL=20260702"],
            [("2026-07-01T21:00", "2026-07-01T23:00"), ("2026-07-02T21:00", "2026-07-02T23:00")],
        ),
        # UNTIL without Z is local: 23:00 in Berlin is 21:00
        (
            ["DTSTART:20260701T230000", "DTEND:20260702T010000", "RRULE:FREQ=DAILY;UNTIL=20260702T225959"],
            [("2026-07-01T21:00", "2026-07-01T23:00")],
        ),
        # Outlook's name of the zone
        (
            [
                "DTSTART;TZID=W. Europe Standard Time:20260701T100000",
                "DTEND;TZID=W. Europe Standard Time:20260701T110000",
                "RRULE:FREQ=DAILY;COUNT=1",
            ],
            [("2026-07-01T08:00", "2026-07-01T09:00")],
        ),
        # only dates that are named
        (
            ["DTSTART:20260701T100000Z", "DURATION:PT1H", "RDATE:20260703T100000Z,20260705T100000Z"],
            [(f"2026-07-0{day}T10:00", f"2026-07-0{day}T11:00") for day in (1, 3, 5)],
        ),
        (["STATUS:CANCELLED", "DTSTART:20260701T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"], []),
    ],
)
def test_rules_dates_and_zones(lines: list[str], expected: list[tuple[str, str]]) -> None:
    assert starts(event("UID:1", *lines), "2026-06-01", "2026-08-01") == expected


def test_hours_are_hours_and_the_wall_clock_is_the_wall_clock_when_the_clock_changes() -> None:
    """29 March 2026: 02:00 to 03:00 is skipped in Berlin; 25 October: 02:00 to 03:00 is there twice."""
    rule = "RRULE:FREQ=DAILY;COUNT=400"
    for_hours = event("UID:1", "DTSTART:20260101T010000", "DURATION:PT4H", rule)
    by_the_clock = event("UID:1", "DTSTART:20260101T010000", "DTEND:20260101T050000", rule)
    assert starts(for_hours, "2026-03-29", "2026-03-29T12:00") == [("2026-03-29T00:00", "2026-03-29T04:00")]
    assert starts(by_the_clock, "2026-03-29", "2026-03-29T12:00") == [("2026-03-29T00:00", "2026-03-29T03:00")]
    assert starts(by_the_clock, "2026-10-24T12:00", "2026-10-25T12:00") == [("2026-10-24T23:00", "2026-10-25T04:00")]
    skipped = event("UID:1", "DTSTART:20260101T023000", "DTEND:20260101T024500", rule)
    assert starts(skipped, "2026-03-30", "2026-03-31") == [("2026-03-30T00:30", "2026-03-30T00:45")]
    twice = starts(skipped, "2026-10-24T12:00", "2026-10-25T12:00")
    assert twice == [("2026-10-25T00:30", "2026-10-25T01:45")]  # a freeze both times


def test_one_of_them_is_moved_and_one_is_cancelled() -> None:
    text = (
        event("UID:1", "DTSTART:20260701T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")
        + event("UID:1", "RECURRENCE-ID:20260708T100000Z", "DTSTART:20260709T120000Z", "DTEND:20260709T123000Z")
        + event(
            "UID:1",
            "RECURRENCE-ID:20260715T100000Z",
            "STATUS:CANCELLED",
            "DTSTART:20260715T100000Z",
            "DTEND:20260715T110000Z",
        )
    )
    assert starts(text, "2026-06-01", "2026-08-01") == [
        ("2026-07-01T10:00", "2026-07-01T11:00"),
        ("2026-07-09T12:00", "2026-07-09T12:30"),
    ]


TIMES = ("DTSTART:20260701T100000Z", "DURATION:PT1H")


@pytest.mark.parametrize(
    "lines",
    [
        ("RRULE:FREQ=SECONDLY",), ("RRULE:FREQ=MINUTELY;COUNT=2",), ("RRULE:FREQ=HOURLY",),
        ("RRULE:FREQ=DAILY;COUNT=1000000000",), ("RRULE:FREQ=DAILY;COUNT=0",), ("RRULE:FREQ=DAILY;COUNT=-3",),
        ("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",), ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1",),
        ("RRULE:FREQ=DAILY;INTERVAL=0",), ("RRULE:FREQ=DAILY;INTERVAL=99999999999",),
        (f"RRULE:FREQ=DAILY;BYHOUR=0,12;BYSECOND={','.join(map(str, range(60)))}",),
        ("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z",), ("RRULE:FREQ=DAILY;UNTIL=tomorrow",), ("RRULE:",),
        ("RRULE:FREQ=DAILY;NEVER=1",), ("RRULE:FREQ=DAILY;BYDAY=XX",),
        ("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"),
        ("RDATE;VALUE=PERIOD:20260703T100000Z/PT1H",), ("RDATE:" + ",".join(["20260703T100000Z"] * (MOST_DATES + 1)),),
        ("RRULE:FREQ=DAILY", "EXDATE;TZID=Mars/Base:20260703T100000"),
        ("RECURRENCE-ID:20260708T100000Z",),
    ],
)  # fmt: skip
def test_a_rule_that_would_never_end_or_is_not_understood_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(BadCalendar):
        read_calendar(event("UID:1", *TIMES, *lines), BERLIN)


@pytest.mark.parametrize(
    "times", [("DTSTART:20260701T100000Z", "DURATION:P32D"), ("DTSTART:00010101T100000Z", "DURATION:PT1H")]
)
def test_a_span_that_repeats_is_short_and_of_our_time(times: tuple[str, str]) -> None:
    with pytest.raises(BadCalendar):
        read_calendar(event("UID:1", *times, "RRULE:FREQ=DAILY"), BERLIN)


def test_there_are_only_so_many_of_them() -> None:
    one = event(*TIMES, "RRULE:FREQ=YEARLY")
    assert read_calendar(one * MOST_REPEATING, BERLIN)[1].count("RRULE") == MOST_REPEATING
    with pytest.raises(BadCalendar) as refused:
        read_calendar(one * (MOST_REPEATING + 1), BERLIN)
    assert refused.value.line == MOST_REPEATING * one.count("\n") + 1


def test_a_rule_that_never_comes_is_looked_for_no_further_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """30 February: without an end of its own it would be looked for until the year 9999."""
    seen = []
    ended = calendar_repeats._end

    def watched(found: Any, last: dt.datetime) -> None:
        ended(found, last)
        seen.append(found["RRULE"]["UNTIL"][0])

    monkeypatch.setattr(calendar_repeats, "_end", watched)
    text = event("UID:1", *TIMES, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert starts(text, "2031-06-01", "2031-08-01") == []
    assert seen == [utc("2031-12-31T23:59:59") + LONGEST]


def test_what_does_not_repeat_is_signed_as_before(tmp_path: Path) -> None:
    """The digest of a policy is over its content: a calendar without rules has the content it had."""
    text = golden.FILE.read_text().replace('cron: "0 0 * * sat"\n    duration: 48h', "ics: freezes.ics")
    (tmp_path / "p.yaml").write_text(text)
    (tmp_path / "freezes.ics").write_text(event(*TIMES))
    once = load(tmp_path / "p.yaml")
    dumped = [one for one in once.model_dump()["windows"] if one["ics"]]
    assert dumped and all("repeats" not in one and one["spans"] for one in dumped)
    (tmp_path / "freezes.ics").write_text(event(*TIMES, "RRULE:FREQ=YEARLY"))
    yearly = load(tmp_path / "p.yaml")
    assert yearly.digest != once.digest
    (tmp_path / "freezes.ics").write_text(event(*TIMES, "RRULE:FREQ=MONTHLY"))
    assert load(tmp_path / "p.yaml").digest != yearly.digest


rules = st.builds(
    lambda freq, interval, end, by: f"RRULE:FREQ={freq};INTERVAL={interval}{end}{by}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 40),
    st.sampled_from(["", ";COUNT=3", ";COUNT=1", ";UNTIL=20270304", ";UNTIL=20261231T120000Z"]),
    st.sampled_from(["", ";BYDAY=MO,FR", ";BYMONTHDAY=-1", ";BYMONTHDAY=31", ";BYMONTH=2,7"]),
)


@given(
    rules,
    st.integers(1, 31 * 24),
    st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kolkata"]),
    st.integers(0, 500),
)
def test_whatever_the_rule_a_moment_is_inside_exactly_when_a_span_holds_it(
    rule: str, hours: int, zone: str, day: int
) -> None:
    """Property: what ``open_at`` and ``next_span`` say is what the list of all spans says."""
    text = event("UID:1", "DTSTART:20260131T180000", f"DURATION:PT{hours}H", rule)
    try:
        freeze = window(text, zone)
    except BadCalendar:
        return  # a count that is not reached
    at = utc("2026-01-15") + dt.timedelta(days=day, hours=7)
    spans = list(occurrences(freeze.repeats, zone, at - LONGEST, at + HORIZON))
    assert all(one.start < two.start for one, two in pairwise(spans))
    inside = [one for one in spans if one.start <= at < one.end]
    assert open_at(freeze, at) == max(inside, key=lambda one: one.end, default=None)
    later = [one for one in spans if at < one.start <= at + HORIZON]
    assert next_span(freeze, at) == min(later, key=lambda one: one.start, default=None)
    assert _of_year.cache_info().maxsize is not None
