"""Executions under way, and what is remembered of those that failed."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field

from queries.catalogue import Query
from warehouse.errors import Throttled, Unreachable, WarehouseError
from warehouse.interface import Answer, Ask


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


@dataclass(frozen=True)
class Floor:
    """An invalidation: executions up to ``number`` and snapshots read until ``at`` (UTC) are outdated."""

    number: int
    at: dt.datetime


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
