"""What a process makes once, when somebody first needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedOnce(Generic[T]):
    """What ``make`` makes. Who comes while it is being made shares what comes of it, be it a failure: nobody waits for a
    try of their own. A failure is told for ``again`` seconds, then whoever comes next tries anew."""

    def __init__(self, make: Callable[[], T], again: float = 5.0, ticks: Callable[[], float] = time.monotonic) -> None:
        self._make, self._again, self._ticks = make, again, ticks
        self._lock = threading.Lock()
        self._made: Future[T] | None = None
        self._until = 0.0  # when a failure has been told for long enough

    def __call__(self) -> T:
        """The one thing; raises what ``make`` raises."""
        with self._lock:
            made = self._made
            if made is None or (made.done() and made.exception() is not None and self._ticks() >= self._until):
                made, mine = Future[T](), True
                self._made = made
            else:
                mine = False
        if mine:
            try:
                made.set_result(self._make())
            except BaseException as error:
                self._until = self._ticks() + self._again
                made.set_exception(error)
        return made.result()
