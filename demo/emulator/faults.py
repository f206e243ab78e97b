"""Switches for what can go wrong on the other side. Each is set for the next ``times`` requests it applies to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "unauthorized",  # HTTP 401
    "forbidden",  # HTTP 403
    "throttled",  # HTTP 429 with Retry-After: `value` seconds, or what `retry_after` says
    "unavailable",  # HTTP 503, with Retry-After where `retry_after` says something
    "dropped",  # the connection closes before anything is done
    "dropped_after",  # ... after the effect, before the answer
    "dead_session",  # the warehouse has started anew: every session is gone (Thrift)
    "slow",  # a statement takes `value` seconds
    "starting",  # the warehouse is starting: statements are refused for now
    "storage",  # the link to the rows is refused with HTTP 403
    "storage_away",  # the link names a host that nobody answers at
    "no_grant",  # SELECT is missing on the table `name` (or on the first one read)
    "missing_table",  # the table `name` does not exist
    "truncated",  # the answer is cut
    "extra_column",  # the answer has a column nobody asked for
    "wrong_type",  # the first column comes as text
    # Of calls to the workspace's API only; those with an HTTP status above, dropped, dropped_after and slow as well:
    "server_error",  # HTTP 500
    "bad_gateway",  # HTTP 502 and a page of HTML, from a proxy that reached nobody
    "unavailable_after",  # HTTP 503 as above, after the effect
    "bad_gateway_after",  # HTTP 502 as above, after the effect
    "redirect",  # HTTP 307 to the same path at the same host
    "truncated_body",  # the answer is cut in the middle and the connection closed, after the effect
    "duplicate",  # a proxy between sends the request twice and hands the second answer on
    "drift",  # somebody else changes the object right before the request is carried out (Workspace.drift)
]
API: tuple[Kind, ...] = (
    "unauthorized", "forbidden", "throttled", "unavailable", "server_error", "dropped", "dropped_after", "slow",
    "truncated_body", "duplicate", "drift", "bad_gateway", "unavailable_after", "bad_gateway_after", "redirect",
)  # fmt: skip


@dataclass
class Fault:
    """One switch that is on; ``times`` counts down, -1 stays. With a ``name``, a table or the ``query`` tag of a
    statement, it acts on no other statement; with a part of a path, on no other call. Calls that only read are spared
    unless they are named."""

    kind: Kind
    times: int = 1
    value: float = 0.0
    name: str = ""
    retry_after: str | None = None


@dataclass
class Faults:
    """The switches of one emulator. Safe for threads."""

    _on: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(
        self, kind: Kind, times: int = 1, *, value: float = 0.0, name: str = "", retry_after: str | None = None
    ) -> None:
        """Switch ``kind`` on for the next ``times`` requests (-1: until :meth:`clear`)."""
        with self._lock:
            self._on.append(Fault(kind, times, value, name, retry_after))

    def clear(self) -> None:
        """Switch everything off."""
        with self._lock:
            self._on.clear()

    def take_for(self, path: str, reads: bool) -> Fault | None:
        """The first switch of :data:`API` that is on and meant for a call to ``path``, counted down."""
        return self._first(API, lambda fault: fault.name in path if fault.name else not reads)

    def take(self, *kinds: Kind, about: Collection[str] = ()) -> Fault | None:
        """The first switch of ``kinds`` that is on and meant for what is ``about`` these names, counted down."""
        return self._first(kinds, lambda fault: not fault.name or fault.name in about)

    def _first(self, kinds: Collection[Kind], meant: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in self._on:
                if fault.kind in kinds and meant(fault):
                    fault.times -= 1
                    if fault.times == 0:
                        self._on.remove(fault)
                    return fault
        return None
