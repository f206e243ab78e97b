"""What others do becomes visible within five seconds: a small question every few seconds, a new drawing only when
something changed. And the undo window of one's own approvals, counted down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from approvals.people.people import Person
from approvals.policy.policy import Start
from approvals.reading.recent import Reversible, version
from approvals.store.store import Store
from approvals.values.canonical import digest
from approvals.values.titles import titled
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import page_nonces
from components.inbox.address import open_card
from components.inbox.deciding import all_taken_back, taken_back
from components.inbox.head import waiting
from components.inbox.seen import Seen
from components.inbox.services import InboxServices
from components.runtime.dialogs import draw_page_again
from components.text import format as fmt
from components.text.untrusted import safe

EVERY = 4  # seconds
SHOWN = 5  # of one's own approvals, the newest, each with its button
_SEEN = "inbox-version"


def seen(now: str) -> None:
    """Note what the page is drawn from."""
    st.session_state[_SEEN] = now


@st.fragment(run_every=EVERY)
def watch(store: Store) -> None:
    """Draw the page again when the store has moved on."""
    try:
        with store.reading() as tx:
            now = version(tx)
    except StoreUnavailable as why:
        st.warning(f"{safe(why)} What you see may be out of date.", icon=":material/database_off:")
        return
    if now != st.session_state.get(_SEEN, now):
        st.session_state[_SEEN] = now
        draw_page_again()


@st.fragment(run_every=1)
def wait_until_open(why_not: Callable[[], str]) -> None:
    """Say why nothing can be worked on yet, and draw the page as soon as there is no reason any more."""
    why = why_not()
    if not why:
        st.rerun()
    st.info(f"{safe(why, 600)} Proposals appear here by themselves.", icon=":material/hourglass_empty:")


def undo_banner(
    services: InboxServices, person: Person, open_: Sequence[Reversible], starts: Mapping[str, Start], zone: str
) -> None:
    """Each approval of one's own that has not begun: how long it can be taken back, and the button that does; or what
    holds it."""
    if open_:
        _counted(services, person, tuple(open_), starts, zone)


@st.fragment(run_every=1)
def _counted(
    services: InboxServices, person: Person, open_: Sequence[Reversible], starts: Mapping[str, Start], zone: str
) -> None:
    now = services.now()
    over = {one.proposal_id for one in open_ if one.starts_at <= now}
    told: set[str] = st.session_state.setdefault("inbox-over", set())
    if over - told:  # once for each: the store's clock may be a little behind this one
        told |= over
        draw_page_again()
    if st.session_state.pop("inbox-undone", False):
        st.rerun()
    if len(open_) > 1:
        _all_at_once(services, person, open_)
    for number, one in enumerate(open_[:SHOWN]):
        words = page_nonces.given(services, person, one.proposal_id, one.revision, one.action_digest)
        shown = Seen(one.proposal_id, one.revision, one.action_digest, one.title, 0, words=words)
        with st.container(horizontal=True, vertical_alignment="center", key=f"inbox-undo-{one.proposal_id}"):
            waits = waiting(starts.get(one.proposal_id), zone, now)
            said = f"It **{safe(waits, 300)}**" if waits else f"Starts in **{safe(left(one.starts_at - now))}**"
            st.markdown(":material/timer: Accepted:", width="content")
            if st.button(safe(titled(one.title), 160), key=f"inbox-accepted-{one.proposal_id}", type="tertiary"):
                open_card(one.proposal_id)
                st.rerun()
            st.markdown(f"{said}.", width="content")
            st.button(
                "Undo",
                key=f"inbox-take-back-{one.proposal_id}",
                icon=":material/undo:",
                on_click=taken_back,
                args=(services, shown, "", True),
                shortcut="U" if number == 0 else None,
            )


def _all_at_once(services: InboxServices, person: Person, open_: Sequence[Reversible]) -> None:
    """``9 accepted``, and one button that takes them all back."""
    about = all_of(open_)
    words = page_nonces.given(services, person, *about, ("revoke",))
    with st.container(horizontal=True, vertical_alignment="center", key="inbox-undo-all"):
        st.markdown(f":material/done_all: **{safe(len(open_))} accepted**, none of them begun.")
        st.button(
            "Undo all",
            key="inbox-take-all-back",
            icon=":material/undo:",
            on_click=all_taken_back,
            args=(services, tuple(one.proposal_id for one in open_), about, words),
        )


def all_of(open_: Sequence[Reversible]) -> tuple[str, int, str]:
    """What a press on all of these is bound to, in place of one proposal, its revision and its digest."""
    return "together", len(open_), digest([[one.proposal_id, one.revision, one.action_digest] for one in open_])


def left(span: dt.timedelta) -> str:
    """``1 m 32 s``."""
    return fmt.duration(max(round(span.total_seconds()), 0))
