"""Promises: cases worked out by hand, and verdicts that do not depend on the period they are looked at in."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from agents.detectors.fulfilment import LATEST
from agents.detectors.java_zones import java_zone
from agents.detectors.promise_frames import promise_frames
from agents.detectors.promises import LEARNED_FOR
from agents.detectors.service_level import job_days
from components.sections import promised
from tests.support.tiers import deep
from warehouse.coverage import Coverage

CASES = yaml.safe_load(Path(__file__).with_name("promise_cases.yml").read_text(encoding="utf-8"))
LETTERS = {"m": "met", "l": "late", "f": "failed", "x": "missing", "p": "pending", "s": "skipped", "b": "blocked",
           "c": "cancelled", "?": "unknown", "n": "schedule not understood"}  # fmt: skip
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
KEY = {"workspace_id": "1", "job_id": "10"}


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def starts(text: str) -> Iterator[dt.datetime]:
    """``2026-01-01 06:00``; ``2026-01-01..2026-01-03 06:00``; ``2026-01-01 00:00..2026-01-02 00:00 /5``."""
    often = re.fullmatch(r"(.+)\.\.(.+ .+) /(\d+)", text)
    daily = re.fullmatch(r"(\S+)\.\.(\S+) (\S+)", text)
    if often:
        at, last, step = utc(often.group(1)), utc(often.group(2)), dt.timedelta(minutes=int(often.group(3)))
    elif daily:
        at, last, step = utc(f"{daily.group(1)} {daily.group(3)}"), utc(f"{daily.group(2)} {daily.group(3)}"), DAY
    else:
        at, last, step = utc(text), utc(text), DAY
    while at <= last:
        yield at
        at += step


def runs_of(texts: list[str]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for text in texts:
        when, minutes, state = re.fullmatch(r"(.+?) (?:\+(\d+)|going)(?: (\w+))?", text).groups()  # type: ignore[union-attr]
        for at in starts(when):
            ended = pd.NaT if minutes is None else at + dt.timedelta(minutes=int(minutes))
            rows.append(
                KEY
                | {
                    "run_id": str(len(rows)),
                    "started": at,
                    "ended": ended,
                    "result_state": None if minutes is None else state or "SUCCEEDED",
                }
            )
    frame = pd.DataFrame(rows, columns=[*KEY, "run_id", "started", "ended", "result_state"])
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("started", "ended")})


def plans_of(texts: str | list[str]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for text in [texts] if isinstance(texts, str) else texts:
        schedule, since, until, paused, *_ = (part.strip() for part in f"{text} | | | ".split("|"))
        quartz, _, zone = schedule.partition("@")
        at = [pd.Timestamp(utc(one)) if one else pd.NaT for one in (since, until)]
        rows.append(
            {
                **KEY,
                "name": "load",
                "quartz": quartz.strip() or None,
                "zone": zone.strip() or None,
                "paused": paused == "paused",
                "since": at[0],
                "until": at[1],
                "deleted": pd.NaT,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("since", "until", "deleted")})


def deadlines_of(due: str | int | dict[str, int] | list[str | int]) -> pd.DataFrame:
    """``HH:MM zone``, with `` | since | until`` where it changed; seconds; seconds by Monday; or a list of these."""
    if isinstance(due, list):
        return pd.concat([deadlines_of(one) for one in due], ignore_index=True)
    if isinstance(due, str):
        when, since, until, *_ = (part.strip() for part in f"{due} | | ".split("|"))
        time, zone = when.split(" ")
        at = {name: pd.Timestamp(utc(one)) if one else pd.NaT for name, one in (("since", since), ("until", until))}
        return pd.DataFrame(
            [KEY | {"due_time": time, "zone": zone, "seconds": 0.0, "source": "declared", "week": None, **at}]
        )
    weeks: list[tuple[Any, int]] = (
        [(None, due)]
        if isinstance(due, int)
        else [(dt.date.fromisoformat(week), seconds) for week, seconds in due.items()]
    )
    return pd.DataFrame(
        [KEY | {"due_time": "", "zone": "UTC", "seconds": float(s), "source": "learned", "week": w} for w, s in weeks]
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].replace(" ", "_"))
def test_worked_out_by_hand(case: dict[str, Any]) -> None:
    first = utc(case.get("first", "2026-01-01"))
    last = first + case.get("days", 3) * DAY
    now = utc(case["now"]) if "now" in case else last + 3 * DAY
    since, until = (utc(case[name]) if name in case else None for name in ("since", "until"))
    gaps = ("Only the first rows are kept.",) if "gaps" in case else ("No newer row.",) if "late" in case else ()
    covered = Coverage(since, until, gaps, cut="gaps" in case)
    days = job_days(
        runs_of(case["runs"]),
        plans_of(case.get("plan", "0 0 6 * * ?")),
        deadlines_of(case["due"]),
        first,
        last,
        now,
        covered,
    )
    expected = "".join(one * int(count or 1) for one, count in re.findall(r"(\S)(?:\*(\d+))?", case["expected"]))
    assert len(expected) == (last - first).days
    wanted = {(first + n * DAY).date(): LETTERS[one] for n, one in enumerate(expected) if one != "."}
    assert dict(zip(days["day"], days["state"], strict=True)) == wanted


def any_job(rnd: random.Random) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Runs, plans and deadlines of 40 days: cron or not, edited, paused, with reruns, failures and holes."""
    zone = rnd.choice(["UTC", "Asia/Tokyo", "America/New_York", "Europe/Berlin"])
    quartz = rnd.choice(["", "0 0 6 * * ?", "0 30 2 * * ?", "0 0 22 * * ?", "0 0 0/4 * * ?", "0 59 23 ? * MON-FRI"])
    edits = sorted(utc("2026-03-10") + rnd.randint(0, 30 * 24) * DAY / 24 for _ in range(rnd.randint(0, 3)))
    bounds = ["", *(f"{at:%Y-%m-%d %H:%M}" for at in edits), ""]
    plans = [
        f"{quartz and rnd.choice([quartz, '0 0 7 * * ?'])} @ {zone} | {a} | {b} | {rnd.choice(['', '', 'paused'])}"
        for a, b in pairwise(bounds)
    ]
    runs = []
    for n in range(40):
        for _ in range(rnd.choice([0, 1, 1, 1, 2, 6])):
            at = utc("2026-03-05") + n * DAY + rnd.randint(0, 24 * 60 - 1) * dt.timedelta(minutes=1)
            runs.append(
                f"{at:%Y-%m-%d %H:%M} +{rnd.choice([rnd.randint(1, 200)] * 4 + [rnd.randint(600, 20_000)])}"
                f" {rnd.choice(['SUCCEEDED'] * 3 + ['FAILED', 'SKIPPED'])}"
            )
    if rnd.random() < 0.2:
        runs.append(f"2026-03-{rnd.randint(5, 28):02} 10:00 going")
    weeks = {f"{utc('2026-02-23') + n * 7 * DAY:%Y-%m-%d}": rnd.randint(600, 9000) for n in range(8)}
    declared = f"{rnd.randint(0, 23):02}:30 {zone}"
    return runs_of(runs), plans_of(plans), deadlines_of(declared if rnd.random() < 0.5 else weeks)


