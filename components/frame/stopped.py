"""What is stopped by a kill switch, said on every page in words. It is looked up beside the page, every other second at most:
nobody waits for it longer than a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import streamlit as st

from approvals.deciding.switches import ENVIRONMENT, Switch
from approvals.store.store import Store, Tx
from components.frame.store_unavailable import StoreUnavailable
from components.runtime.latest import Latest
from components.text import format as fmt
from components.text.untrusted import plain, safe
from dimensions import titled

WHAT = {
    "global": "Everything", "dimension": "Dimension", "agent": "Agent", "kind": "Kind of action", "workspace": "Workspace",
}  # fmt: skip


_KNOWN: Latest[tuple[Switch, ...]] = Latest(())


def bar(
    store: Store,
    look: Callable[[Tx], tuple[Switch, ...]],
    workspaces: tuple[str, ...] | None,
    zone: str,
    now: dt.datetime,
) -> None:
    """One line for each switch that is on and that may be shown: ``Everything is stopped by Ada Arden since 18:22: Incident
    drill``. ``look`` finds them in ``store``; ``workspaces`` are those the person may see, None: all."""
    for one in visible(latest(store, look), workspaces):
        st.error(safe(sentence(one, zone, now), 400), icon=":material/front_hand:")


def forget() -> None:
    """A switch was turned: the next page looks anew, and waits for it."""
    _KNOWN.forget()


def latest(store: Store, look: Callable[[Tx], tuple[Switch, ...]]) -> tuple[Switch, ...]:
    """The switches that are on, as far as is known within a moment; a store that is away keeps what was known."""

    def found() -> tuple[Switch, ...]:
        with store.reading() as tx:
            return look(tx)

    return _KNOWN.get(found, StoreUnavailable)


def visible(on: Iterable[Switch], workspaces: tuple[str, ...] | None) -> tuple[Switch, ...]:
    """Those that somebody may see who may see these ``workspaces`` (None: all)."""
    return tuple(one for one in on if workspaces is None or one.level != "workspace" or one.name in workspaces)


def named(one: Switch) -> str:
    """What a switch stops: ``Everything``, ``Agent finops.idle_warehouse``."""
    return WHAT[one.level] if one.level == "global" else f"{WHAT[one.level]} {plain(called(one.level, one.name), 80)}"


def called(level: str, name: str) -> str:
    """What people read for a name at ``level``."""
    return titled(name) if level == "dimension" else name


def sentence(one: Switch, zone: str, now: dt.datetime) -> str:
    """What is stopped, by whom, since when and why."""
    by = "in the environment" if one.by == ENVIRONMENT else f"by {who(one.by)}"
    since = f" since {fmt.moment(one.at, zone, now)}" if one.at else ""
    return f"{named(one)} is stopped {by}{since}: {plain(one.reason, 200)}"


def who(name: str) -> str:
    """A user name as people say it: ``Ada Arden`` of ``ada.arden@…``, others without their mail's place."""
    said = plain(name.removeprefix("dev:").partition("@")[0], 60)
    parts = said.split(".")
    return " ".join(part.capitalize() for part in parts) if len(parts) > 1 and all(map(str.isalpha, parts)) else said
