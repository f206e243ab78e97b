"""A small fact that pages show and can do without: looked up beside them, kept for a moment, never waited for long."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from components.runtime.waiting import beside

T = TypeVar("T")
FRESH, FIRST, LATER = 2.0, 0.5, 0.05  # seconds: how old it may be; how long the first page waits, and the others


@dataclass
class Latest(Generic[T]):
    """What was found last (``known`` until then), and when (monotonic seconds)."""

    known: T
    at: float | None = None
    looking: Future[T] | None = None
    lock: Lock = field(default_factory=Lock)

    def get(self, look: Callable[[], T], away: tuple[type[Exception], ...], first: float = FIRST) -> T:
        """What ``look`` finds, as far as is known within a moment (``first`` seconds the first time); where it raises one
        of ``away``, what was known stays."""
        with self.lock:
            if self.at is not None and time.monotonic() - self.at < FRESH:
                return self.known
            looking = self.looking = self.looking or beside(look)
            patience = first if self.at is None else LATER
        if not wait([looking], patience).done:
            return self.known
        with self.lock:
            if self.looking is looking:
                self.looking, self.at = None, time.monotonic()
                with suppress(*away):
                    self.known = looking.result()
            return self.known

    def forget(self) -> None:
        """The next page looks anew, and waits for it."""
        with self.lock:
            self.at = self.looking = None
