"""Words of ours (Other, untagged, no identity, none) are nobody's name: an organisation that really uses them sees both."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from components.figures.stacked import stacked
from components.panels import chargeback, finops
from components.text.names import lines, named
from components.text.tokens import LIGHT, OTHER
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Body, Grid, Plot

LOOK = ViewContext()
MARKS = ["Other", "untagged", "no identity", "account level", "other region or deleted", "not named"]


def matrix(rows: list[tuple[Any, str, int]]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["group_key", "label", "cost"])
    made["cost"] = made["cost"].map(Decimal)
    return made.assign(period=pd.Timestamp("2026-02-01").date(), unpriced_rows=0)


def built(panel: Panel, **frames: pd.DataFrame) -> list[Body]:
    made = panel(frames, LOOK)
    return list(made) if isinstance(made, Sequence) else [made]


def totals(bodies: list[Body]) -> list[Decimal]:
    return sorted(next(one.frame for one in bodies if isinstance(one, Grid))["total"])


def traces(body: Body) -> dict[str, Any]:
    assert isinstance(body, Plot)
    return {one["name"]: one for one in body.figure["data"]}


@pytest.mark.parametrize("word", MARKS)
def test_a_group_that_is_called_as_a_mark_stays_apart_from_it(word: str) -> None:
    frame = matrix([(word, word, 50), (None, word, 40), ("red", "red", 10)])
    drawn = built(finops.matrix, spend_matrix=frame)
    assert totals(drawn) == [10, 40, 50]
    figure = next(one for one in drawn if isinstance(one, Plot))
    assert {name: sum(one["y"]) for name, one in traces(figure).items()} == {f"“{word}”": 50, word: 40, "red": 10}


@pytest.mark.parametrize("word", MARKS)
def test_two_of_one_label_are_two_lines(word: str) -> None:
    frame = matrix([("111", word, 60), ("222", word, 40), ("333", "dev", 30), ("444", "dev", 20)])
    assert totals(built(finops.matrix, spend_matrix=frame)) == [20, 30, 40, 60]


@pytest.mark.parametrize("word", ["Other", "none"])
def test_a_series_that_is_really_called_so_has_its_own_colour(word: str) -> None:
    frame = pd.DataFrame({"x": pd.Timestamp("2026-02-01"), "s": [word, "a", None], "v": [3.0, 2.0, 1.0]})
    drawn = traces(stacked(frame, LOOK, x="x", series="s", value="v", unit="count"))
    assert set(drawn) == {f"“{word}”", "a", "none"}
    assert drawn[f"“{word}”"]["marker"]["color"] != LIGHT.other


def test_the_rest_of_the_rows_and_of_the_figure_are_one_grey_series() -> None:
    frame = pd.DataFrame(
        {"x": pd.Timestamp("2026-02-01"), "s": [*"abcdefgh", OTHER], "v": [float(9 - i) for i in range(9)]}
    )
    drawn = traces(stacked(frame, LOOK, x="x", series="s", value="v", unit="count", rest=OTHER))
    assert (len(drawn), sum(drawn[OTHER]["y"]), drawn[OTHER]["marker"]["color"]) == (7, 6.0, LIGHT.other)


def test_names_and_lines() -> None:
    assert named(pd.Series(["ann", None, "no identity"]), "no identity").tolist() == [
        "ann",
        "no identity",
        "“no identity”",
    ]
    assert lines(matrix([(None, "Other", 1), ("Other", "Other", 1), ("x", "x", 1)])).tolist() == [
        "Other",
        "“Other”",
        "x",
    ]
    assert lines(matrix([])).tolist() == []


def test_nobody_is_not_the_person_of_that_name() -> None:
    rows = [("no identity", "JOBS", 5), (None, "JOBS", 4)]
    frame = pd.DataFrame(rows, columns=["owner", "product", "cost"]).assign(untagged_rows=1, untagged_ratio=1.0)
    frame["cost"] = frame["untagged_cost"] = frame["cost"].map(Decimal)
    drawn = built(chargeback.untagged, untagged=frame)[1]
    assert isinstance(drawn, Plot)
    assert len(set(drawn.figure["layout"]["yaxis"]["ticktext"])) == 2
