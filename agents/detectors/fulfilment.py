"""Which run kept which promise. Done means the work: any success counts, whoever started the run, and each run once."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from agents.detectors.promises import Promise
from agents.detectors.quartz import DAY

EARLY = dt.timedelta(minutes=1)  # clocks differ: a run may be seen to start so much before its fire
LATEST = 2 * DAY  # after so long a run is no longer that fire's
ATTEMPTS = {"SKIPPED": 0, "BLOCKED": 1, "CANCELLED": 2}  # else failed, 3; still running, 4


class Run(NamedTuple):
    """A run in Python's own times (UTC): comparing those is much faster than comparing pandas' timestamps."""

    run_id: str
    started: dt.datetime
    ended: dt.datetime | None
    result_state: str | None

    @property
    def done(self) -> bool:
        return self.ended is not None and self.result_state == "SUCCEEDED"

    @property
    def weight(self) -> int:
        """How much an attempt without success says of what became of the work."""
        return 4 if self.ended is None else ATTEMPTS.get(self.result_state or "", 3)


Kept = tuple[Promise, Run | None]  # the run that did the work, else the attempt that says most, else none


def kept(promised: Sequence[Promise], runs: Sequence[Run]) -> Iterator[Kept]:
    """Each promise with its run; ``runs`` in order of their start."""
    of_fires = [one for one in promised if one.fire is not None]
    of_days = [one for one in promised if one.fire is None and not one.unclear]
    yield from _by_fire(sorted(of_fires, key=lambda one: one.fire.at if one.fire else one.due), runs)
    yield from _by_day(sorted(of_days, key=lambda one: one.due), runs)


def _by_fire(promised: Sequence[Promise], runs: Sequence[Run]) -> Iterator[Kept]:
    """A success does the work of the newest fire before it that is still undone. So what becomes of a fire depends on
    nothing that came before it, and a day is judged alike whatever period is looked at."""
    starts = [one.fire.since - EARLY for one in promised if one.fire]
    done: dict[int, Run] = {}
    tried: dict[int, Run] = {}
    undone: list[int] = []  # places in ``promised``, the newest last
    opened = 0
    for run in runs:
        place = bisect_right(starts, run.started)
        undone.extend(range(opened, place))
        opened = max(opened, place)
        if not place:
            continue
        if run.done:
            rest = _in_time(promised, done, place - 1, run)
            if undone and rest.started - promised[undone[-1]].due <= LATEST:
                done[undone.pop()] = rest
        elif run.started - starts[place - 1] <= LATEST:
            known = tried.get(place - 1)
            if known is None or run.weight >= known.weight:
                tried[place - 1] = run
    for place, one in enumerate(promised):
        yield one, done.get(place) or tried.get(place)


def _in_time(promised: Sequence[Promise], done: dict[int, Run], place: int, run: Run) -> Run:
    """Let ``run`` do the work of the fire at ``place`` where it ends in time and the run that has it does not; the one of
    the two that is left over."""
    other, due = done.get(place), promised[place].due
    if other is None or other.ended is None or run.ended is None or not run.ended <= due < other.ended:
        return run
    done[place] = run
    return other


def _by_day(promised: Sequence[Promise], runs: Sequence[Run]) -> Iterator[Kept]:
    """A success counts for the day whose deadline is nearest to its end; where that day has more than it needs, the first
    of them also counts, late, for a day before it that has none."""
    ended = sorted((run for run in runs if run.ended is not None), key=lambda run: run.ended or run.started)
    ends = [run.ended or run.started for run in ended]
    going = [run for run in runs if run.ended is None]
    dues = [one.due for one in promised]
    for one in promised:
        own = _near(ended, ends, dues, one.due)
        successes = [run for run in own if run.done]
        found = next(iter(successes), None) or _spare(_near(ended, ends, dues, one.due + DAY), one.due + DAY)
        tries = [run for run in own if not run.done] + [run for run in going if run.started <= one.due]
        yield one, found or max(tries, key=lambda run: (run.weight, run.started), default=None)


def _near(ended: list[Run], ends: list[dt.datetime], dues: list[dt.datetime], due: dt.datetime) -> list[Run]:
    """The runs that ended nearer to ``due`` than to the day's deadline before or after it."""
    place = bisect_left(dues, due - DAY / 4)
    due = dues[place] if place < len(dues) and abs(dues[place] - due) < DAY / 4 else due
    before = dues[place - 1] if place and due - dues[place - 1] < 1.5 * DAY else due - DAY
    after = dues[place + 1] if place + 1 < len(dues) and dues[place + 1] - due < 1.5 * DAY else due + DAY
    return ended[bisect_right(ends, before + (due - before) / 2) : bisect_right(ends, due + (after - due) / 2)]


def _spare(own: list[Run], due: dt.datetime) -> Run | None:
    done = [run for run in own if run.done and run.ended]
    needed = len(done) < 2 or not (done[1].ended <= due or done[0].ended > due)  # type: ignore[operator]
    return None if needed else done[0]
