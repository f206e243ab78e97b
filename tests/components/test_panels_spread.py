"""What is said of one input's bins: then and now, of how many rows, and nothing where nothing was logged."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.panels.drift_model import Chosen
from components.panels.drift_spread import shares, spread_of
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Plot
from tests.components.bodies import listed, one
from tests.components.test_panels_drift import drifted

LOOK = ViewContext()


def binned(model: str, *counts: tuple[int, int], column: str = "amount") -> Frames:
    """Frames of a drifted model with bins of one column: rows now and then."""
    rows: list[dict[str, Any]] = [
        {"workspace_id": "1", "model": model, "run_id": "r", "column_name": column, "bin": at, "lower": 10.0 * at or None,
         "rows_now": float(now), "rows_then": float(then)}
        for at, (now, then) in enumerate(counts)
    ]  # fmt: skip
    frames = drifted(model)
    columns = ["workspace_id", "model", "run_id", "column_name", "bin", "lower", "rows_now", "rows_then"]
    return Frames({**frames, "bins_by_column": pd.DataFrame(rows, columns=columns)}, frames.coverage)


MOVED = binned("churn", (20, 500), (50, 300), (30, 200))
PANEL = spread_of(Chosen())


def test_the_bin_that_changed_most_is_named_with_the_rows_of_both_sides() -> None:
    said = one(PANEL(MOVED, LOOK), Finding).text
    assert said == "amount of churn: bin 1 holds 20%, 50% then; 100 rows against 1,000"


def test_of_few_rows_a_difference_is_chance() -> None:
    few = one(PANEL(binned("churn", (11, 2_000), (49, 18_000)), LOOK), Finding).text
    assert few == "amount of churn: none of 2 bins differs by more than chance; 60 rows against 20,000"
    many = one(PANEL(binned("churn", (1_100, 2_000), (4_900, 18_000)), LOOK), Finding).text
    assert "holds" in many


def test_each_bin_is_a_ring_and_a_dot_with_the_interval_of_so_many_rows() -> None:
    drawn = one(PANEL(MOVED, LOOK), Plot).figure.to_dict()
    ring, dot = drawn["data"]
    assert list(ring["x"]) == [0.5, 0.3, 0.2] and list(dot["x"]) == [0.2, 0.5, 0.3]
    few, many = (shares(binned("m", (2 * n, 9), (8 * n, 9))["bins_by_column"]) for n in (10, 1_000))
    assert (many["high"] - many["low"]).max() < (few["high"] - few["low"]).min() / 5


def test_a_column_that_is_chosen_is_shown_and_one_without_bins_says_so() -> None:
    assert one(spread_of(Chosen(column="amount"))(MOVED, LOOK), Finding)
    said = listed(spread_of(Chosen(column="visits"))(MOVED, LOOK))[0]
    assert isinstance(said, Empty) and said.text == "0 bins of visits of churn are logged."
    assert isinstance(listed(PANEL(binned("churn"), LOOK))[0], Empty)
    assert isinstance(listed(PANEL(binned("churn", (0, 5), (0, 5)), LOOK))[0], Empty)


def test_a_model_that_nobody_calls_so_is_not_found() -> None:
    assert isinstance(listed(spread_of(Chosen(find="nobody"))(MOVED, LOOK))[0], Empty)
