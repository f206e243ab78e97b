"""The figure of a dimension passed a limit of somebody's, or drifted from its usual; both by its newest complete day."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable, Mapping, Sequence

from agents.capability import BASIS, CURRENCY
from agents.notices.look import Frames, Look, Seen
from approvals.people.figures import Figure, figure_of
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


def _judge(stands: Callable[[Notice, Figure, float, Sequence[float]], str]) -> Callable[..., Mapping[str, Seen]]:
    """A judge that tells what ``stands`` says of the newest value and those before it: when it begins, and again only after
    it was over."""

    def judge(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
        return {one.notice_id: _seen(stands, frames, one, now) for one in notices}

    return judge


def _seen(
    stands: Callable[[Notice, Figure, float, Sequence[float]], str], frames: Frames, notice: Notice, now: dt.datetime
) -> Seen:
    figure = figure_of(notice.thing)
    if figure is None:
        return Seen(could_not=GONE)
    days = frames[figure.key].dropna(subset=["value"]).sort_values("day")
    if len(days) < ENOUGH:
        return Seen(could_not=FEW)
    *before, newest = (figure.measured(float(one)) for one in days["value"])
    said = stands(notice, figure, newest, before[-USUAL:])
    if not said:
        return Seen(standing="")
    key = notice.standing or f"{notice.kind} {days['day'].iloc[-1]}"
    return Seen((Event(key, now, f"{figure.title} {said}", f"On {days['day'].iloc[-1]}."),), standing=key)


def _passed(notice: Notice, figure: Figure, newest: float, before: Sequence[float]) -> str:
    """That it is above the limit; empty where it is not."""
    limit, unit = notice.budget, figure.in_words(CURRENCY)
    if limit is None or newest <= limit:
        return ""
    return f"passed {limit:,.2f} {unit}: it is {newest:,.2f} {unit}"


def _drifted(notice: Notice, figure: Figure, newest: float, before: Sequence[float]) -> str:
    """That it is far from its usual, the median of the days before; empty where it is not."""
    usual = statistics.median(before)
    spread = _SPREAD * statistics.median(abs(one - usual) for one in before)
    off = abs(newest - usual)
    if off <= FAR * spread or off <= LEAST * abs(usual):
        return ""
    unit = figure.in_words(CURRENCY)
    return f"is {newest:,.2f} {unit}, usually {usual:,.2f} {unit}"


LIMIT = Look("limit", _asks, _judge(_passed))
DRIFT = Look("drift", _asks, _judge(_drifted))
