"""How many proposals wait for whoever looks: in the navigation and in the browser's tab, on every page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from approvals.people.identity import Unproven
from approvals.people.people import Person, Unreachable
from approvals.reading.inbox import InboxFilters, total
from approvals.store.store import Store
from components.frame.store_unavailable import StoreUnavailable
from components.runtime.latest import FIRST, Latest

MOST = 500  # people whose number is kept
_KEPT: OrderedDict[object, Latest[int | None]] = OrderedDict()
_LOCK = Lock()


def waiting(
    store: Store, name: str, who: Callable[[], Person | None], workspaces: tuple[str, ...] | None
) -> int | None:
    """How many proposals in ``workspaces`` (None: all) wait for the person of this ``name``, whom ``who`` looks up; None
    while that is not known. One question every other second at most, asked beside the page."""

    def found() -> int | None:
        try:
            person = who()
            if person is None:
                return None
            with store.reading() as tx:
                return total(tx, "your_turn", person, InboxFilters(workspaces=workspaces))
        except (*StoreUnavailable, Unreachable, Unproven):
            return None  # a number that may be wrong is none

    key = (store.engine, name, workspaces)
    with _LOCK:
        kept = _KEPT.setdefault(key, Latest(None))
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
