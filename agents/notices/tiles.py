"""The figures of tiles that people asked to be told of: worked out as their page does, and kept for each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from approvals.people.figures import TileFigure
from warehouse.interface import Answer, Ask


@dataclass(frozen=True)
class Worked:
    """A figure, worked out: what it is, and in which unit."""

    value: float
    unit: str


@dataclass(frozen=True)
class Watched:
    """What a tile asks, and what its figure is by the answers, in that order; None: they do not tell."""

    asks: Sequence[Ask]
    worked: Callable[[Sequence[Answer]], Worked | None]


Finder = Callable[[TileFigure, dt.datetime], Watched | None]
"""The tile of a figure as it stands at a time (UTC); None: there is none any more."""
