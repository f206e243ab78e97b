"""Where somebody begins who opens the bare address: at the page that they chose, else where something waits for them, else at the
page of their groups. It is asked once a session: who goes back to the Overview stays there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from approvals.people import start_pages
from approvals.people.identity import Unproven
from approvals.people.people import Person, Unreachable
from approvals.store.store import Store
from approvals.values.refusals import Refusal
from components.frame.store_unavailable import StoreUnavailable
from components.runtime.run_to_completion import run_to_completion
from components.runtime.waiting import beside, until_done
from components.text.untrusted import safe

INBOX = "inbox"
PATIENCE = 1.0  # seconds that the first page waits for what somebody chose
_BEGUN, _OWN, _SAID = "begun", "own-start", "own-start-said"
Me = Callable[[], Person | None]


@dataclass(frozen=True)
class Start:
    """What is known of whoever begins: their ``groups``, the page they chose, how many proposals wait for them (None: not known)."""

    groups: frozenset[str] = frozenset()
    own: str | None = None
    waiting: int | None = None


def start_of(who: Start, by_group: Mapping[str, str], known: Collection[str]) -> str | None:
    """The key of the page, one of ``known``, at which ``who`` begins; None: at the bare address itself. ``by_group`` are pages by
    group: who has several of them looks after the whole, and begins there."""
    if who.own is not None:
        return who.own if who.own in known else None
    pages = {page for group, page in by_group.items() if group in who.groups and page in known}
    if len(pages) > 1:
        return None
    return INBOX if who.waiting and INBOX in known else next(iter(pages), None)


def by_group(text: str) -> dict[str, str]:
    """Pages by group of the setting: ``finops-approvers=finops, ml-approvers=mlops``; a part that is no pair is left out."""
    pairs = (one.rpartition("=") for one in text.split(","))
    return {group.strip(): page.strip() for group, sign, page in pairs if sign and group.strip()}


def begin(
    store: Store, name: str, me: Me, waiting: int | None, pages: str, shown: Mapping[str, StreamlitPage], here: str
) -> None:
    """Turn from the bare address to where whoever looks begins, at the first run of a session alone: ``me`` looks them up (of a
    laptop's user, whom no directory knows, the ``name``), ``pages`` is the setting, ``shown`` are those that they have, by key, and
    ``here`` is the key of the one that is open. What takes long or cannot be known is done without."""
    first = _BEGUN not in st.session_state
    st.session_state[_BEGUN] = True
    if not first:
        return

    def look() -> Start:
        person = me() or Person(name, name)
        with store.reading() as tx:
            return Start(person.groups, start_pages.chosen(tx, person), waiting)

    found = beside(look)
    try:
        who = found.result() if until_done([found], PATIENCE) else Start()
    except (*StoreUnavailable, Unreachable, Unproven):
        return
    st.session_state[_OWN] = who.own
    wanted = start_of(who, by_group(pages), shown)
    if wanted not in (None, here) and not shown[here].url_path and not st.query_params:
        st.switch_page(shown[str(wanted)])


def choice(store: Store, me: Me, page: str) -> None:
    """A button that makes ``page`` the one at which whoever looks begins, or takes that back; none where ``page`` is empty."""
    if not page:
        return
    mine = st.session_state.get(_OWN) == page
    st.sidebar.button(
        "You start here" if mine else "Start here",
        key="start-here",
        type="tertiary",
        icon=":material/flag:" if mine else ":material/outlined_flag:",
        help="Begin where your groups begin again" if mine else "Open Lakehelm at this page from now on",
        on_click=partial(_chosen, store, me, None if mine else page),
    )
    if said := st.session_state.pop(_SAID, ""):
        st.sidebar.caption(safe(said, 200))


@run_to_completion
def _chosen(store: Store, me: Me, page: str | None) -> None:
    try:
        person = me()
        if person is None:
            raise Refusal("Nobody is signed in who could choose where to begin.")
        with store.writing() as tx:
            if page is None:
                start_pages.forget(tx, person)
            else:
                start_pages.choose(tx, person, page)
    except Refusal as why:
        st.session_state[_SAID] = str(why)
    except (*StoreUnavailable, Unreachable, Unproven):
        st.session_state[_SAID] = "Not kept: the app's own database or the directory does not answer."
    else:
        st.session_state[_OWN] = page
