"""Freezes from a calendar file (.ics, RFC 5545): the VEVENTs with a start and an end, once or repeating. What is not
understood (a zone that is unknown, a rule that repeats by the minute) is an error, never left out: a freeze that was not
read is no freeze. Lines are read here, because a complaint names its line; how events repeat is the library's."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from approvals.policy.calendar_repeats import LONGEST, bounded_rule
from approvals.policy.spans import Span, readings

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_REPEATS = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_TIMES = ("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID")
_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MOST_REPEATING = 50  # events in a file; more would make every look at the calendar slow
MOST_DATES = 1_000  # that one event names by themselves


class BadCalendar(ValueError):
    """A calendar that cannot be read in full; ``line`` (from 1) says where."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


class Property(NamedTuple):
    """A line of an event: its number (from 1), its name, its parameters and its value."""

    line: int
    name: str
    parameters: dict[str, str]
    value: str


Event = list[Property]


def read_calendar(text: str, zone: str) -> tuple[tuple[Span, ...], str]:
    """The events that happen once, by start, and those that repeat, as :func:`calendar_repeats.occurrences` takes them.
    ``zone`` is that of dates and of times without a zone. Cancelled events are left out. Raises :class:`BadCalendar`."""
    events = _events(text)
    repeating = [event for event in events if any(_find(event, name) for name in _REPEATS)]
    if len(repeating) > MOST_REPEATING:
        raise BadCalendar(repeating[MOST_REPEATING][0].line, f"more than {MOST_REPEATING} events that repeat")
    once = [span for event in events if event not in repeating for span in _span(event, zone)]
    masters = {_value(event, "UID") for event in repeating if not _find(event, "RECURRENCE-ID")} - {""}
    lines = [line for event in repeating for line in _repeating(event, zone, masters)]
    return tuple(sorted(once, key=lambda span: (span.start, span.end))), "\n".join(lines)


def _events(text: str) -> list[Event]:
    """The properties of each VEVENT, those of alarms inside it left out; the first is its BEGIN."""
    found: list[Event] = []
    inside: list[str] = []
    number = 0
    for number, line in _unfolded(text):
        name, parameters, value = _property(number, line)
        if name == "BEGIN":
            inside.append(value.upper())
            if inside[-1] == "VEVENT":
                found.append([Property(number, "BEGIN", {}, "")])
        elif name == "END":
            if not inside or inside.pop() != value.upper():
                raise BadCalendar(number, f"END:{value} closes nothing")
        elif inside and inside[-1] == "VEVENT":
            found[-1].append(Property(number, name, parameters, value))
    if inside or not number:
        raise BadCalendar(number or 1, "the calendar is not complete")
    return found


def _find(event: Event, name: str) -> Property | None:
    """The property of that name, the last where there are several."""
    return next((one for one in reversed(event) if one.name == name), None)


def _value(event: Event, name: str) -> str:
    found = _find(event, name)
    return found.value if found else ""


