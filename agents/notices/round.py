"""One round of all notices: what people asked to be told of is looked for, and told once."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass, field

import pandas as pd

from agents.notices.budget import BUDGET
from agents.notices.failed import FAILED
from agents.notices.figures import DRIFT, GONE, LIMIT, of_tile
from agents.notices.late import LATE
from agents.notices.look import Frames, Look, Seen
from agents.notices.proposed import PROPOSED
from agents.notices.tiles import Finder
from agents.notices.unusual import SLOWER, UNUSUAL_COST
from agents.proposing import PATIENCE, unusable
from approvals.people import telling
from approvals.people.figures import tile_figure
from approvals.people.notice_choices import digests
from approvals.people.notices import Notice, may_watch
from approvals.people.people import Unreachable
from approvals.people.roles import RowLimits
from approvals.store.store import Store
from warehouse import reach
from warehouse.interface import Answer, Ask, ask
from warehouse.reader import Reader

_LOG = logging.getLogger("lakehelm.notices")
LOOKS: Mapping[str, Look] = {
    one.kind: one for one in (FAILED, LATE, BUDGET, UNUSUAL_COST, SLOWER, LIMIT, DRIFT, PROPOSED)
}
AT_ONCE = 10  # events of one notice in a round, the oldest first: the others come with the next
PAGE = "notices"  # in the tags of the questions
Sees = Callable[[str], RowLimits | None]
"""Which rows the person of an id may see now; None: nobody's. Raises :class:`approvals.people.people.Unreachable`."""
Asked = tuple[tuple[str, Ask], ...]


@dataclass
class Summary:
    """What a round did: how many notices it looked at, how many events it told, and why some notices (by id) could not be
    looked at as a whole."""

    looked: int = 0
    told: int = 0
    could_not: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.looked} notices, {self.told} told, {len(self.could_not)} could not be looked at"


def tell(store: Store, reader: Reader, sees: Sees, now: dt.datetime, tiles: Finder | None = None) -> Summary:
    """Look at ``now`` (UTC) for whatever people asked to be told of, and tell it; nothing is asked where nobody asked for
    anything. One kind that fails spoils no other; what could not be read is said and never taken for "nothing happened".
    Figures of tiles are left to the process that knows the ``tiles``."""
    with store.writing() as tx:
        telling.forget_old(tx)
        due = [one for one in telling.due(tx) if tiles is not None or tile_figure(one.thing) is None]
    done = Summary(len(due), could_not={one.notice_id: why for one in due if (why := _refused(one, sees))})
    may = [one for one in due if one.notice_id not in done.could_not]
    for thing in dict.fromkeys(one.thing for one in may if tile_figure(one.thing) is not None):
        notices = [one for one in may if one.thing == thing]
        try:
            _look_at_tile(store, reader, tiles, notices, now, done)
        except Exception as error:
            _LOG.exception("the figure of a tile failed")
            done.could_not |= {one.notice_id: f"Failed: {type(error).__name__}" for one in notices}
    for kind, look in LOOKS.items():
        notices = [one for one in may if one.kind == kind and tile_figure(one.thing) is None]
        try:
            _look(store, reader, look, notices, now, done)
        except Exception as error:
            _LOG.exception("notices of %s failed", kind)
            done.could_not |= {one.notice_id: f"Failed: {type(error).__name__}" for one in notices}
    with store.writing() as tx:
        digests(tx)
        for why in {"", *done.could_not.values()}:
            telling.checked(tx, [one.notice_id for one in due if done.could_not.get(one.notice_id, "") == why], why)
    _LOG.info("%s", done)
    return done


def _look(store: Store, reader: Reader, look: Look, notices: Sequence[Notice], now: dt.datetime, done: Summary) -> None:
    """Look for ``notices``, all of one kind, and tell what is seen."""
    if not notices:
        return
    with store.reading() as tx:
        known = look.known(tx, notices)
    for asked, alike in _alike(look, notices, now, known):
        why, seen = _seen(look, alike, known, _answers(reader, asked), now)
        for one in alike:
            found = seen.get(one.notice_id, Seen())
            done.told += _told(store, one, found)
            if said := why or found.could_not:
                done.could_not[one.notice_id] = said


