"""Words that make each decision count once (approvals/store/nonces.py), given out with what is drawn. They lie in the session,
which proves nothing by itself: a word is good for the person and the revision it was drawn for only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import streamlit as st

from approvals.people.people import Person
from approvals.store import nonces
from approvals.store.store import Store, Tx

VERBS = (
    "accept", "reject", "override", "revoke", "veto", "edit", "ask", "answer", "look", "undo", "emergency", "claim",
    "snooze", "delegate", "withdraw", "remind",
    "lift",
)  # fmt: skip
_HELD, _MOST = "inbox-clicks", 64
_NEW = nonces.GOOD_FOR / 2  # older ones are given out anew when the page is drawn again


class Place(Protocol):
    """Where words are given out: its store and its clock."""

    @property
    def store(self) -> Store: ...

    @property
    def now(self) -> Callable[[], dt.datetime]: ...


def given(
    services: Place, person: Person, proposal_id: str, revision: int, digest: str, verbs: tuple[str, ...] = VERBS
) -> Mapping[str, str]:
    """A word for each verb; none for nobody."""
    if not person.id:
        return {}
    held: dict[Any, tuple[dt.datetime, Mapping[str, str]]] = st.session_state.setdefault(_HELD, {})
    key, now = (person.id, proposal_id, revision, digest), services.now()
    if key not in held or not dt.timedelta(0) <= now - held[key][0] < _NEW:
        held.pop(key, None)
        while len(held) >= _MOST:
            del held[next(iter(held))]
        with services.store.writing() as tx:
            held[key] = (now, nonces.issue(tx, *key, verbs))
    return held[key][1]


def once(
    words: Mapping[str, str], verb: str, proposal_id: str, revision: int, digest: str
) -> Callable[[Tx, Person], None]:
    """Takes the word back in the transaction of the decision. Raises :class:`approvals.store.nonces.NotThisClick`."""

    def take(tx: Tx, me: Person) -> None:
        st.session_state.pop(_HELD, None)  # what is drawn next gets new ones, whatever comes of this
        nonces.use(tx, words.get(verb, ""), me.id, proposal_id, revision, digest, verb)

    return take
