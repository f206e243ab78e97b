"""Which of the starts that a schedule meant did not happen, from the times at which its job started."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

EARLY = dt.timedelta(minutes=1)  # clocks differ: a run may be seen to start so much before its time
LEAST = dt.timedelta(minutes=30)  # that a start may be late before it is said to be missing
MOST = dt.timedelta(days=1)  # that anything is waited for


@dataclass(frozen=True)
class Starts:
    """Of the starts that are over: how many of the ``before`` happened (``made``), and those since that did not
    (``missed``, the newest last). ``last`` is when the job started last, by whatever started it."""

    before: int
    made: int
    missed: tuple[dt.datetime, ...]
    last: dt.datetime | None


def starts(meant: Sequence[dt.datetime], seen: Sequence[dt.datetime], until: dt.datetime) -> Starts:
    """Both in order of time; ``until`` is how far is known. A start happened where the job started between it and the next
    one. It is missing when it is over by twice the longest that the job was ever late, at least :data:`LEAST`."""
    marks = [*meant, dt.datetime.max.replace(tzinfo=dt.UTC)]
    found = [_between(seen, at - EARLY, after - EARLY) for at, after in pairwise(marks)]
    late = [run - at for at, run in zip(meant, found, strict=True) if run is not None]
    wait = min(max([LEAST, *(2 * one for one in late)]), MOST)
    over = [(at, run) for at, run in zip(meant, found, strict=True) if run is not None or at + wait <= until]
    place = next((n for n in range(len(over), 0, -1) if over[n - 1][1] is not None), 0)
    return Starts(
        before=place,
        made=sum(run is not None for _, run in over[:place]),
        missed=tuple(at for at, _ in over[place:]),
        last=seen[-1] if seen else None,
    )


def _between(seen: Sequence[dt.datetime], start: dt.datetime, end: dt.datetime) -> dt.datetime | None:
    place = bisect_left(seen, start)
    return seen[place] if place < len(seen) and seen[place] < end else None