def _look_at_tile(
    store: Store, reader: Reader, tiles: Finder | None, notices: Sequence[Notice], now: dt.datetime, done: Summary
) -> None:
    """Look for ``notices``, all of one figure of a tile; what it is now is kept for the days to come."""
    figure = tile_figure(notices[0].thing)
    watched = tiles(figure, now) if tiles is not None and figure is not None else None
    if watched is None:
        done.could_not |= {one.notice_id: GONE for one in notices}
        return
    answers = [*_answers(reader, tuple((f"{at}", one) for at, one in enumerate(watched.asks))).values()]
    why = next((f"Could not check: {said}" for one in answers if (said := _lacking(one, now))), "")
    had = [one for one in answers if one is not None]
    worked = watched.worked(had) if len(had) == len(answers) else None
    if worked is None:
        done.could_not |= {one.notice_id: why or GONE for one in notices}
        return
    with store.writing() as tx:
        before = telling.figure_days(tx, notices[0].thing, now.date())
        if not why:
            telling.keep_figure(tx, notices[0].thing, now.date(), worked.value)
    for one in notices:
        found = of_tile(one, now, worked.unit, worked.value, before, whole=not why)
        done.told += _told(store, one, found)
        if said := why or found.could_not:
            done.could_not[one.notice_id] = said


def _refused(notice: Notice, sees: Sees) -> str:
    """Why the person may not see now what they asked for then; empty where they may."""
    try:
        limits = sees(notice.person_id)
    except Unreachable:
        return "The directory does not answer, so nobody knows whether you may see it."
    return "" if limits is not None and may_watch(limits, notice.thing) else "You may not see it any more."


def _alike(
    look: Look, notices: Iterable[Notice], now: dt.datetime, known: Frames
) -> Iterable[tuple[Asked, list[Notice]]]:
    """The notices that ask the same, with what they ask."""
    found: dict[Asked, list[Notice]] = {}
    for one in notices:
        found.setdefault(tuple(look.asks(one, now, known).items()), []).append(one)
    return found.items()


def _answers(reader: Reader, asked: Asked) -> dict[str, Answer | None]:
    """What is known of each in time; how far the source tables reach is asked beside it, and decides what absence means."""
    beside = [reader.submit(ask(name), page=PAGE) for name in reach.QUESTIONS]
    waiting = {name: _fresh(reader, one) for name, one in asked}
    futures.wait([*beside, *waiting.values()], PATIENCE)
    return {name: (reader.peek(one) or waiting[name].result()) if waiting[name].done() else None for name, one in asked}


def _seen(
    look: Look, notices: Sequence[Notice], known: Frames, answers: Mapping[str, Answer | None], now: dt.datetime
) -> tuple[str, Mapping[str, Seen]]:
    """Why the answers are not whole (empty where they are), and what is seen in them: what rows say did happen, however much
    they lack; what they lack may have happened, too."""
    found = [(name, one, _lacking(one, now)) for name, one in answers.items()]
    why = next((f"Could not check: {problem}" for _, _, problem in found if problem), "")
    frames = {name: _frame(one) for name, one, _ in found if one is not None and one.table is not None}
    return why, look.judge({**known, **frames}, notices, now) if len(frames) == len(answers) else {}


def _fresh(reader: Reader, question: Ask) -> futures.Future[Answer]:
    """The answer to come, which is not the one of the round before."""
    known = reader.peek(question)
    asking = reader.reread if known is not None and known.state == "stale" else reader.submit
    return asking(question, page=PAGE)


def _lacking(answer: Answer | None, now: dt.datetime) -> str:
    """Why ``answer`` may lack something; empty where it is whole."""
    if answer is None:
        return "no answer in time"
    return next(iter(answer.coverage.gaps), "") if answer.state == "fresh" else unusable(answer, now)


def _frame(answer: Answer) -> pd.DataFrame:
    assert answer.table is not None
    frame: pd.DataFrame = answer.table.to_pandas()
    frame.attrs["coverage"] = answer.coverage
    return frame


def _told(store: Store, notice: Notice, seen: Seen) -> int:
    """How much of it was told now."""
    if seen.standing is not None and seen.standing != notice.standing and not seen.events:
        with store.writing() as tx:
            telling.stands(tx, notice, seen.standing)
    if not seen.events:
        return 0
    with store.reading() as tx:
        new = telling.new(tx, notice, seen.events)
    done = 0
    for event in new[:AT_ONCE]:
        with store.writing() as tx:
            done += telling.tell(tx, notice, event)
            telling.stands(tx, notice, seen.standing or "")
    return done
