"""One entry of the ledger as it was written."""

from __future__ import annotations

import json
import unicodedata

import streamlit as st

from approvals.ledger.ledger import Entry
from components.text.untrusted import plain

_FACTS = ("event", "actor", "proposal_id", "revision", "action_digest", "hash", "prev_hash")


def record(entry: Entry) -> None:
    """The body, and what the chain says of it."""
    facts = {name: getattr(entry, name) for name in _FACTS if getattr(entry, name) is not None}
    st.code(spelled(entry.body), language="json", wrap_lines=True)
    st.code("\n".join(f"{name:<14}{plain(value, 120)}" for name, value in facts.items()), language=None)


def spelled(body: str) -> str:
    """The body, one value a line, with every character that would hide or reorder others written as its escape."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return plain(body, 2_000)  # somebody changed it; the verifier says where
    return "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else _escape(c) for c in text)


def _escape(c: str) -> str:
    return json.dumps(c)[1:-1]
