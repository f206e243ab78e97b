"""What an answer says of the moments of tables is read out of it once."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from components.runtime.moments import moments

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def answer(moment: dt.datetime | None) -> pa.Table:
    return pa.table({"table_name": ["a"], "newest": pa.array([moment], pa.timestamp("us", "UTC"))})


def test_an_answer_is_read_once_and_another_anew() -> None:
    first, other = answer(NOW), answer(None)
    found = moments("platform.source_lag", first)
    assert found == {"a": NOW} and moments("platform.source_lag", first) is found
    assert moments("platform.source_lag", other) == {"a": None}
    assert moments("platform.source_span", first) == {"a": NOW}
