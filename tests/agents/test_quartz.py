"""Quartz, whole: against the library's own fire times, and minute by minute against a second reading of the grammar."""

from __future__ import annotations

import calendar
import datetime as dt
import random
from functools import cache
from pathlib import Path

import pytest
import yaml

from agents.detectors.java_zones import java_zone
from agents.detectors.quartz import NotUnderstood, fire_times, fires

RECORDED = yaml.safe_load(Path(__file__).with_name("quartz_fires.yml").read_text(encoding="utf-8"))
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago",
         "America/Havana", "Asia/Tokyo", "Pacific/Chatham")  # fmt: skip


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(("expression", "zone", "start", "end", "expected"), RECORDED)
def test_it_fires_when_quartz_does(expression: str, zone: str, start: str, end: str, expected: str) -> None:
    found = [fire.at for fire in fires(expression, zone, utc(f"2026-{start}"), utc(end)) if not fire.skipped]
    assert " ".join(f"{at:%m-%dT%H:%M:%S}".removesuffix(":00") for at in found) == expected


@pytest.mark.parametrize(
    "expression",
    ["* *", "0 0 6 * *", "0 0 24 * * ?", "0 60 6 * * ?", "0 0 6 0 * ?", "0 0 6 32 * ?", "0 0 6 1 13 ?", "0 0 6 ? * 8",
     "0 0 6 ? * 0", "0 0 6 ? * MON#6", "0 0 6 * * *", "0 0 6 1 * MON", "0 0 6 ? * ?", "0 0 6 1 * ? 2027-2025",
     "0 0/70 6 1 1 ?", "0 -5 6 1 1 ?", "0 5- 6 1 1 ?", "0 5/ 6 1 1 ?", "0 , 6 1 1 ?", "0 0 6 W * ?", "0 0 6 10LW * ?",
     "0 0 6 15,x * ?", "0 0 6 1 ? ?", "a 0 6 1 1 ?", "0 0 6 1 1 ? 2026 x", "", "0 0 6 ? * MO", "0 0 6 L-x * ?"],
)  # fmt: skip
def test_what_quartz_refuses_is_not_understood(expression: str) -> None:
    with pytest.raises(NotUnderstood):
        list(fires(expression, "UTC", utc("2026-11-20"), utc("2026-11-24")))


@pytest.mark.parametrize(
    "zone", ["Nowhere/X", "", "GMT+99", "../etc/passwd", "XYZ", "UTC+2:99", "SystemV/EST", "SystemV/"]
)
def test_a_zone_nobody_knows_is_not_understood(zone: str) -> None:
    with pytest.raises(NotUnderstood):
        list(fires("0 0 6 * * ?", zone, utc("2026-11-20"), utc("2026-11-24")))


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("Z", 0), ("GMT", 0), ("UT", 0), ("Etc/UTC", 0), ("EST", -5), ("PST", -8), ("IST", 5.5), ("JST", 9), ("+02:00", 2),
     ("GMT+2", 2), ("UTC+02:00", 2), ("UT-0330", -3.5), ("GMT+02:00", 2), ("Etc/GMT+5", -5), ("US/Pacific", -8), ("SystemV/EST5", -5),
     ("SystemV/HST10", -10), ("SystemV/YST9YDT", -9)],
)  # fmt: skip
def test_zones_are_those_of_java(zone: str, hours: float) -> None:
    assert utc("2026-01-15").astimezone(java_zone(zone)).utcoffset() == dt.timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-04-25", -5), ("2026-04-27", -4), ("2026-10-24", -4), ("2026-10-26", -5)]
)
def test_system_v_has_summer_time_from_the_last_sunday_of_april_to_that_of_october(day: str, hours: int) -> None:
    assert utc(day).astimezone(java_zone("SystemV/EST5EDT")).utcoffset() == dt.timedelta(hours=hours)


def test_a_wall_time_that_summer_time_skips_is_kept_and_marked() -> None:
    (fire,) = fires("0 30 2 * * ?", "Europe/Berlin", utc("2026-03-29T00:00"), utc("2026-03-29T12:00"))
    assert (fire.at, fire.since, fire.skipped) == (utc("2026-03-29T01:30"), utc("2026-03-29T00:30"), True)


def test_a_wall_time_that_occurs_twice_fires_at_its_second_and_may_be_served_from_its_first() -> None:
    (fire,) = fires("0 30 2 * * ?", "Europe/Berlin", utc("2026-10-25T00:00"), utc("2026-10-25T12:00"))
    assert (fire.at, fire.since, fire.skipped) == (utc("2026-10-25T01:30"), utc("2026-10-25T00:30"), False)


def test_the_newest_fires_of_a_frequent_schedule_are_there() -> None:
    found = fire_times("0 0/5 * * * ?", "UTC", utc("2026-01-01"), utc("2026-04-01"))
    assert (len(found), found[-1]) == (90 * 288, utc("2026-03-31T23:55"))


