"""Freezes from a calendar file (.ics, RFC 5545): the VEVENTs with a start and an end. What is not understood (an event
that repeats, a zone that is unknown) is an error, never left out: a freeze that was not read is no freeze."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo, available_timezones

from approvals.policy.windows import Span, readings

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_REPEATS = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")


class BadCalendar(ValueError):
    """A calendar that cannot be read in full; ``line`` (from 1) says where."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


def spans(text: str, zone: str) -> tuple[Span, ...]:
    """The events of the calendar, by start. ``zone`` is that of dates and of times without a zone. Cancelled events are
    left out. Raises :class:`BadCalendar`."""
    found: list[Span] = []
    inside: list[str] = []
    event: dict[str, tuple[int, dict[str, str], str]] = {}
    number = 0
    for number, line in _unfolded(text):
        name, parameters, value = _property(number, line)
        if name == "BEGIN":
            inside.append(value.upper())
            if inside[-1] == "VEVENT":
                event = {"BEGIN": (number, {}, "")}
        elif name == "END":
            if not inside or inside.pop() != value.upper():
                raise BadCalendar(number, f"END:{value} closes nothing")
            if value.upper() == "VEVENT":
                found += _span(event, zone)
        elif inside and inside[-1] == "VEVENT":
            event[name] = (number, parameters, value)
    if inside or not number:
        raise BadCalendar(number or 1, "the calendar is not complete")
    return tuple(sorted(found, key=lambda span: (span.start, span.end)))


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


def _span(event: dict[str, tuple[int, dict[str, str], str]], zone: str) -> list[Span]:
    number = event["BEGIN"][0]
    for repeats in _REPEATS:
        if repeats in event:
            raise BadCalendar(event[repeats][0], f"{repeats}: events that repeat are written as cron windows")
    if event.get("STATUS", (0, {}, ""))[2].upper() == "CANCELLED":
        return []
    if "DTSTART" not in event:
        raise BadCalendar(number, "an event without DTSTART")
    start, whole_day = _moment(event["DTSTART"], zone, 0)
    if "DTEND" in event:
        end = _moment(event["DTEND"], zone, 1)[0]
    elif "DURATION" in event:
        end = start + _length(event["DURATION"])
    elif whole_day:
        day = dt.datetime.strptime(event["DTSTART"][2], "%Y%m%d") + dt.timedelta(days=1)
        end = readings(day, ZoneInfo(zone))[1]
    else:
        raise BadCalendar(number, "an event without DTEND or DURATION")
    if end <= start:
        raise BadCalendar(number, "an event that ends before it starts")
    return [Span(start=start, end=end, name=_words(event.get("SUMMARY", (0, {}, ""))[2]))]


def _moment(found: tuple[int, dict[str, str], str], zone: str, which: int) -> tuple[dt.datetime, bool]:
    """The moment (UTC), and whether it is a date; ``which`` reading counts where the clock shows it twice."""
    number, parameters, value = found
    named = parameters.get("TZID", zone).lstrip("/")
    if named not in available_timezones():
        raise BadCalendar(number, f"unknown time zone {named!r}")
    whole_day = re.fullmatch(r"\d{8}", value) is not None
    try:
        if not re.fullmatch(r"\d{8}(?:T\d{6}Z?)?", value):
            raise ValueError
        read = dt.datetime.strptime(value.rstrip("Z"), "%Y%m%d" if whole_day else "%Y%m%dT%H%M%S")
    except ValueError:
        raise BadCalendar(number, f"not a date or time: {value!r}") from None
    if value.endswith("Z"):
        return read.replace(tzinfo=dt.UTC), False
    return readings(read, ZoneInfo(zone if whole_day else named))[which], whole_day


def _length(found: tuple[int, dict[str, str], str]) -> dt.timedelta:
    parts = _DURATION.fullmatch(found[2])
    if not parts or not any(parts.groups()):
        raise BadCalendar(found[0], f"not a duration: {found[2]!r}")
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in parts.groups())
    return dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _words(text: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda one: " " if one[1] in "nN" else one[1], text)
