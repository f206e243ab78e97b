"""Holding an execution while it is worked on, and knowing when it must not be worked on any more."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from approvals.deciding import executions
from approvals.deciding.executions import LeaseLost
from approvals.deciding.transitions import Row
from approvals.store.store import Store


@contextmanager
def heart(store: Store, row: Row, lease: dt.timedelta, beat: float) -> Iterator[None]:
    """Renew the ``lease`` every ``beat`` seconds while the block runs."""
    over = threading.Event()

    def beats() -> None:
        while not over.wait(beat):
            with suppress(Exception):
                if not executions.heartbeat(store, row, lease):
                    return

    thread = threading.Thread(target=beats, daemon=True, name=f"heart of {row.worker}")
    thread.start()
    try:
        yield
    finally:
        over.set()


def clocks() -> tuple[float, float]:
    """Seconds by two clocks: the one stands still while a laptop sleeps, the other one may be set back."""
    return time.monotonic(), time.time()


def still_held(store: Store, row: Row, lease: dt.timedelta, begun: tuple[float, float], call: float) -> None:
    """Asked right before a request leaves that may take ``call`` seconds: a worker that was frozen since ``begun``
    (:func:`clocks`) must not send it any more, because others have taken over, or could while it is under way. Raises
    :class:`approvals.deciding.executions.LeaseLost`."""
    with store.writing() as tx:
        if not executions.renew(tx, row, lease):
            raise LeaseLost(row.execution_id)
    passed = max(now - then for now, then in zip(clocks(), begun, strict=True))
    if passed + call > lease.total_seconds():
        raise LeaseLost(row.execution_id)