def read_for(runs: pd.DataFrame, first: dt.datetime, last: dt.datetime) -> pd.DataFrame:
    """What pipelineops.run_ends gives of ``runs`` for a period's days: those going in it, slices of three days around."""
    start, end = first - promised.BEFORE, last + promised.AFTER
    there = runs[(runs["started"] < end) & ~(runs["ended"] < start)]
    cut = ~(there["ended"] < end + 3 * DAY)
    earliest = pd.Timestamp(start - 3 * DAY)
    begun = there["started"].where(there["started"] > earliest, earliest)
    return there.assign(started=begun, ended=there["ended"].mask(cut), result_state=there["result_state"].mask(cut))


@pytest.mark.parametrize("draws", [40, deep(120)])
def test_the_verdict_of_a_day_is_the_same_in_every_period_that_holds_it(draws: int) -> None:
    rnd, seen = random.Random(7), set()
    for _ in range(draws):
        runs, plans, deadlines = any_job(rnd)
        found: dict[dt.date, set[tuple[Any, ...]]] = {}
        for _ in range(5):
            first = utc("2026-03-12") + rnd.randint(0, 14) * DAY
            last = first + rnd.randint(1, 14) * DAY
            asked = read_for(runs, first, last)
            row: Any
            for row in job_days(asked, plans, deadlines, first, last, utc("2026-05-01")).itertuples():
                found.setdefault(row.day, set()).add((row.state, row.due, str(row.run_id).replace("nan", "None")))
                seen.add(row.state)
        assert [verdicts for verdicts in found.values() if len(verdicts) > 1] == []
    assert {"met", "late", "failed", "missing", "skipped"} <= seen


