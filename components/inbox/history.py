"""Section 7 of a card: everything that happened to the proposal, and the proof that the record is whole."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from approvals.reading.card import Card
from components.inbox import diff, messages
from components.inbox.services import InboxServices
from components.inbox.telling import names, sentence, steps
from components.inbox.words import STATE
from components.runtime.name_button import line_with_names
from components.text import format as fmt
from components.text.untrusted import cells, plain, safe

VERIFY = "inbox-verify"
_HOLDS = {True: "yes", False: "no", None: "not known"}


def draw(card: Card, services: InboxServices, zone: str) -> None:
    """Entries in plain words, then each execution with its checks, then the proof."""
    for step in steps(card.story):
        when = fmt.moment(step.first.at, zone, card.now)
        line_with_names([when, *names(step.first), sentence(step)], f"inbox-step-{step.first.seq}")
    for execution in card.executions:
        _execution(execution, card, zone)
    st.button(
        "Verify this record",
        key=VERIFY,
        icon=":material/verified:",
        on_click=_prove,
        args=(services, card.row.proposal_id),
        help="Checks the hash chain of the whole ledger, this record in it.",
    )
    messages.draw(VERIFY)


def _execution(row: object, card: Card, zone: str) -> None:
    values = row._mapping  # type: ignore[attr-defined]
    with st.container(border=True, gap="xsmall"):
        state = STATE.get(values["state"], values["state"])
        st.markdown(
            f"**Carried out: {safe(state.lower())}** · attempt {safe(values['attempt'])} · since "
            f"{safe(fmt.moment(values['state_since'], zone, card.now))}"
        )
        if values["error_class"]:
            st.caption(f"{safe(values['error_class'], 80)}: {safe(values['error_text'], 400)}")
        if refs := values["refs"]:
            st.caption(safe(", ".join(f"{name} {diff.shown(value)}" for name, value in refs.items()), 300))
        checks = [one for one in values["checks"] or [] if isinstance(one, dict)]
        if checks:
            table = pd.DataFrame(
                [
                    {
                        "Check": plain(one.get("id"), 60),
                        "Expected": plain(one.get("expected"), 160),
                        "Observed": plain(one.get("observed"), 160),
                        "Holds": _HOLDS.get(one.get("ok"), "not known"),
                    }
                    for one in checks
                ]
            )
            st.dataframe(
                cells(table),
                hide_index=True,
                height="content",
                key=f"inbox-checks-{values['execution_id']}",
                alt="Checks after the change",
            )


def _prove(services: InboxServices, proposal_id: str) -> None:
    messages.clear()
    whole, said = services.intake.verify(proposal_id)
    messages.say(said, "ok" if whole else "refused", at=VERIFY)
