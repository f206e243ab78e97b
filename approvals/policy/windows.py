"""When changes may start: freezes (``deny``) and windows (``allow``), by cron and duration in a time zone, or from a
calendar file. Deny beats allow; where no allow window is about a change it may start at any time, else only in one.

Both ends of a window are read from the wall clock of its zone. The hour the clock skips in spring is in no window.
The hour it shows twice in autumn is in a freeze both times, and in an allow window once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from croniter import croniter
from pydantic import BeforeValidator, Field, model_validator

from approvals.policy.calendar_repeats import LONGEST, occurrences
from approvals.policy.facts import Facts
from approvals.policy.selector import When, selects
from approvals.policy.spans import Span, readings
from approvals.values.value import Value

HORIZON = dt.timedelta(days=400)  # how far ahead a start is looked for
_STRETCHES = 1_000  # of free time that are added up at most
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_NAMES = "sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_FIELD = re.compile(rf"(?:[\d*/,#-]|l|{_NAMES})+", re.IGNORECASE)


def seconds(value: Any) -> Any:
    """``30s``, ``2m``, ``72h`` or ``7d`` as whole seconds; anything else is left to be refused."""
    found = re.fullmatch(r"(\d+)([smhd])", value) if isinstance(value, str) else None
    return int(found[1]) * _UNITS[found[2]] if found else value


Seconds = Annotated[int, Field(ge=0, strict=True), BeforeValidator(seconds)]


class Window(Value):
    """Either ``cron`` (five fields) with a ``duration``, both in local time of ``zone``, or the ``spans`` of a calendar
    file. ``overrun``: what has started inside may go on when the window closes. It is about changes of class
    ``risk_from`` and above; messages (class 0) are left alone unless it says so."""

    id: str
    line: int = Field(default=0, exclude=True)
    effect: Literal["deny", "allow"]
    zone: str
    cron: str = ""
    duration: Seconds = 0
    ics: str = ""
    spans: tuple[Span, ...] = ()  # of events that happen once
    repeats: str = Field(default="", exclude_if=lambda one: not one)  # those that repeat; see calendar_repeats
    when: When = ()
    risk_from: Annotated[int, Field(ge=0, le=4, strict=True)] = 1
    overrun: bool = False
    why: str

    @model_validator(mode="after")
    def _can_be_kept(self) -> Window:
        if self.zone not in available_timezones():
            raise ValueError(f"unknown time zone {self.zone!r}; write one such as Europe/Berlin")
        if bool(self.cron) == bool(self.ics):
            raise ValueError("give either cron and duration, or ics")
        if self.cron:
            _checked(self.cron, self.duration)
        return self


def _checked(cron: str, duration: int) -> None:
    fields = cron.split()
    if len(fields) != 5 or not all(_FIELD.fullmatch(one) for one in fields) or not croniter.is_valid(cron):
        raise ValueError(f"not a cron expression of five fields: {cron!r}")
    if not 0 < duration <= LONGEST.total_seconds():
        raise ValueError("the duration of a window lies between 1s and 31d")
    try:
        croniter(cron, dt.datetime(2024, 1, 1)).get_next(dt.datetime)
    except ValueError:
        raise ValueError(f"never happens: {cron!r}") from None


@dataclass(frozen=True)
class Hold:
    """Why nothing may start: a ``freeze``, or no ``window`` is open. ``until`` (UTC) is None where no end is known."""

    name: Literal["freeze", "window"]
    why: str
    until: dt.datetime | None
    windows: tuple[Window, ...]


def standing(
    windows: Iterable[Window], facts: Facts, risk: int, at: dt.datetime, started: bool = False
) -> tuple[Hold, ...]:
    """What keeps a change of class ``risk`` from starting at ``at``, or, once it has ``started``, from going on. A freeze
    that its approvers have lifted for this change does not."""
    mine = [one for one in _about(windows, facts, risk) if not (started and one.overrun)]
    found = []
    for one in mine:
        span = open_at(one, at) if one.effect == "deny" else None
        if span is not None:
            found.append(Hold("freeze", f"{_why(one, span)} until {_local(span.end, one)}", span.end, (one,)))
    allowing = tuple(one for one in mine if one.effect == "allow")
    if allowing and not any(open_at(one, at) for one in allowing):
        starts = [(span.start, one) for one in allowing if (span := next_span(one, at))]
        until, first = min(starts, key=lambda one: one[0]) if starts else (None, allowing[0])
        opens = f"the next one opens {_local(until, first)}" if until else "none is coming"
        found.append(Hold("window", f"Outside of {', '.join(one.why for one in allowing)}; {opens}", until, allowing))
    return tuple(found)


def next_free(windows: Iterable[Window], facts: Facts, risk: int, at: dt.datetime) -> dt.datetime | None:
    """The first moment from ``at`` on at which nothing holds; None when there is none within :data:`HORIZON`."""
    moment, known = at, tuple(windows)
    while moment <= at + HORIZON:
        holds = standing(known, facts, risk, moment)
        if not holds:
            return moment
        ends = [hold.until for hold in holds]
        later = max((end for end in ends if end is not None), default=None)
        if later is None or None in ends or later <= moment:
            return None
        moment = later
    return None


def runs_out(windows: Iterable[Window], facts: Facts, risk: int, since: dt.datetime, span: int) -> dt.datetime:
    """When ``span`` seconds have passed since ``since`` in which nothing held the change: clocks stand still in a freeze
    and outside of every window. Where none of it ever ends they run on, because nothing will start."""
    known, moment, left = _about(windows, facts, risk), since, dt.timedelta(seconds=span)
    for _ in range(_STRETCHES):
        free = next_free(known, facts, risk, moment)
        if free is None:
            return moment + left
        held = _next_hold(known, free)
        if held is None or held - free >= left:
            return free + left
        moment, left = held, left - (held - free)
    return moment + left


def _about(windows: Iterable[Window], facts: Facts, risk: int) -> tuple[Window, ...]:
    return tuple(
        one for one in windows if risk >= one.risk_from and one.id not in facts.lifted and selects(one.when, facts)
    )


def _next_hold(windows: tuple[Window, ...], free: dt.datetime) -> dt.datetime | None:
    """The first moment after ``free`` at which one of them may hold: a freeze begins, or an open window closes."""
    starts = [span.start for one in windows if one.effect == "deny" and (span := next_span(one, free))]
    ends = [span.end for one in windows if one.effect == "allow" and (span := open_at(one, free))]
    return min([*starts, *ends], default=None)


def open_at(window: Window, at: dt.datetime) -> Span | None:
    """The span of ``window`` that ``at`` lies in, the one that ends last; None outside."""
    inside = [span for span in _around(window, at) if span.start <= at < span.end]
    return max(inside, key=lambda span: span.end, default=None)


def next_span(window: Window, at: dt.datetime) -> Span | None:
    """The first span that starts after ``at``; None when none does within :data:`HORIZON`."""
    for span in _from(window, at):
        if span.start > at:
            return span if span.start <= at + HORIZON else None
    return None


def _around(window: Window, at: dt.datetime) -> Iterator[Span]:
    """The spans that may hold ``at``: all of one cron are equally long, so the last to start before it is enough."""
    if window.ics:
        yield from (*window.spans, *occurrences(window.repeats, window.zone, at - LONGEST, at))
        return
    starts = croniter(window.cron, _wall(window, at) + dt.timedelta(hours=3))
    while True:
        span = _span(window, starts.get_prev(dt.datetime))
        yield span
        if span.start < at - dt.timedelta(hours=3):
            return


def _from(window: Window, at: dt.datetime) -> Iterator[Span]:
    if window.ics:
        repeated = occurrences(window.repeats, window.zone, at, at + HORIZON)
        yield from sorted((*window.spans, *repeated), key=lambda span: span.start)
        return
    starts = croniter(window.cron, _wall(window, at) - dt.timedelta(hours=3))
    while True:
        span = _span(window, starts.get_next(dt.datetime))
        if span.start < span.end or span.start > at + HORIZON:
            yield span


def _span(window: Window, wall: dt.datetime) -> Span:
    """The span of a start on the wall clock. Between two readings of an end a freeze takes the wider span."""
    zone = ZoneInfo(window.zone)
    starts, ends = readings(wall, zone), readings(wall + dt.timedelta(seconds=window.duration), zone)
    if window.effect == "deny":
        return Span(start=starts[0], end=ends[1], name=window.why)
    return Span(start=starts[1] if starts[1] < ends[0] else starts[0], end=ends[0], name=window.why)


def _wall(window: Window, at: dt.datetime) -> dt.datetime:
    return at.astimezone(ZoneInfo(window.zone)).replace(tzinfo=None)


def _why(window: Window, span: Span) -> str:
    return f"{window.why}: {span.name}" if span.name and span.name != window.why else window.why


def _local(at: dt.datetime, window: Window) -> str:
    return f"{at.astimezone(ZoneInfo(window.zone)):%Y-%m-%d %H:%M} {window.zone}"