def test_without_a_schedule_a_run_on_the_day_counts_for_the_day() -> None:
    rnd = random.Random(9)
    for _ in range(200):
        name = rnd.choice(
            ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham", "Etc/GMT-5", "SystemV/PST8PDT"]
        )
        zone = java_zone(name)
        due = rnd.randint(1, 24 * 60 - 1)
        early = rnd.random() < 0.7 or due > 12 * 60
        begun = rnd.randint(0, due - 1) if early else rnd.randint(due, due + 5 * 60)
        minutes = rnd.randint(1, due - begun) if early else rnd.randint(1, 5 * 60)
        days = [dt.datetime(2026, 1, day, tzinfo=zone) + begun * MINUTE for day in range(1, 11)]
        runs = runs_of([f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} +{minutes}" for at in days])
        deadline = deadlines_of(f"{due // 60:02}:{due % 60:02} {name}")
        found = job_days(runs, plans_of(""), deadline, utc("2026-01-02"), utc("2026-01-09"), utc("2026-02-01"))
        assert set(found["state"]) == {"met" if early else "late"}, (due, begun, minutes, name)


def test_another_deadline_changes_no_day_before() -> None:
    rnd = random.Random(10)
    for _ in range(60):
        runs, plans, _ = any_job(rnd)
        old, new = (
            f"{rnd.randint(0, 23):02}:30 {rnd.choice(['UTC', 'Asia/Tokyo', 'America/New_York'])}" for _ in range(2)
        )
        at = utc("2026-04-01") + rnd.randint(0, 24 * 60) * MINUTE
        edited = deadlines_of([f"{old} | | {at:%Y-%m-%d %H:%M}", f"{new} | {at:%Y-%m-%d %H:%M}", 3600])
        frames = [
            job_days(runs, plans, one, utc("2026-03-12"), utc("2026-04-08"), utc("2026-05-01"))
            for one in (deadlines_of(old), edited, deadlines_of(new))
        ]
        until, since = dt.date(2026, 3, 31), dt.date(2026, 4, 4)  # the days around the edit are left out
        for other, days in ((frames[0], (dt.date.min, until)), (frames[2], (since, dt.date.max))):
            both = [
                one[(one["day"] >= days[0]) & (one["day"] < days[1])].reset_index(drop=True)
                for one in (other, frames[1])
            ]
            pd.testing.assert_frame_equal(both[0], both[1], check_dtype=False)


def test_pausing_or_editing_today_changes_no_day_before() -> None:
    rnd = random.Random(8)
    for _ in range(60):
        runs, plans, deadlines = any_job(rnd)
        at = pd.Timestamp(utc("2026-04-01T12:00"))
        newest = plans.index[-1]
        if plans.loc[newest, "since"] is not pd.NaT and plans.loc[newest, "since"] >= at:
            continue
        later = plans.copy()
        later.loc[newest, "until"] = at
        changed = plans.iloc[[-1]].assign(since=at, paused=True)
        both = [
            job_days(runs, one, deadlines, utc("2026-03-12"), utc("2026-04-01"), utc("2026-05-01"))
            for one in (plans, pd.concat([later, changed], ignore_index=True))
        ]
        early = [one[one["day"] < dt.date(2026, 3, 31)].reset_index(drop=True) for one in both]
        pd.testing.assert_frame_equal(early[0], early[1], check_dtype=False)


def test_runs_come_packed_one_row_a_job() -> None:
    packed = pd.DataFrame([KEY | {"runs": ["1767247200000 1767249000000 SUCCEEDED 7", "1767333600000   8"]}])
    frames = promise_frames(
        packed,
        plans_of("0 0 6 * * ?"),
        pd.DataFrame(columns=["workspace_id", "job_id", "seconds", "week"]),
        pd.DataFrame([KEY | {"due_time": "07:00", "zone": "UTC"}]),
        dt.date(2026, 1, 1),
        dt.date(2026, 1, 3),
        utc("2026-01-02T08:00"),
    )
    assert frames["days"][["state", "run_id"]].to_numpy().tolist() == [["met", "7"], ["late", "8"]]


def test_what_is_asked_around_a_period_is_what_its_days_depend_on() -> None:
    assert promised.HABIT - 37 * DAY == LEARNED_FOR  # 37 days is what one value is learned from
    assert (promised.BEFORE, promised.AFTER) == (2 * DAY, LATEST + DAY)
