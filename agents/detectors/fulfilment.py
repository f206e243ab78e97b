"""Which run kept which promise. Done means the work: any success counts, whoever started the run, and each run once."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agents.detectors.promises import Promise
from agents.detectors.quartz import DAY

EARLY = dt.timedelta(minutes=1)  # clocks differ: a run may be seen to start so much before its fire
LATEST = 2 * DAY  # after so long a run is no longer that fire's
DONE = "SUCCEEDED"
ATTEMPTS = {"SKIPPED": 0, "BLOCKED": 1, "CANCELLED": 2}  # else failed, 3; still running, 4


class Run(NamedTuple):
    """A run in Python's own times (UTC): comparing those is much faster than comparing pandas' timestamps."""

    run_id: str
    started: dt.datetime
    ended: dt.datetime | None
    result_state: str | None

    @property
    def done(self) -> bool:
        return self.ended is not None and self.result_state == DONE

    @property
    def weight(self) -> int:
        """How much an attempt that did not do the work in time says of what became of it."""
        return 4 if self.ended is None or self.done else ATTEMPTS.get(self.result_state or "", 3)

    def seen(self, due: dt.datetime) -> Run:
        """The run as it was :data:`LATEST` after ``due``: where its end came later, it may lie beyond what was read."""
        late = self.ended is not None and self.ended - due > LATEST
        return self._replace(ended=None, result_state=None) if late else self


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
    for one in runs:
        place = bisect_right(starts, one.started)
        if place > opened:
            undone.extend(range(opened, place))
            opened = place
        if not place:
            continue
        own = place - 1
        due = promised[own].due
        if one.ended is not None and one.ended <= due and one.result_state == DONE and undone and undone[-1] == own:
            done[undone.pop()] = one  # as nearly all do: the rest comes to the same, by more questions
            continue
        run = one.seen(due)
        if run.done:
            rest = _in_time(promised, done, own, run)
            if undone and rest.started - promised[undone[-1]].due <= LATEST:
                done[undone.pop()] = rest
        elif run.started - starts[own] <= LATEST:
            known = tried.get(own)
            if known is None or run.weight >= known.weight:
                tried[own] = run
    for place, promise in enumerate(promised):
        yield promise, done.get(place) or tried.get(place)


def _in_time(promised: Sequence[Promise], done: dict[int, Run], place: int, run: Run) -> Run:
    """Let ``run`` do the work of the fire at ``place`` where it ends in time and the run that has it does not; the one of
    the two that is left over."""
    other, due = done.get(place), promised[place].due
    if other is None or other.ended is None or run.ended is None or not run.ended <= due < other.ended:
        return run
    done[place] = run
    return other


@dataclass(frozen=True)
class _Day:
    """A day by whose ``due`` something must be done; it ``begins`` at midnight of the promise's own zone."""

    begins: dt.datetime
    due: dt.datetime

    def moved(self, days: int) -> _Day:
        return _Day(self.begins + days * DAY, self.due + days * DAY)

    def is_of(self, run: Run, before: _Day) -> bool:
        """Whether ``run``, that has ended, is rather of this day than of the one ``before`` it."""
        assert run.ended is not None
        return run.started >= self.begins or run.ended > before.due + (self.due - before.due) / 2


def _by_day(promised: Sequence[Promise], runs: Sequence[Run]) -> Iterator[Kept]:
    """A success counts for the day on which its run began, of one that began the day before if it ended nearer to that
    deadline; where a day has more than it needs, the first of them also counts, late, for a day before it that has none.
    Whatever was going at the deadline is what became of a day without a success."""
    ended = sorted((run for run in runs if run.ended is not None), key=lambda run: run.ended or run.started)
    ends = [run.ended or run.started for run in ended]
    long = [run for run in runs if run.ended is None or run.ended - run.started > DAY / 4]  # others are a day's own
    days = [_Day(one.begins or one.due, one.due) for one in promised]
    for one, day in zip(promised, days, strict=True):
        own = _own(ended, ends, days, day)
        successes = [run for run in own if run.done]
        found = next(iter(successes), None) or _spare(_own(ended, ends, days, day.moved(1)), day.due + DAY)
        going = [
            run.seen(day.due) for run in long if run.started <= day.due and (run.ended is None or run.ended > day.due)
        ]
        tries = [run for run in own if not run.done] + going
        yield one, found or max(tries, key=lambda run: (run.weight, run.started), default=None)


def _own(ended: list[Run], ends: list[dt.datetime], days: list[_Day], day: _Day) -> list[Run]:
    """The runs that are of ``day`` rather than of the one before or after it, in order of their end."""
    place = bisect_left(days, day.due - DAY / 4, key=lambda other: other.due)
    day = days[place] if place < len(days) and abs(days[place].due - day.due) < DAY / 4 else day
    before = days[place - 1] if place and day.due - days[place - 1].due < 1.5 * DAY else day.moved(-1)
    after = days[place + 1] if place + 1 < len(days) and days[place + 1].due - day.due < 1.5 * DAY else day.moved(1)
    near = ended[bisect_right(ends, before.due) : bisect_right(ends, after.due)]
    return [run for run in near if day.is_of(run, before) and not after.is_of(run, day)]


def _spare(own: list[Run], due: dt.datetime) -> Run | None:
    done = [run for run in own if run.done and run.ended]
    needed = len(done) < 2 or not (done[1].ended <= due or done[0].ended > due)  # type: ignore[operator]
    return None if needed else done[0]
