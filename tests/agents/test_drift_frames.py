"""What drift comes to by model: the harmful one first, what its columns carry, since when, and what is only said by chance."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from agents.detectors.drift_frames import drift_frames

FIRST = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def row(day: int, column: str, psi: float, **more: object) -> dict[str, object]:
    made: dict[str, object] = {
        "workspace_id": "1", "workspace": "prod", "run_id": f"r{day}", "model": "churn", "endpoint_id": "e1",
        "owner": "ann@x.com", "compared": "BASELINE", "slice": "", "version": "6", "column_name": column,
        "measured": FIRST + dt.timedelta(days=day), "psi": psi, "ks": np.nan, "js": np.nan, "rows_now": 5_000.0,
        "rows_then": 20_000.0, "bins": 10.0, "importance": np.nan,
    }  # fmt: skip
    return made | more


def quality(values: list[float], model: str = "churn") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "workspace_id": "1", "workspace": "prod", "run_id": "r", "model": model, "endpoint_id": "e1", "slice": "", "version": "6",
            "metric": "auc", "measured": [FIRST + dt.timedelta(days=day) for day in range(len(values))], "value": values,
            "rows_now": 5_000.0,
        }
    )  # fmt: skip


NO_QUALITY = quality([])


def made(*rows: dict[str, object], measured: pd.DataFrame = NO_QUALITY) -> dict[str, pd.DataFrame]:
    return drift_frames({"drift_by_column": pd.DataFrame(rows), "quality_by_window": measured})


def test_what_drifted_columns_carry_is_their_part_of_all_importance() -> None:
    days = [row(day, name, 0.3 if name == "a" and day >= 2 else 0.001, importance=share)
            for day in range(5) for name, share in (("a", 2.0), ("b", 2.0), ("c", 1.0))]  # fmt: skip
    model = made(*days)["models"].iloc[0]
    assert (model["columns"], model["drifted"], model["share"], model["strong"]) == (3, 1, 0.4, 1)
    assert model["since"] == pd.Timestamp("2026-03-04")


def test_without_importance_nothing_is_said_of_what_columns_carry() -> None:
    model = made(*(row(day, "a", 0.3) for day in range(3)))["models"].iloc[0]
    assert model["drifted"] == 1
    assert pd.isna(model["share"])


def test_what_was_drift_and_is_no_more_is_none_now() -> None:
    model = made(*(row(day, "a", 0.3 if day < 3 else 0.001) for day in range(6)))["models"].iloc[0]
    assert model["drifted"] == 0


def test_tiny_samples_and_those_of_unknown_size_are_said_to_be_unproven() -> None:
    days = [row(day, "a", 0.4, rows_now=n, model=name) for day in range(3) for name, n in (("x", 60.0), ("y", np.nan))]
    models = made(*days)["models"]
    assert list(models["drifted"]) == [0, 0]
    assert list(models["unproven"]) == [1, 1]


def test_a_slice_that_drifted_is_counted_apart_from_the_whole() -> None:
    days = [row(day, "a", psi, slice=name) for day in range(3) for name, psi in (("", 0.001), ("country = CH", 0.4))]
    model = made(*days)["models"].iloc[0]
    assert (model["drifted"], model["slices"]) == (0, 1)


def test_models_of_one_name_in_two_workspaces_are_two() -> None:
    days = [row(day, "a", psi, workspace_id=place) for day in range(3) for place, psi in (("1", 0.001), ("2", 0.4))]
    models = made(*days)["models"]
    assert list(models["workspace_id"]) == ["2", "1"]
    assert list(models["drifted"]) == [1, 0]


def test_a_baseline_is_what_counts_where_there_is_one() -> None:
    moved = [row(day, "a", 0.4, compared="CONSECUTIVE") for day in range(3)]
    still = [row(day, "a", 0.001) for day in range(3)]
    assert made(*moved, *still)["models"].iloc[0]["drifted"] == 0
    assert made(*moved)["models"].iloc[0]["drifted"] == 1


def test_a_model_that_became_worse_stands_before_one_that_only_moved() -> None:
    quiet = [row(day, "a", 0.001, model="worse") for day in range(12)]
    moved = [row(day, "a", 0.3, model="moved") for day in range(12)]
    fallen = quality([0.86, 0.861] * 5 + [0.82, 0.82], "worse")
    models = made(*quiet, *moved, measured=fallen)["models"]
    assert list(models["model"]) == ["worse", "moved"]
    assert round(models["lost"].iloc[0], 3) == 0.04


def test_nothing_measured_is_no_model() -> None:
    empty = pd.DataFrame([row(0, "a", 0.1)]).iloc[:0]
    assert drift_frames({"drift_by_column": empty, "quality_by_window": NO_QUALITY})["models"].empty
