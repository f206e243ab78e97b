"""What was on the screen when a button was drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from approvals.people.people import Person
from approvals.store.store import Tx
from components.inbox import page_nonces


@dataclass(frozen=True)
class Seen:
    """What was on the screen when a button was drawn: nothing else is ever signed. ``following`` opens afterwards;
    ``since`` is when the person first opened this revision (UTC); ``words`` make each decision count once."""

    proposal_id: str
    revision: int
    action_digest: str
    title: str
    risk: int
    following: str | None = None
    since: dt.datetime | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    def once(self, verb: str) -> Callable[[Tx, Person], None]:
        """What takes the word of ``verb`` back, in the transaction of the decision."""
        return page_nonces.once(self.words, verb, self.proposal_id, self.revision, self.action_digest)


def value(seen: Seen, name: str) -> str:
    """What stands in a field of the open form."""
    return str(st.session_state.get(field_key(seen, name)) or "").strip()


def field_key(seen: Seen, name: str) -> str:
    """The widget of a field: kept while the card is open, whatever becomes of the proposal meanwhile."""
    return f"inbox-{name}-{seen.proposal_id}"
