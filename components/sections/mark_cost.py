"""Saying of an unusual cost that it was expected, or that it is muted until a day: a dialog that its card opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from approvals.deciding import cost_marks
from approvals.deciding.cost_marks import BadMark, CostMark, Event
from approvals.people.people import Directory, Person, Unreachable
from approvals.people.roles import policy_at
from approvals.policy.rules import Policy
from approvals.store.store import Store
from approvals.values.canonical import digest
from approvals.values.refusals import NotYours, Refusal
from components.frame.identity import acting
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import page_nonces
from components.panels.unusual_cost import told
from components.runtime import state
from components.runtime.dialogs import show_dialog
from components.text import format as fmt
from components.text.untrusted import safe
from settings import settings

NOT_YOURS = "Only those who decide about costs, and administrators, may say what is expected."
OPEN, EXPECTED, MUTED = "open", "expected", "muted"
WHAT = {EXPECTED: "It was expected", MUTED: "Mute it until a day", OPEN: "Open it again"}
USUAL = dt.timedelta(days=30)  # that the form proposes to mute for
_ASKED = "cost-mark-asked"


@dataclass(frozen=True)
class Marking:
    """What a mark goes through: who acts, looked up anew at every press, the policy that says who may, the ``workspaces``
    whose costs they may see (None: all), and a word that is good once."""

    store: Store
    policy: Policy
    me: Callable[[], Person | None]
    now: Callable[[], dt.datetime]
    workspaces: tuple[str, ...] | None

    def words(self, event: Event) -> dict[str, str]:
        """The word of a press, for those who may; none for others."""
        try:
            person = self.me()
            if person is None or not cost_marks.may_mark(self.policy, person):
                return {}
            return dict(page_nonces.given(self, person, *_about(event), ("mark",)))
        except (Unreachable, *StoreUnavailable):
            return {}


@dataclass(frozen=True)
class Asked:
    """An event that somebody wants to mark, as it is called, and what is said of it now."""

    event: Event
    name: str
    said: CostMark | None


def ask_to_mark(event: Event, name: str, said: CostMark | None) -> None:
    """Have the page open the dialog at the end of its run."""
    st.session_state[_ASKED] = Asked(event, name, said)


def mark_asked(directory: Directory | None, places: tuple[str, ...] | None, zone: str) -> None:
    """Open the dialog for the event whose button was pressed just now; ``directory`` knows who acts (None: nobody yet),
    ``places`` are the workspaces that the viewer may see (None: all)."""
    asked = st.session_state.pop(_ASKED, None)
    if not isinstance(asked, Asked):
        return
    if directory is None:
        st.toast("Nothing can be marked here: nobody is known who could.", icon=":material/block:")
        return
    chosen = settings()
    me = partial(acting, chosen, directory)
    at = Marking(state.store(), policy_at(Path(chosen.policy)), me, state.clock, places)
    show_dialog(body, asked, at, zone, title="What this cost is", icon=":material/flag:")


def body(asked: Asked, at: Marking, zone: str) -> None:
    """What is said of it, and the fields."""
    st.caption(safe(f"{asked.name}, from {fmt.day(asked.event.day)} to {fmt.day(asked.event.last_day)}", 200))
    if asked.said is not None:
        st.markdown(safe(told(asked.said, zone), 700))
    words = at.words(asked.event)
    if not words:
        st.info(NOT_YOURS, icon=":material/block:")
    choices = [EXPECTED, MUTED, *([OPEN] if asked.said else [])]
    what = st.radio("What is to be said of it", choices, format_func=lambda one: WHAT[one], key="mark-state")
    today = at.now().date()
    until = None
    if what == MUTED:
        until = st.date_input(
            "Until",
            today + USUAL,
            min_value=today + dt.timedelta(days=1),
            max_value=today + cost_marks.FURTHEST,
            key="mark-until",
            help="From this day on it is listed again. Until then nothing unusual there is.",
        )
    why = st.text_area("Why (kept with it, and in the ledger)", key="mark-why", max_chars=cost_marks.LONGEST, height=90)
    if st.button("Save", type="primary", disabled=not words, key="mark-save"):
        try:
            written(asked.event, str(what), until if isinstance(until, dt.date) else None, why, at, words)
        except (BadMark, Refusal, Unreachable, *StoreUnavailable) as error:
            st.error(safe(error))
        else:
            st.rerun()


def written(event: Event, state: str, until: dt.date | None, why: str, at: Marking, words: dict[str, str]) -> None:
    """Write it as whoever acts now, in one transaction with its word. Raises :class:`approvals.values.refusals.Refusal` and
    :class:`approvals.deciding.cost_marks.BadMark`."""
    person = at.me()
    if person is None or not cost_marks.may_mark(at.policy, person):
        raise NotYours(NOT_YOURS)
    if at.workspaces is not None and event.workspace_id not in at.workspaces:
        raise NotYours("This cost is not one of a workspace of yours.")
    with at.store.writing() as tx:
        page_nonces.once(words, "mark", *_about(event))(tx, person)
        if state == OPEN:
            cost_marks.reopen(tx, event, why, person)
        else:
            cost_marks.mark(tx, event, "muted" if state == MUTED else "expected", until, why, person)


def _about(event: Event) -> tuple[str, int, str]:
    return "cost_marks", 0, digest([*event.place, event.day.isoformat(), event.last_day.isoformat()])
