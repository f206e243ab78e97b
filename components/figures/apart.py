"""Where words stand beside marks, so that they never lie over each other and never leave the plot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

LETTER, LINE = 6.6, 15  # pixels: of a letter of 11, and of a line
NARROW = 480  # pixels that a plot is wide at least: where words are apart there, they are on wider ones
SHIFTS = (14, 29, 44, 59)  # pixels above a mark or below it, the nearest first
Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True)
class Mark:
    """A mark with its ``word``, how far ``right`` and how far ``up`` it is (shares of the plot); ``below`` it there is nothing to
    cover."""

    right: float
    up: float
    word: str
    below: bool = False


@dataclass(frozen=True)
class Spot:
    """Where a word stands: ``shift`` pixels above its mark, on the side of it that ``anchor`` names."""

    shift: int
    anchor: str


def apart(marks: Sequence[Mark], high: float) -> list[Spot | None]:
    """A spot for the word of each of ``marks``. ``high`` is the plot in pixels; the first ones have their choice, None where there is
    no room for the word."""
    taken: list[Box] = []
    found: list[Spot | None] = []
    for one in marks:
        spots = {spot: box_of(one, spot, NARROW, high) for spot in _spots(one)}
        free = (
            spot
            for spot, box in spots.items()
            if _inside(box, high) and not any(overlap(box, other) for other in taken)
        )
        spot = next(free, None)
        taken += [spots[spot]] if spot is not None else []
        found.append(spot)
    return found


def _spots(mark: Mark) -> list[Spot]:
    half = LETTER * len(mark.word) / 2 / NARROW
    anchor = "left" if mark.right < half else "right" if mark.right > 1 - half else "center"
    above, below = SHIFTS, tuple(-one for one in SHIFTS)
    return [Spot(shift, anchor) for shift in (*below, *above) if mark.below] or [
        Spot(shift, anchor) for shift in (*above, *below)
    ]


def box_of(mark: Mark, spot: Spot, wide: float, high: float) -> Box:
    """What the word takes up, in pixels of a plot so ``wide`` and ``high``."""
    length = LETTER * len(mark.word)
    left = mark.right * wide - {"left": 0.0, "center": length / 2, "right": length}[spot.anchor]
    middle = mark.up * high + spot.shift
    return left, middle - LINE / 2, left + length, middle + LINE / 2


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes have a point in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _inside(box: Box, high: float) -> bool:
    return box[1] >= 0 and box[3] <= high + 2 * LINE  # the margin above the plot is free


def along(whens: Sequence[str | None]) -> list[float]:
    """How far right each of ``whens`` (in order, as an axis of days has them) is, from the first to the last."""
    times = [dt.datetime.fromisoformat(one).timestamp() if one else 0.0 for one in whens]
    first, last = min(times, default=0.0), max(times, default=0.0)
    return [(one - first) / (last - first) if last > first else 0.5 for one in times]
