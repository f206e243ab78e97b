"""The tiers of the tests. `make test` proves everything once; `make deep` proves it again with more draws, more cells or
more of the same; `make soak` is the long form of all, hours where it must be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def deep(*values: Any, id: str | None = None) -> Any:
    """Parameters of a test for `make deep` only."""
    return pytest.param(*values, id=id, marks=pytest.mark.deep)


def crossed(rows: Iterable[Any], columns: Iterable[Any]) -> list[Any]:
    """The cells of a matrix, as parameters of a test: `make test` meets each row and each column at least once, `make deep`
    every cell."""
    rows, columns = list(rows), list(columns)
    once = {(turn % len(rows), turn % len(columns)) for turn in range(max(len(rows), len(columns)))}
    return [
        (pytest.param if (down, along) in once else deep)(row, column, id=f"{row}-{column}")
        for down, row in enumerate(rows)
        for along, column in enumerate(columns)
    ]


def sampled(values: Iterable[Any], each: int = 3) -> list[Any]:
    """Parameters of a test, of which `make test` meets one in so many and `make deep` all."""
    return [one if turn % each == 0 else deep(one) for turn, one in enumerate(values)]
