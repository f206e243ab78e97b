"""Working on an incident: taking it on, closing it, joining it with another, opening it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from approvals.deciding import incidents as deciding
from approvals.deciding.incident_rows import LONGEST
from approvals.deciding.incidents import REASONS
from approvals.people.people import Person
from approvals.policy.rules import Policy
from approvals.store.store import Tx
from approvals.values.refusals import NotYours
from components.notices.own import Own, press
from components.runtime.run_to_completion import run_to_completion
from components.text.names import words_for
from dimensions import Key

VERBS = ("answer", "close", "merge", "reopen")
REASON, WORDS, INTO = "incident-reason", "incident-words", "incident-into"
NOT_YOURS = "Whoever decides in its dimension, its owner, or an administrator works on an incident."


def work(at: Own, policy: Policy, row: Any, names: Mapping[str, str]) -> None:
    """Buttons to take it on, close it, join it with another of ``names`` (those that are open), or open it again."""
    words, closed = at.words(), bool(row.reason)
    incident = str(row.incident_id)
    act = partial(_press, at, policy, words, incident, row.dimension, str(row.owner), str(row.owner_id))
    if not closed:
        st.button(
            "I take it", key="incident-answer", type="primary", disabled=not words, on_click=act, args=("answer",)
        )
    with st.form("incident-work", border=False):
        st.text_area("In a sentence (kept with it, and in the ledger)", key=WORDS, max_chars=LONGEST, height=90)
        if closed:
            st.form_submit_button("Open it again", disabled=not words, on_click=act, args=("reopen",))
            return
        others = {key: name for key, name in names.items() if key != incident}
        why, close, into, merge = st.columns([3, 1, 3, 1], vertical_alignment="bottom")
        why.selectbox(
            "Closed because it is", list(REASONS), key=REASON, format_func=words_for(REASONS, REASONS.__getitem__)
        )
        close.form_submit_button("Close", disabled=not words, on_click=act, args=("close",), width="stretch")
        if not others:  # a field that cannot be used is not shown
            return
        into.selectbox(
            "Same cause as", list(others), index=None, key=INTO, format_func=words_for(others, others.__getitem__, 120)
        )
        merge.form_submit_button("Join", disabled=not words, on_click=act, args=("merge",), width="stretch")


@run_to_completion
def _press(
    at: Own,
    policy: Policy,
    words: Mapping[str, str],
    incident: str,
    dimension: Key,
    owner: str,
    owner_id: str,
    verb: str,
) -> None:
    said, reason, into = (st.session_state.get(key) or "" for key in (WORDS, REASON, INTO))
    steps: dict[str, tuple[Callable[[Tx, Person], None], str]] = {
        "answer": (lambda tx, me: deciding.answer(tx, incident, me), "It is yours."),
        "close": (lambda tx, me: deciding.close(tx, incident, me, reason, said), "Closed."),
        "merge": (
            lambda tx, me: deciding.merge(tx, incident, into, me, said),
            "Joined: its findings go on with the other one.",
        ),
        "reopen": (lambda tx, me: deciding.reopen(tx, incident, me, said), "Open again."),
    }
    step, done = steps[verb]

    def act(tx: Tx, me: Person) -> None:
        if not deciding.may_work_on(policy, me, dimension, owner, owner_id):
            raise NotYours(NOT_YOURS)
        step(tx, me)

    press(at, words, verb, act, done)
