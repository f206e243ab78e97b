"""What belongs to the process and not to a person: the reader, the store and the clock. Tests and drills set their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Protocol

from approvals.store.store import Store
from settings import settings
from warehouse.interface import Answer, Ask

Clock = Callable[[], dt.datetime]


class Reads(Protocol):
    """What the pages need of :class:`warehouse.reader.Reader`."""

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]: ...

    def peek(self, question: Ask) -> Answer | None: ...

    def invalidate(self, query: str | None = None) -> None: ...


_set: dict[str, object] = {}


def clock() -> dt.datetime:
    """Now, UTC."""
    chosen = _set.get("clock")
    return chosen() if callable(chosen) else dt.datetime.now(dt.UTC)


def reader() -> Reads:
    """The one reader of this process."""
    chosen = _set.get("reader")
    if chosen is not None:
        return chosen  # type: ignore[return-value]
    from warehouse.open import open_reader

    return open_reader(settings(), clock)


def store() -> Store:
    """The app's own database: what was proposed, decided and done."""
    chosen = _set.get("store")
    if isinstance(chosen, Store):
        return chosen
    from approvals.store.store import open_store

    return open_store(settings())


@contextmanager
def using(own_reader: Reads, own_clock: Clock, own_store: Store | None = None) -> Iterator[None]:
    """Another reader and clock (and store) for this process while the block runs."""
    before = dict(_set)
    _set.update(reader=own_reader, clock=own_clock)
    if own_store is not None:
        _set["store"] = own_store
    try:
        yield
    finally:
        _set.clear()
        _set.update(before)
