"""Proposing another value of a setting: a dialog that a button of the page of settings opens. Others decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from approvals.deciding.kept_settings import KIND, TITLES
from approvals.people.people import Person, Unreachable
from approvals.reading.in_force import InForce
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from components.frame.store_unavailable import StoreUnavailable
from components.runtime.dialogs import show_dialog
from components.sections import setting_fields
from components.sections.settings_words import source, value_of
from components.text.names import words_for
from components.text.untrusted import safe
from components.things.actions import WHY, Proposes
from settings import Changeable

_MADE = "setting-proposed"  # the proposal that was made in the dialog that is open
BACK = "Take back what was agreed: what the environment says counts again"


@dataclass(frozen=True)
class Proposing:
    """What a proposal goes through: the ``intake``, who acts, looked up anew at every press, the ``environment`` of the
    process, the keys that the account's tags have, and the ``currency`` that the viewer looks at."""

    intake: Proposes
    me: Callable[[], Person | None]
    environment: Mapping[str, str]
    offers: Callable[[], setting_fields.Offers]
    currency: str

    def why_not(self, person: Person | None) -> str:
        """Why the person may not propose it; empty where they may."""
        return self.intake.why_not(person, KIND)


def open_form(names: Sequence[Changeable], at: Proposing, found: InForce) -> None:
    """Open the dialog for one of the settings ``names``."""
    st.session_state.pop(_MADE, None)
    show_dialog(
        body, tuple(names), at, found, title="Propose another value", icon=":material/edit_note:", width="medium"
    )


def body(names: Sequence[Changeable], at: Proposing, found: InForce) -> None:
    """Which setting, what it is now, the fields, and what became of it."""
    name = names[0]
    if len(names) > 1:
        name = st.selectbox("Setting", names, key="setting-name", format_func=words_for(names, lambda one: TITLES[one]))
    st.caption(
        safe(f"{TITLES[name]}, now: {value_of(name, found.settings)} ({source(name, found, at.environment)})", 400)
    )
    back = name in found.kept and st.checkbox(BACK, key=f"setting-back-{name}")
    text = "" if back else setting_fields.value(name, found.settings, at.offers, at.currency)
    if not back:
        st.caption(safe(f"It will read: {text}" if text else "Nothing is filled in yet.", 300))
    why = st.text_area(WHY, key=f"setting-why-{name}", max_chars=4_000, height=90)
    if st.button("Propose", type="primary", key="setting-propose", disabled=not text and not back):
        _sent(name, text, why, at)
    made = st.session_state.get(_MADE)
    if made and st.button("Open it in the inbox", key="setting-open", icon=":material/arrow_forward:"):
        st.switch_page("inbox.py", query_params={"p": made})


def _sent(name: Changeable, text: str, why: str, at: Proposing) -> None:
    try:
        made = proposed(name, text, why, at)
    except (Refusal, Unreachable, *StoreUnavailable) as error:
        st.error(safe(f"Nothing was proposed: {error}", 600), icon=":material/block:")
        return
    st.session_state[_MADE] = made
    st.success("Proposed. Others decide: who proposes does not.", icon=":material/check:")


def proposed(name: Changeable, text: str, why: str, at: Proposing) -> str:
    """Propose it as whoever acts now; the id of the proposal, or of the open one that wants the same. Raises
    :class:`approvals.values.refusals.Refusal` with a sentence."""
    params = {"setting": name, "value": text}
    if wrong := at.intake.wrong(KIND, params):
        raise Refusal(" ".join(wrong.values()))
    person = at.me()
    if person is None or (refused := at.why_not(person)):
        raise Refusal(refused if person is not None else "Nobody is signed in who could propose.")
    target = Target(workspace_id="", type="setting", id=name, name=TITLES[name])
    return at.intake.propose(KIND, target, params, person, why)