# A second reading, which knows nothing of the first: is this wall time meant?


@cache
def listed(field: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, every = part.partition("/")
        if span == "*":
            numbers = list(range(low, high + 1))
        elif "-" in span:
            at, last = (int(one) for one in span.split("-"))
            numbers = [at]
            while at != last:
                at = low if at == high else at + 1
                numbers.append(at)
        else:
            numbers = list(range(int(span), high + 1)) if every else [int(span)]
        found |= set(numbers[:: int(every or 1)])
    return frozenset(found)


@cache
def days_meant(of_month: str, of_week: str, year: int, month: int) -> frozenset[int]:
    """The days of a month, by writing them all down."""
    every = calendar.Calendar(6).monthdayscalendar(year, month)
    numbers = [n for week in every for n in week if n]
    column = {n: at + 1 for week in every for at, n in enumerate(week) if n}  # 1 is Sunday
    if of_week != "?":
        if of_week == "L":
            return frozenset(n for n in numbers if column[n] == 7)
        if of_week.endswith("L"):
            return frozenset([max(n for n in numbers if column[n] == int(of_week[:-1]))])
        if "#" in of_week:
            which, nth = map(int, of_week.split("#"))
            return frozenset([n for n in numbers if column[n] == which][nth - 1 : nth])
        return frozenset(n for n in numbers if column[n] in listed(of_week, 1, 7))
    if not of_month.strip("L") or of_month.startswith("L-"):
        return frozenset(numbers[-1 - int(of_month[2:] or 0) :][:1])
    if of_month.endswith("W"):
        wanted = numbers[-1] if of_month == "LW" else int(of_month[:-1])
        if wanted not in numbers:
            return frozenset()
        working = [n for n in numbers if column[n] not in (1, 7)]
        return frozenset([min(working, key=lambda n: (abs(n - wanted), column[wanted] == 7 and n > wanted))])
    return frozenset(n for n in numbers if n in listed(of_month, 1, 31))


def minute_by_minute(expression: str, zone: str, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    _, minutes, hours, of_month, months, of_week = expression.split()
    found, at, local = [], start, java_zone(zone)
    while at < end:
        wall = at.astimezone(local)
        again = wall.replace(fold=1).astimezone(dt.UTC) > at  # the same wall time comes once more: Quartz waits for it
        if (
            not again
            and wall.minute in listed(minutes, 0, 59)
            and wall.hour in listed(hours, 0, 23)
            and wall.month in listed(months, 1, 12)
            and wall.day in days_meant(of_month, of_week, wall.year, wall.month)
        ):
            found.append(at)
        at += MINUTE
    return found


def any_field(rnd: random.Random, low: int, high: int) -> str:
    a, b, c = (rnd.randint(low, high) for _ in range(3))
    step = rnd.randint(1, min(20, high))
    return rnd.choice(
        ["*", f"{a}", f"{a},{b}", f"{a}-{b}", f"{a}/{step}", f"*/{step}", f"{a}-{b}/{step}", f"{a},{b}-{c}"]
    )


def any_schedule(rnd: random.Random) -> tuple[str, str, dt.datetime, dt.datetime]:
    n, weekday = rnd.randint(1, 31), rnd.randint(1, 7)
    of_month = rnd.choice([any_field(rnd, 1, 31), "*", "L", "LW", f"L-{n % 9}", f"{n}W"])
    of_week = rnd.choice([any_field(rnd, 1, 7), "L", f"{weekday}L", f"{weekday}#{n % 5 + 1}"])
    one, other = (of_month, "?") if rnd.random() < 0.5 else ("?", of_week)
    month = rnd.choice(["*", "*", any_field(rnd, 1, 12)])
    changes = [
        utc("2026-03-29"),
        utc("2026-10-25"),
        utc("2026-03-08"),
        utc("2026-11-01"),
        utc("2026-10-04"),
        utc("2026-09-06"),
    ]
    start = rnd.choice([*changes, utc("2026-01-01") + rnd.randint(0, 360) * DAY]) - DAY
    expression = f"0 {any_field(rnd, 0, 59)} {any_field(rnd, 0, 23)} {one} {month} {other}"
    return expression, rnd.choice(ZONES), start, start + rnd.choice([2, 3]) * DAY


def agree(seed: int, schedules: int) -> None:
    rnd = random.Random(seed)
    for _ in range(schedules):
        asked = any_schedule(rnd)
        assert [fire.at for fire in fires(*asked) if not fire.skipped] == minute_by_minute(*asked), asked


def test_random_schedules_fire_when_a_minute_by_minute_reading_says() -> None:
    agree(seed=1, schedules=200)


@pytest.mark.soak
def test_ten_thousand_random_schedules() -> None:
    """``pytest tests/agents/test_quartz.py -m soak``"""
    agree(seed=2, schedules=10_000)