def _unfolded(text: str) -> list[tuple[int, str]]:
    """The lines with their numbers; one that begins with a blank goes on with the line before."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.lstrip("\ufeff").replace("\r\n", "\n").split("\n"), start=1):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + line[1:])
        elif line.strip():
            lines.append((number, line))
    return lines


def _property(number: int, line: str) -> tuple[str, dict[str, str], str]:
    """``DTSTART;TZID="Europe/Berlin":20261224T180000`` in its parts; a colon in quotes belongs to a parameter."""
    found = re.fullmatch(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:]*))*):(.*)", line)
    if not found:
        raise BadCalendar(number, "not a line of a calendar")
    pairs = re.findall(r";([A-Za-z0-9-]+)=(\"[^\"]*\"|[^\";:]*)", found[2])
    return found[1].upper(), {key.upper(): value.strip('"') for key, value in pairs}, found[3].strip()


def _span(event: Event, zone: str) -> list[Span]:
    if _value(event, "STATUS").upper() == "CANCELLED":
        return []
    begin, started, ended, lasts = event[0].line, *(_find(event, name) for name in ("DTSTART", "DTEND", "DURATION"))
    if started is None:
        raise BadCalendar(begin, "an event without DTSTART")
    start, whole_day = _moment(started, zone, 0)
    if ended is not None:
        end = _moment(ended, zone, 1)[0]
    elif lasts is not None:
        end = start + _length(lasts)
    elif whole_day:
        day = dt.datetime.strptime(started.value, "%Y%m%d") + dt.timedelta(days=1)
        end = readings(day, ZoneInfo(zone))[1]
    else:
        raise BadCalendar(begin, "an event without DTEND or DURATION")
    if end <= start:
        raise BadCalendar(begin, "an event that ends before it starts")
    return [Span(start=start, end=end, name=_words(_value(event, "SUMMARY")))]


def _repeating(event: Event, zone: str, masters: set[str]) -> list[str]:
    """The lines of an event that repeats: what was checked here and nothing else, each time with its zone."""
    changed = _find(event, "RECURRENCE-ID")
    if changed is not None and _value(event, "UID") not in masters:
        raise BadCalendar(changed.line, "RECURRENCE-ID: of no event that repeats")
    begin = event[0].line
    (span,) = _span([one for one in event if one.name != "STATUS"], zone)
    if span.end - span.start > LONGEST or span.start < _FIRST:
        raise BadCalendar(begin, f"an event that repeats lasts {LONGEST.days} days at most and starts in 1970 or later")
    if sum(one.name == "RRULE" for one in event) > 1:
        raise BadCalendar(begin, "an event with more than one RRULE")
    lines = ["BEGIN:VEVENT", f"UID:{_value(event, 'UID') or f'line-{begin}'}"]
    for one in event:
        if one.name in _TIMES:
            lines += _times(one, zone)
        elif one.name == "RRULE":
            lines.append(f"RRULE:{_rule(one, event, zone)}")
        elif one.name in ("SUMMARY", "STATUS", "DURATION"):
            lines.append(f"{one.name}:{one.value}")
    return [*lines, "END:VEVENT"]


def _rule(found: Property, event: Event, zone: str) -> str:
    """The rule, its UNTIL as the start is written: a date, or a moment in UTC (a date then means all of that day)."""
    started = _find(event, "DTSTART") or found
    whole_day = "T" not in started.value
    local = ZoneInfo(zone if whole_day else _zone(started, zone))
    rule = found.value.upper()
    until = re.search(r"UNTIL=([^;]*)", rule)
    if until:
        value = until[1] if "T" in until[1] or whole_day else f"{until[1]}T235959"
        moment = _moment(Property(found.line, "UNTIL", {"TZID": local.key}, value), local.key, 1)[0]
        said = f"{moment.astimezone(local):%Y%m%d}" if whole_day else f"{moment:%Y%m%dT%H%M%SZ}"
        rule = rule.replace(until[0], f"UNTIL={said}")
    try:
        return bounded_rule(rule, dt.datetime.strptime(started.value[:8], "%Y%m%d"))
    except ValueError as error:
        raise BadCalendar(found.line, f"RRULE: {error}") from None


def _times(found: Property, zone: str) -> list[str]:
    """A property with each of its times, whose zone is said."""
    values = found.value.split(",")
    if len(values) > MOST_DATES:
        raise BadCalendar(found.line, f"more than {MOST_DATES} dates")
    lines = []
    range_ = ";RANGE=THISANDFUTURE" if found.parameters.get("RANGE", "").upper() == "THISANDFUTURE" else ""
    for value in values:
        whole_day = _moment(found._replace(value=value), zone, 0)[1]
        said = "VALUE=DATE" if whole_day else f"TZID={_zone(found, zone)}"
        lines.append(f"{found.name}{range_}:{value}" if value.endswith("Z") else f"{found.name}{range_};{said}:{value}")
    return lines


def _zone(found: Property, zone: str) -> str:
    """The zone of a time; Outlook's names are read as those they mean."""
    named = found.parameters.get("TZID", zone).lstrip("/")
    named = WINDOWS_TO_OLSON.get(named, named)
    if named not in available_timezones():
        raise BadCalendar(found.line, f"unknown time zone {named!r}")
    return named


def _moment(found: Property, zone: str, which: int) -> tuple[dt.datetime, bool]:
    """The moment (UTC), and whether it is a date; ``which`` reading counts where the clock shows it twice."""
    value = found.value
    named = _zone(found, zone)
    whole_day = re.fullmatch(r"\d{8}", value) is not None
    try:
        if not re.fullmatch(r"\d{8}(?:T\d{6}Z?)?", value):
            raise ValueError
        read = dt.datetime.strptime(value.rstrip("Z"), "%Y%m%d" if whole_day else "%Y%m%dT%H%M%S")
    except ValueError:
        raise BadCalendar(found.line, f"not a date or time: {value!r}") from None
    if value.endswith("Z"):
        return read.replace(tzinfo=dt.UTC), False
    return readings(read, ZoneInfo(zone if whole_day else named))[which], whole_day


def _length(found: Property) -> dt.timedelta:
    parts = _DURATION.fullmatch(found.value)
    if not parts or not any(parts.groups()):
        raise BadCalendar(found.line, f"not a duration: {found.value!r}")
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in parts.groups())
    return dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _words(text: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda one: " " if one[1] in "nN" else one[1], text)
