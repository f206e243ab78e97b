"""What is said of columns that reach a model otherwise than it was trained on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agents.detectors.skew import skew_frames
from components.panels.mlops_skew import skew
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot
from tests.agents.test_skew import OTHER_UNIT, window
from tests.components.bodies import listed, one
from things import Thing

LOOK = ViewContext()


def served(**columns: dict[str, Any]) -> Frames:
    """The frames of columns that differ so in the last four of five windows."""
    rows = [window(day, column, **(more if day else {})) for column, more in columns.items() for day in range(5)]
    asked = {"skew_by_column": pd.DataFrame(rows, columns=list(window()))}
    return Frames({**asked, **skew_frames(asked)})


def test_the_title_names_the_column_how_it_is_served_and_since_when() -> None:
    said = one(skew(served(tenure=OTHER_UNIT, visits={}), LOOK), Finding)
    assert (
        said.text == "tenure of churn is served in another unit (÷30.4: days and months?) since 3 Mar; 1 of 2 columns"
    )
    assert said.tone == "act"
    more = one(skew(served(age_s={"mean_now": 8100.0}, basket={"nulls_now": 0.3}), LOOK), Finding).text
    assert more == "age_s of churn is served 2 h later: another time zone? since 3 Mar; 1 more of 2 columns"


def test_what_agrees_is_said_with_over_what_and_what_is_not_known_apart() -> None:
    bodies = skew(served(tenure={}, visits={"rows_now": 60.0}), LOOK)
    assert (one(bodies, Finding).text, one(bodies, Finding).tone) == (
        "None of 1 column of 1 model is served otherwise than trained",
        "ok",
    )
    assert one(bodies, Note) == Note("Of 1 column too few rows are logged to say.", "unknown")
    assert isinstance(listed(skew(served(), LOOK))[0], Empty)


def test_a_dot_stands_so_many_deviations_from_the_ring() -> None:
    drawn = one(skew(served(tenure={"mean_now": 750.0}, flag={"mean_now": np.nan}), LOOK), Plot).figure.to_dict()
    assert [list(trace["x"]) for trace in drawn["data"]] == [[0.0], [-0.5]]


def test_who_measures_is_told_of_what_surely_differs() -> None:
    grid = one(skew(served(tenure=OTHER_UNIT, visits={}, basket={"nulls_now": 0.3}), LOOK), Grid)
    assert grid.frame["act"].tolist() == ["notify.owner", "notify.owner", ""]
    text = grid.frame["params"].iloc[0]["text"]
    assert "mean 29.6 of 5k rows, trained on 900 of 20k" in text
    assert grid.frame["shifted"].iloc[0] == "2.90 below ± 0.02"
    assert grid.thing_at("model", 0) == Thing("endpoint", "id-churn", "1")
