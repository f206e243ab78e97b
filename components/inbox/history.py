"""Section 7 of a card: everything that happened to the proposal, and the proof that the record is whole."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from approvals.ledger.ledger import Entry
from approvals.reading.card import Card
from components.inbox import diff, messages
from components.inbox.services import InboxServices
from components.inbox.words import EVENT, REASON, STATE
from components.text import format as fmt
from components.text.untrusted import cells, plain, safe

_SAID = ("question", "comment", "why", "reason", "reasons", "hold", "title", "until")
_HOLDS = {True: "yes", False: "no", None: "not known"}


def draw(card: Card, services: InboxServices, zone: str) -> None:
    """Entries in plain words, then each execution with its checks, then the proof."""
    for entry in card.story:
        st.caption(
            f"{safe(fmt.moment(entry.at, zone, card.now))}  **{safe(entry.actor, 80)}** {safe(event_sentence(entry), 600)}"
        )
    for execution in card.executions:
        _execution(execution, card, zone)
    st.button(
        "Verify this record",
        key="inbox-verify",
        icon=":material/verified:",
        on_click=_prove,
        args=(services, card.row.proposal_id),
        help="Checks the hash chain of the whole ledger, this record in it.",
    )


def event_sentence(entry: Entry) -> str:
    """What an entry tells, in words: ``rejected it: bad timing · not during the close``."""
    body = json.loads(entry.body)
    behalf = f" for {plain(entry.on_behalf_of, 60)}" if entry.on_behalf_of else ""
    what = EVENT.get(entry.event, entry.event.replace(".", " ").replace("_", " "))
    said = []
    for name in _SAID:
        if value := body.get(name):
            words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            said.append(plain(REASON.get(words, words), 300))
    return f"{what}{behalf}{': ' + ' · '.join(said) if said else ''}"


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
    messages.say(said, "ok" if whole else "refused")
