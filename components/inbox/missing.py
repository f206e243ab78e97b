"""What a form needs before anything is done: what is empty is said beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from components.inbox import messages
from components.inbox.seen import Seen, value
from components.text.untrusted import safe

_LEARNS = "A comment is missing: the next proposal learns from it."
NEEDS: Mapping[str, Mapping[str, str]] = {
    "reject": {"reason": "A reason is missing: a rejection needs a reason from the list.", "comment": _LEARNS},
    "override": {"reason": "A reason is missing: an override needs a reason from the list.", "comment": _LEARNS},
    "veto": {"comment": "A reason is missing: a veto needs a reason in words."},
    "lift": {"comment": "A reason is missing: say why it may come up again."},
    "ask": {"question": "The question is missing: what do you want to know?"},
    "answer": {"answer": "The answer is missing."},
    "emergency": {
        "incident": "The incident is missing: an emergency needs the incident's name.",
        "comment": "A reason is missing: say why it cannot wait.",
    },
    "look": {"event": "Choose what you saw.", "comment": "Words are missing: say what you saw."},
}
GRAVE = {"comment": "A reason is missing: from high risk on an approval needs a reason."}
FINAL = {"name": "Type the name of the resource to confirm: this cannot be undone."}


def needs(verb: str, risk: int) -> Mapping[str, str]:
    """The fields that the form of ``verb`` needs at this risk class, each with what is said where it is empty."""
    if verb == "accept":
        return (FINAL if risk >= 4 else {}) | (GRAVE if risk >= 3 else {})
    return NEEDS.get(verb, {})


def lacks(seen: Seen, verb: str, typed: Callable[[Seen, str], str]) -> bool:
    """Whether something is missing in the open form of ``verb``, whose fields hold what ``typed`` finds; then it is said,
    and nothing is to be done."""
    messages.clear()
    empty = {name: said for name, said in needs(verb, seen.risk).items() if not typed(seen, name)}
    if empty:
        messages.say(" ".join(empty.values()), "refused", fields=empty)
    return bool(empty)


def beside(seen: Seen, name: str) -> None:
    """Below the field ``name``: that it is missing, while it is."""
    if (said := messages.beside(name)) and not value(seen, name):
        st.markdown(f":red[:material/error: {safe(said, 300)}]")
