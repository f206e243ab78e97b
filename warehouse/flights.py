"""Executions under way, and what is remembered of those that failed."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

from queries.catalogue import Query
from warehouse.cache import Entry
from warehouse.errors import Throttled, Unreachable, WarehouseError
from warehouse.interface import Answer, Ask

REFRESH_PAUSE = 30.0  # seconds until a failed refresh is tried again
MISS_PAUSE = 5.0  # seconds for which a failed miss answers the next ones
MOST_FAILURES = 10_000


@dataclass(eq=False)
class Flight:
    """One execution under way. ``number`` orders executions by their start; None while it waits for a thread."""

    question: Ask
    query: Query
    page: str | None
    number: int | None = None
    landed: Future[Answer] = field(default_factory=Future)

    def __post_init__(self) -> None:
        self.landed.set_running_or_notify_cancel()  # shared by all who wait: none of them may cancel it

    def land(self, answer: Answer) -> None:
        """Give the answer to all who wait, unless closing already did."""
        with suppress(InvalidStateError):
            self.landed.set_result(answer)


@dataclass(frozen=True)
class Failure:
    """Why the last execution of a question gave nothing, and when that was (UTC)."""

    error: WarehouseError
    at: dt.datetime

    def holds(self, now: dt.datetime, pause: float) -> bool:
        """Whether the question shall still be left alone: for ``pause`` seconds, or longer if the workspace said so."""
        if isinstance(self.error, Throttled):
            pause = max(pause, self.error.retry_after or 0)
        return 0 <= (now - self.at).total_seconds() < pause


class Failures:
    """The last failure of each question, the oldest forgotten. Its owner holds a lock around every call."""

    def __init__(self) -> None:
        self._known: OrderedDict[Ask, Failure] = OrderedDict()

    def get(self, question: Ask) -> Failure | None:
        """Why the last execution gave nothing; None where it gave something."""
        return self._known.get(question)

    def keep(self, question: Ask, failure: Failure | None) -> None:
        """What came of the last execution; None: it worked."""
        self._known.pop(question, None)
        if failure is not None:
            self._known[question] = failure
            if len(self._known) > MOST_FAILURES:
                self._known.popitem(last=False)

    def forget(self, query: str | None) -> None:
        """Those of ``query`` (None: all), but for a wait that the workspace asked for."""
        for question, failure in list(self._known.items()):
            if query in (None, question.query) and not isinstance(failure.error, Throttled):
                del self._known[question]


@dataclass(frozen=True)
class Floor:
    """An invalidation: executions up to ``number`` and snapshots read until ``at`` (UTC) are outdated."""

    number: int
    at: dt.datetime


class Floors:
    """The last invalidation of each query, and of all. Its owner holds a lock around every call."""

    def __init__(self) -> None:
        self._by_query: dict[str | None, Floor] = {}  # None: of all queries

    def set(self, query: str | None, number: int, at: dt.datetime) -> None:
        """Everything of ``query`` (None: everything) that began until now is outdated."""
        self._by_query[query] = Floor(number, at)

    def outdates(self, query: Query, entry: Entry) -> bool:
        """Whether an invalidation came after the execution began. Snapshots carry no number, so time decides."""
        return any(
            entry.number <= one.number if entry.number else entry.result.read_at <= one.at for one in self._of(query)
        )

    def supersedes(self, flight: Flight, number: int) -> bool:
        """Whether an invalidation came after ``flight`` began."""
        return any(one.number >= number for one in self._of(flight.query))

    def _of(self, query: Query) -> list[Floor]:
        return [one for name in (None, query.name) if (one := self._by_query.get(name))]


def at_once(answer: Answer) -> Future[Answer]:
    """A future that is done."""
    done: Future[Answer] = Future()
    done.set_result(answer)
    return done


def failed(question: Ask, error: WarehouseError) -> Answer:
    """The answer that shows nothing but why."""
    return Answer(question, "failed", None, None, None, error)


def stopping() -> WarehouseError:
    """Why a closed reader does not answer."""
    return Unreachable("the app is stopping")
