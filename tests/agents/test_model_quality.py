"""When a model became worse: two windows beyond the limits of its own past, in the direction that is bad."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

from agents.detectors.model_quality import quality_limits

QUIET = [0.86, 0.861, 0.859, 0.86, 0.8605, 0.8595, 0.86, 0.861, 0.859, 0.86]


def windows(values: Sequence[float], **more: object) -> pd.DataFrame:
    row = {"workspace_id": "1", "model": "churn", "metric": "auc", "slice": "", "version": "6"} | more
    day = pd.date_range("2026-03-02", periods=len(values))
    return pd.DataFrame([row | {"day": at, "value": value} for at, value in zip(day, values, strict=True)])


def newest(*parts: pd.DataFrame) -> pd.Series:
    return quality_limits(pd.concat(parts, ignore_index=True)).iloc[-1]


def test_ordinary_noise_is_no_fall() -> None:
    row = newest(windows(QUIET))
    assert not row["worse"]
    assert row["low"] < 0.859 < row["usual"] < row["high"]


def test_one_bad_window_is_no_fall_and_two_are_since_the_first() -> None:
    assert not newest(windows([*QUIET, 0.82]))["worse"]
    row = newest(windows([*QUIET, 0.82, 0.82]))
    assert row["worse"]
    assert row["lost"] == pytest.approx(0.04)
    assert row["worse_since"] == pd.Timestamp("2026-03-12")


def test_what_is_good_again_is_no_fall() -> None:
    assert not newest(windows([*QUIET, 0.82, 0.82, 0.86]))["worse"]


def test_of_an_error_more_is_worse_and_less_is_not() -> None:
    assert newest(windows([*QUIET, 0.9, 0.9], metric="rmse"))["worse"]
    assert not newest(windows([*QUIET, 0.82, 0.82], metric="rmse"))["worse"]


def test_a_few_windows_say_nothing() -> None:
    row = newest(windows([0.9, 0.86, 0.82]))
    assert not row["worse"]
    assert pd.isna(row["low"])


def test_a_slice_is_not_the_model() -> None:
    assert quality_limits(windows(QUIET, slice="country = CH")).empty


def test_a_second_version_beside_the_one_in_service_is_not_its_line() -> None:
    beside = windows([0.7, 0.7], version="7")
    beside["day"] = pd.date_range("2026-03-10", periods=2)
    rows = quality_limits(pd.concat([windows(QUIET), beside], ignore_index=True))
    assert set(rows["version"]) == {"6"}
