"""Whether training and serving agree: what chance does, another unit and another time zone, nulls, and too few rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agents.detectors.skew import judged, skew_frames

FIRST = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def window(day: int = 0, column: str = "tenure", **more: Any) -> dict[str, Any]:
    own: dict[str, Any] = {
        "workspace_id": "1", "workspace": "prod", "run_id": f"r{day}", "model": "churn", "endpoint_id": "id-churn",
        "owner": "ann@x.com", "version": "6",
        "column_name": column, "measured": FIRST + dt.timedelta(days=day), "mean_now": 900.0, "mean_then": 900.0,
        "std_now": 300.0, "std_then": 300.0, "nulls_now": 0.02, "nulls_then": 0.02, "rows_now": 5_000.0, "rows_then": 20_000.0,
    }  # fmt: skip
    return own | more


OTHER_UNIT: dict[str, Any] = {"mean_now": 29.6, "std_now": 9.9}


def state(**more: Any) -> str:
    return str(judged(pd.DataFrame([window(**more)]))["state"].iloc[0])


@pytest.mark.parametrize(
    ("differs", "said"),
    [
        ({}, "alike"),
        (OTHER_UNIT, "unit"),
        ({"mean_now": 29.6}, "mean"),  # the deviation is that of days: no other unit
        ({"mean_now": 900 + 29.0}, "alike"),  # less than a tenth of a deviation
        ({"mean_now": 900 + 45.0}, "mean"),
        (
            {"mean_now": 900 + 45.0, "rows_now": 300.0},
            "alike",
        ),  # as 300 rows do by chance: an error of 17, three of them 52
        ({"mean_now": 900 + 45.0, "rows_now": 99.0}, "not known"),
        ({"mean_now": 900 + 45.0, "rows_now": np.nan}, "not known"),
        ({"nulls_now": 0.04}, "nulls"),
        ({"nulls_now": 0.0275}, "alike"),  # less than one in a hundred
        ({"nulls_now": 0.04, "rows_now": 150.0}, "alike"),  # three of 150 and six of 150
        ({"mean_now": np.nan, "mean_then": np.nan}, "alike"),  # a column without means has its nulls
        ({"mean_now": np.nan, "nulls_now": np.nan}, "not known"),
        ({"column": "age_s", "mean_now": 900 + 7200.0}, "zone"),
        ({"column": "sent_hour", "mean_now": 15.0, "mean_then": 13.0, "std_now": 4.0, "std_then": 4.0}, "zone"),
        ({"column": "sent_hour", "mean_now": 15.5, "mean_then": 13.0, "std_now": 4.0, "std_then": 4.0}, "mean"),
        ({"column": "sent_hour", "mean_now": 15.0, "mean_then": 13.0, "std_now": 2.0, "std_then": 4.0}, "mean"),
        ({"mean_now": 902.0, "std_then": 0.0}, "alike"),  # a constant has no deviation: its nulls are what is known
    ],
)
def test_a_window_is_judged(differs: dict[str, Any], said: str) -> None:
    assert state(**differs) == said


def test_another_unit_says_the_factor_and_which_units() -> None:
    row = judged(pd.DataFrame([window(**OTHER_UNIT)])).iloc[0]
    assert row["factor"] == pytest.approx(1 / 30.4) and row["units"] == "days and months"


def test_only_windows_running_count_and_since_the_first_of_them() -> None:
    rows = [window(day, **(OTHER_UNIT if day in (1, 2, 4, 5, 6) else {})) for day in range(7)]
    found = judged(pd.DataFrame(rows))
    assert found["skewed"].tolist() == [False] * 6 + [True]
    assert found["since"].iloc[-1] == pd.Timestamp(2026, 3, 6)
    once = skew_frames({"skew_by_column": pd.DataFrame([window(0), window(1, **OTHER_UNIT), window(2, **OTHER_UNIT)])})[
        "skew"
    ].iloc[0]
    assert not once["skewed"] and once["state"] == "unit"


def test_the_newest_window_of_each_column_those_that_differ_first() -> None:
    rows = [
        window(day, column, **(more if day else {}))
        for column, more in (("visits", {}), ("tenure", OTHER_UNIT), ("basket", {"nulls_now": 0.3}))
        for day in range(4)
    ]
    found = skew_frames({"skew_by_column": pd.DataFrame(rows)})["skew"]
    assert found["column_name"].tolist() == ["tenure", "basket", "visits"]
    assert found["skewed"].tolist() == [True, True, False]


def test_of_nothing_there_is_nothing() -> None:
    assert skew_frames({"skew_by_column": pd.DataFrame([window()]).head(0)})["skew"].empty


def test_chance_is_seldom_taken_for_a_difference_and_a_difference_is_found() -> None:
    rng = np.random.default_rng(1)

    def found(shift: float) -> float:
        rows = []
        for number in range(500):
            n = int(rng.choice([120, 500, 2_000, 9_000] if shift == 0 else [500, 2_000, 9_000]))
            for day in range(3):
                sample = rng.normal(shift, 1, n)
                rows.append(
                    window(
                        day, f"c{number}", mean_now=sample.mean(), std_now=sample.std(), mean_then=0.0, std_then=1.0,
                        rows_now=float(n), nulls_now=rng.binomial(n, 0.02) / n,
                    )
                )  # fmt: skip
        return float(skew_frames({"skew_by_column": pd.DataFrame(rows)})["skew"]["skewed"].mean())

    assert found(0.0) <= 0.01 and found(0.5) >= 0.95
