"""A source that is later than usual is said on every page, from what is known already."""

from __future__ import annotations

import datetime as dt

import pytest

from components.frame.late import known, late, sentence
from tests.components.reading import NOW, Reader, rows

BILL, AUDIT, RUNS, SERVING = (
    "system.billing.usage", "system.access.audit", "system.lakeflow.job_run_timeline", "system.serving.endpoint_usage",
)  # fmt: skip
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(("newest", "oldest", "said"), [
    ({}, {}, ""),
    ({BILL: NOW - 36 * HOUR, AUDIT: NOW}, {}, ""),
    ({BILL: NOW - 37 * HOUR, AUDIT: NOW}, {}, "1 source is later than usual: billing.usage is 37 h old (usually at most 36 h). "
     "Figures from it end there."),
    ({BILL: NOW - 90 * HOUR, RUNS: None}, {RUNS: NOW - 900 * HOUR}, "2 sources are later than usual: lakeflow.job_run_timeline "
     "has no row of the last 7 days (usually at most 30 h); billing.usage is 4 d old (usually at most 36 h). "
     "Figures from them end there."),
    ({RUNS: None, "system.not.known": NOW - 900 * HOUR, SERVING: None}, {}, ""),  # never had a row; nobody knows it
])  # fmt: skip
def test_what_is_later_than_usual_is_said(
    newest: dict[str, dt.datetime | None], oldest: dict[str, dt.datetime | None], said: str
) -> None:
    assert sentence(late(newest, oldest, NOW)) == said


def test_nothing_is_asked_for_it_and_it_is_as_old_as_it_was_read() -> None:
    reader = Reader({"platform.source_lag": rows("platform.source_lag", [{"table_name": BILL, "newest": NOW}])})
    assert known(reader, "platform.source_lag") == ({BILL: NOW}, NOW - dt.timedelta(minutes=5))
    assert known(reader, "platform.source_span") is None
    assert reader.asked == []


def test_the_latest_stand_first_and_the_others_are_counted() -> None:
    tables = {
        BILL: NOW - 90 * HOUR,
        AUDIT: NOW - 100 * HOUR,
        RUNS: NOW - 80 * HOUR,
        "system.query.history": NOW - 120 * HOUR,
    }
    assert sentence(late(tables, {}, NOW)).startswith("4 sources are later than usual: query.history")
    assert "; and 1 more. Figures from them end there." in sentence(late(tables, {}, NOW))
