"""A figure passed a limit of somebody's, or drifted from its usual: that of a dimension by its newest complete day, one of a
tile by what it is now and was on the days before, as far as it was looked at then."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from agents.capability import BASIS, CURRENCY
from agents.notices.look import Frames, Look, Seen
from approvals.people.figures import figure_of
from approvals.people.notices import Notice
from approvals.people.telling import Event
from queries.catalogue import catalogue
from queries.kinds import Param
from warehouse.interface import Ask, ask

HISTORY = dt.timedelta(days=35)
USUAL = 28  # days before the newest
ENOUGH = 8  # days, to judge at all
FAR, LEAST = 4.0, 0.1  # in spreads of the usual days, and as a share of their median: a drift is beyond both
_SPREAD = 1.4826  # of a normal distribution in median absolute deviations
COUNTED = ("rows", "in all")  # units of what there are whole ones of
GONE = "This figure is not known any more."
FEW = f"There are fewer than {ENOUGH} days with data to judge by."


def _asks(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    figure = figure_of(notice.thing)
    if figure is None:
        return {}
    every: Mapping[str, Param] = {
        "start": now.date() - HISTORY,
        "end": now.date(),
        "currency": CURRENCY,
        "basis": BASIS,
        "workspaces": "",
        "cost_centers": "",
    }
    return {
        figure.key: ask(
            figure.query, **{name: every[name] for name in catalogue()[figure.query].params if name != "now"}
        )
    }


Stands = Callable[[Notice, str, float, Sequence[float]], str]
"""What is said of a figure in a unit: of its newest value, and those of the days before; empty: nothing."""


def _judge(stands: Stands) -> Callable[..., Mapping[str, Seen]]:
    """A judge that tells what ``stands`` says of the newest value and those before it: when it begins, and again only after
    it was over."""

    def judge(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
        return {one.notice_id: _seen(stands, frames, one, now) for one in notices}

    return judge


def _seen(stands: Stands, frames: Frames, notice: Notice, now: dt.datetime) -> Seen:
    figure = figure_of(notice.thing)
    if figure is None:
        return Seen(could_not=GONE)
    days = frames[figure.key].dropna(subset=["value"]).sort_values("day")
    if len(days) < ENOUGH:
        return Seen(could_not=FEW)
    *before, newest = (figure.measured(float(one)) for one in days["value"])
    said = stands(notice, figure.in_words(CURRENCY), newest, before[-USUAL:])
    return _told(notice, now, figure.title, said, days["day"].iloc[-1])


def _told(notice: Notice, now: dt.datetime, title: str, said: str, day: dt.date) -> Seen:
    if not said:
        return Seen(standing="")
    key = notice.standing or f"{notice.kind} {day}"
    return Seen((Event(key, now, f"{title} {said}", f"On {day}."),), standing=key)


def of_tile(notice: Notice, now: dt.datetime, unit: str, value: float, before: Sequence[float], *, whole: bool) -> Seen:
    """What is seen of a figure of a tile that is ``value`` now and was what ``before`` says on other days; one of answers that
    are not ``whole`` can be above a limit, and nothing else is read from it."""
    if notice.kind == DRIFT.kind and len(before) + 1 < ENOUGH:
        return Seen(could_not=FEW)
    said = _STANDS[notice.kind](notice, unit, value, before[-USUAL:])
    if not whole and (notice.kind == DRIFT.kind or not said):
        return Seen()
    return _told(notice, now, notice.name, said, now.date())


def _passed(notice: Notice, unit: str, newest: float, before: Sequence[float]) -> str:
    """That it is above the limit; empty where it is not."""
    limit = notice.budget
    if limit is None or newest <= limit:
        return ""
    return f"passed {_in(unit, limit)}: it is {_in(unit, newest)}"


def _drifted(notice: Notice, unit: str, newest: float, before: Sequence[float]) -> str:
    """That it is far from its usual, the median of the days before; empty where it is not."""
    usual = statistics.median(before)
    spread = _SPREAD * statistics.median(abs(one - usual) for one in before)
    off = abs(newest - usual)
    if off <= FAR * spread or off <= LEAST * abs(usual):
        return ""
    return f"is {_in(unit, newest)}, usually {_in(unit, usual)}"


def _in(unit: str, value: float | Decimal) -> str:
    return f"{value:,.0f} {unit}" if unit in COUNTED and value == int(value) else f"{value:,.2f} {unit}"


LIMIT = Look("limit", _asks, _judge(_passed))
DRIFT = Look("drift", _asks, _judge(_drifted))
_STANDS: Mapping[str, Stands] = {LIMIT.kind: _passed, DRIFT.kind: _drifted}
