"""How many proposals wait for whoever looks, and how many messages they have not read: in the navigation and in the browser's
tab, on every page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from approvals.people.identity import Unproven
from approvals.people.notices import unread
from approvals.people.people import Person, Unreachable
from approvals.reading.inbox import InboxFilters, total
from approvals.store.store import Store
from components.frame.store_unavailable import StoreUnavailable
from components.runtime.latest import FIRST, Latest


@dataclass(frozen=True)
class Yours:
    """How many proposals wait for somebody, and how much of what they were told they have not read; None: not known."""

    proposals: int | None = None
    messages: int | None = None


NOT_KNOWN = Yours()
MOST = 500  # people whose number is kept
_KEPT: OrderedDict[object, Latest[Yours]] = OrderedDict()
_LOCK = Lock()


def waiting(store: Store, name: str, who: Callable[[], Person | None], workspaces: tuple[str, ...] | None) -> Yours:
    """What waits in ``workspaces`` (None: all) for the person of this ``name``, whom ``who`` looks up. One question of each sort
    every other second at most, asked beside the page."""

    def found() -> Yours:
        try:
            person = who()
            if person is None:
                return NOT_KNOWN
            with store.reading() as tx:
                return Yours(total(tx, "your_turn", person, InboxFilters(workspaces=workspaces)), unread(tx, person))
        except (*StoreUnavailable, Unreachable, Unproven):
            return NOT_KNOWN  # a number that may be wrong is none

    key = (store.engine, name, workspaces)
    with _LOCK:
        kept = _KEPT.setdefault(key, Latest(NOT_KNOWN))
        _KEPT.move_to_end(key)
        while len(_KEPT) > MOST:
            _KEPT.popitem(last=False)
    return kept.get(found, (), first=FIRST)


def titled(title: str, count: int | None) -> str:
    """``Inbox 4``."""
    return f"{title} {count:,}" if count else title


def tab(title: str, count: int | None) -> str:
    """What the browser's tab says: ``(4) Inbox · Lakehelm``."""
    return f"({count:,}) {title} · Lakehelm" if count else f"{title} · Lakehelm"
