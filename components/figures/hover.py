"""What a mark says of itself when somebody points at it: its day in words, its share of the whole, and how it stands to the
same day before."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from components.text import format as fmt

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
MONTHS = "the month before"  # what months are compared with


@dataclass(frozen=True)
class Place:
    """A place on an axis of times, in ``words``, and the one ``before`` it that it is compared with (its index)."""

    words: str
    before: int | None = None


def said(name: str, *lines: str) -> str:
    """Hover text (HTML): ``name`` in bold, then the ``lines`` that say something."""
    return "<br>".join([f"<b>{name}</b>", *filter(None, lines)])


def share(part: Any, whole: Any, of: str) -> str:
    """``12% of $43k``; empty where a part is no share of the whole."""
    if not fmt.known(part) or not fmt.known(whole) or part < 0 or whole <= 0 or part > whole:
        return ""
    return f"{fmt.percent(float(part) / float(whole))} of {of}"


def places(whens: Sequence[str | None]) -> tuple[list[Place], str]:
    """The places that ``whens`` (as :func:`components.figures.canvas.stamps` writes them) stand for, and what each is
    compared with, in words: days with a week before, hours with the day before, weeks and months with the one before,
    other moments with nothing."""
    times = [dt.datetime.fromisoformat(when) if when else None for when in whens]
    words, back, versus = _grain(sorted({time for time in times if time}))
    at = {time: index for index, time in enumerate(times) if time}
    found = [Place(words(time), at.get(back(time)) if back else None) if time else Place(fmt.NONE) for time in times]
    return found, versus


def changes(values: Sequence[Any], found: Sequence[Place], versus: str, partial: Collection[int] = ()) -> list[str]:
    """How each of ``values`` stands to the one of the place before, ``+4% against a week before``; empty where there is none
    or one of them is ``partial`` (its index): not over, or cut off."""
    return [
        ""
        if place.before is None or {index, place.before} & set(partial)
        else _against(values[index], values[place.before], versus)
        for index, place in enumerate(found)
    ]


def _against(now: Any, before: Any, versus: str) -> str:
    if not fmt.known(now) or not fmt.known(before) or before <= 0 or now < 0:
        return ""
    return f"{fmt.change(float(now) / float(before) - 1)} against {versus}"


Back = Callable[[dt.datetime], dt.datetime]


def _grain(times: Sequence[dt.datetime]) -> tuple[Callable[[dt.datetime], str], Back | None, str]:
    """How such times are said, where the one before is, and what that is called."""
    gaps = {later - earlier for earlier, later in itertools.pairwise(times)}
    if any(one.time() != dt.time() for one in times):
        hourly = all((time.minute, time.second) == (0, 0) for time in times) and len(gaps) > 0
        return _moment, (lambda time: time - DAY) if hourly else None, "the same hour the day before"
    if gaps and all(time.day == 1 for time in times):
        return (lambda time: f"{time:%b %Y}"), (lambda time: (time - DAY).replace(day=1)), MONTHS
    if gaps and all(gap % WEEK == dt.timedelta() for gap in gaps):
        return (lambda time: f"week from {_day(time)}"), (lambda time: time - WEEK), "the week before"
    return _day, (lambda time: time - WEEK), "a week before"


def _day(time: dt.datetime) -> str:
    return f"{time:%a} {fmt.day(time.date())}"


def _moment(time: dt.datetime) -> str:
    return f"{_day(time)} {time:%H:%M}"
