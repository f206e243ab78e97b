"""One round of all notices: what people asked to be told of is looked for, and told once."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass, field

from agents.notices.failed import FAILED
from agents.notices.look import Events, Look
from agents.proposing import PATIENCE, unusable
from approvals.people import telling
from approvals.people.notices import Notice, may_watch
from approvals.people.people import Unreachable
from approvals.people.roles import RowLimits
from approvals.people.telling import Event
from approvals.store.store import Store
from warehouse import reach
from warehouse.interface import Answer, Ask, ask
from warehouse.reader import Reader

_LOG = logging.getLogger("lakehelm.notices")
LOOKS: Mapping[str, Look] = {one.kind: one for one in (FAILED,)}
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


def tell(store: Store, reader: Reader, sees: Sees, now: dt.datetime) -> Summary:
    """Look at ``now`` (UTC) for whatever people asked to be told of, and tell it; nothing is asked where nobody asked for
    anything. One kind that fails spoils no other; what could not be read is said and never taken for "nothing happened"."""
    with store.writing() as tx:
        telling.forget_old(tx)
        due = telling.due(tx)
    done = Summary(len(due), could_not={one.notice_id: why for one in due if (why := _refused(one, sees))})
    for look, asked, notices in _alike((one for one in due if one.notice_id not in done.could_not), now):
        try:
            why, events = _looked(look, notices, _answers(reader, asked), now)
            done.told += sum(_told(store, one, events.get(one.notice_id, ())) for one in notices)
        except Exception as error:
            _LOG.exception("notices of %s failed", look.kind)
            why = f"Failed: {type(error).__name__}"
        done.could_not |= {one.notice_id: why for one in notices if why}
    with store.writing() as tx:
        for why in {"", *done.could_not.values()}:
            telling.checked(tx, [one.notice_id for one in due if done.could_not.get(one.notice_id, "") == why], why)
    _LOG.info("%s", done)
    return done


def _refused(notice: Notice, sees: Sees) -> str:
    """Why the person may not see now what they asked for then; empty where they may."""
    try:
        limits = sees(notice.person_id)
    except Unreachable:
        return "The directory does not answer, so nobody knows whether you may see it."
    return "" if limits is not None and may_watch(limits, notice.thing) else "You may not see it any more."


def _alike(notices: Iterable[Notice], now: dt.datetime) -> Iterator[tuple[Look, Asked, list[Notice]]]:
    """The notices of one kind that ask the same, with what they ask."""
    found: dict[tuple[str, Asked], list[Notice]] = {}
    for one in notices:
        asked = tuple(LOOKS[one.kind].asks(one, now).items())
        found.setdefault((one.kind, asked), []).append(one)
    for (kind, asked), alike in found.items():
        yield LOOKS[kind], asked, alike


def _answers(reader: Reader, asked: Asked) -> dict[str, Answer | None]:
    """What is known of each in time; how far the source tables reach is asked beside it, and decides what absence means."""
    beside = [reader.submit(ask(name), page=PAGE) for name in reach.QUESTIONS]
    waiting = {name: reader.submit(one, page=PAGE) for name, one in asked}
    futures.wait([*beside, *waiting.values()], PATIENCE)
    return {name: (reader.peek(one) or waiting[name].result()) if waiting[name].done() else None for name, one in asked}


def _looked(
    look: Look, notices: Sequence[Notice], answers: Mapping[str, Answer | None], now: dt.datetime
) -> tuple[str, Events]:
    """Why the answers are not whole (empty where they are), and what has happened by them: what rows say did happen, however
    much they lack; what they lack may have happened, too."""
    found = [(name, one, unusable(one, now) if one else "no answer in time") for name, one in answers.items()]
    why = next((f"Could not check: {problem}" for _, _, problem in found if problem), "")
    frames = {name: one.table.to_pandas() for name, one, _ in found if one is not None and one.table is not None}
    return why, look.judge(frames, notices, now) if len(frames) == len(answers) else {}


def _told(store: Store, notice: Notice, events: Sequence[Event]) -> int:
    """How many of them were told now."""
    if not events:
        return 0
    with store.reading() as tx:
        new = telling.new(tx, notice, events)
    done = 0
    for event in new[:AT_ONCE]:
        with store.writing() as tx:
            done += telling.tell(tx, notice, event)
    return done
