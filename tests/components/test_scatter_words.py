"""Words of a scatter lie on nothing: a curve is named where there is room, and a dot beside that."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.scatter import Axis, scatter
from components.text.view_context import ViewContext
from components.tiles.tile import Plot


def drawn(x: list[float], y: list[float], curves: list[float]) -> dict[str, Any]:
    rows = pd.DataFrame({"x": x, "y": y, "n": [f"support-sql-{n}" for n in range(len(x))]})
    body = scatter(
        rows, ViewContext(), x=Axis("x", "count", "starts"), y=Axis("y", "count", "tail"), label="n", curves=curves,
        curve_name=lambda product: f"{product:g} h a day, about $70.46",
    )  # fmt: skip
    assert isinstance(body, Plot)
    found: dict[str, Any] = body.figure.to_dict()
    return found


def test_a_curve_is_named_on_the_right_where_nothing_is_else_above() -> None:
    (note,) = drawn([1.0, 10.0], [100.0, 90.0], [50.0])["layout"]["annotations"]
    assert (note["xanchor"], note["yanchor"]) == ("right", "bottom")
    (note,) = drawn([1.0, 10.0], [100.0, 5.0], [50.0])["layout"]["annotations"]
    assert (note["xanchor"], note["yanchor"]) == ("left", "top")


def test_of_curves_that_end_beside_each_other_each_has_a_place_of_its_own_or_no_name() -> None:
    notes = drawn([1.0, 10.0], [100.0, 90.0], [10.0, 20.0, 30.0])["layout"]["annotations"]
    assert len(notes) < 3 and len({(one["x"], one["y"]) for one in notes}) == len(notes)
    assert sum(one["xanchor"] == "right" for one in notes) == 1


def test_a_dot_is_not_named_where_a_curve_is() -> None:
    figure = drawn([9.2, 1.0], [8.0, 100.0], [40.0])
    assert figure["layout"]["annotations"]
    first = figure["data"][0]
    assert (first["text"][0], first["textposition"][0]) != ("support-sql-0", "middle right")


def test_an_axis_of_equal_factors_begins_at_the_step_below_all_where_all_is_far_from_nothing() -> None:
    def begins(*tokens: float, limit: float | None = None) -> float:
        rows = pd.DataFrame({"x": [1.0] * len(tokens), "y": tokens, "n": [f"s{n}" for n in range(len(tokens))]})
        y = Axis("y", "count", "tokens", limit, even=True)
        body = scatter(rows, ViewContext(), x=Axis("x", "count", "calls"), y=y, label="n")
        assert isinstance(body, Plot)
        low: float = body.figure.to_dict()["layout"]["yaxis"]["range"][0]
        return low

    assert 3.8 < begins(50_546.0, 414_627.0) < 4.01  # 10k
    assert begins(0.0, 414_627.0) < 0  # one of nothing is drawn
    assert begins(5.0, 414_627.0) < 0
    assert begins(50_546.0, 414_627.0, limit=100.0) < 2.1  # and so is where it begins to matter
