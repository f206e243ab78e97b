"""A list that ends at its limit says so; what sums the rest has nothing to say."""

from __future__ import annotations

import pandas as pd
import pytest

from components.text.view_context import ViewContext
from components.tiles.answers import outcome
from components.tiles.tile import Grid, Tile
from tests.components.reading import NOW, rows
from warehouse.interface import Answer, ask

SHOWN = Grid(pd.DataFrame({"a": []}), {"a": ("A", "count")})


@pytest.mark.parametrize(
    ("query", "limit", "said"),
    [
        ("finops.discounts", 2, ("The list ends at 2; there may be more.",)),
        ("finops.discounts", 3, ()),
        ("finops.owners", 2, ()),  # the second row is the rest
    ],
)
def test_a_list_says_that_it_ends(query: str, limit: int, said: tuple[str, ...]) -> None:
    asked = ask(query, limit=limit)
    answer = Answer(asked, "fresh", rows(query, [{}, {}]), NOW, 0.1)
    drawn = outcome(
        Tile(f"limit-{query}-{limit}", "Tile", "why", [asked], lambda _f, _l: SHOWN), [answer], ViewContext()
    )
    assert drawn.notes == said
