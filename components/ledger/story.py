"""One proposal's whole story in sentences, with the record itself folded under each, and the ways to its card and thing."""

from __future__ import annotations

import datetime as dt
from functools import partial

import streamlit as st

from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.ledger import ledger
from approvals.ledger.ledger import Entry
from approvals.reading.target_things import thing_of
from approvals.store.store import Store, Tx
from approvals.values.refusals import NoSuchProposal
from approvals.values.titles import titled
from components.inbox import telling, words
from components.ledger import told
from components.ledger.record import record
from components.runtime.name_button import line_with_names, name_button
from components.text import format as fmt
from components.text.untrusted import plain, safe
from things import Thing

_ICONS = {"vote": ":material/how_to_vote:", "decision": ":material/gavel:", "execution": ":material/bolt:"}


def story(store: Store, proposal_id: str, zone: str, now: dt.datetime) -> None:
    """Everything that happened to one proposal, oldest first."""
    with store.reading() as tx:
        entries, titles = ledger.story(tx, proposal_id), ledger.titles(tx, [proposal_id])
        thing = _acted_on(tx, proposal_id)
    st.button("All entries", key="ledger-all", icon=":material/arrow_back:", on_click=close)
    st.subheader(safe(titled(titles.get(proposal_id, plain(proposal_id, 80)))), anchor=False)
    if not entries:
        st.markdown(":gray[:material/help:] The ledger holds no entry of this proposal.")
        st.caption("The address may be of another installation.")
        return
    _leads(proposal_id, thing, entries, titles, now)
    for step in telling.steps(entries):
        numbers = ", ".join(f"{one.seq:,}" for one in step.entries)
        said = f"{safe(_sentence(step), 600)} :gray[No. {safe(numbers)}]"
        icon = _ICONS.get(step.first.event.partition(".")[0], ":material/edit_note:")
        acted, written = st.columns([1, 4], gap="small")
        with acted:
            line_with_names(telling.names(step.first), f"ledger-who-{step.first.seq}")
        with written, st.expander(f"{safe(fmt.moment(step.first.at, zone))} · {said}", type="step", icon=icon):
            for entry in step.entries:
                record(entry)


def _sentence(step: telling.Step) -> str:
    known = step.first.event in words.EVENT
    return telling.sentence(step) if known else told.sentence(step.first) + telling.led_to(step.last)


def _leads(
    proposal_id: str, thing: tuple[Thing, str] | None, entries: list[Entry], titles: dict[str, str], now: dt.datetime
) -> None:
    """To the card, to the thing it acts on, and the entries to take along."""
    with st.container(horizontal=True, gap="small"):
        if st.button("Its card in the inbox", key="ledger-card", icon=":material/inbox:", type="tertiary"):
            st.switch_page("inbox.py", query_params={"p": proposal_id})
        if thing is not None:
            name_button(thing[1], thing[0], "ledger-thing")
        st.download_button(
            "This story (CSV)",
            data=partial(told.csv, entries, titles, f"Ledger of proposal {plain(proposal_id, 64)}", now),
            file_name=f"lakehelm_ledger_{proposal_id if proposal_id.isalnum() else 'proposal'}.csv",
            mime="text/csv",
            on_click="ignore",
            key="ledger-csv",
            type="tertiary",
            icon=":material/table_view:",
        )


def _acted_on(tx: Tx, proposal_id: str) -> tuple[Thing, str] | None:
    """The thing that the proposal acts on and its name, where it is one with a page."""
    try:
        content = content_of(tx, proposal_id, proposal(tx, proposal_id).revision)
    except NoSuchProposal:
        return None
    thing = thing_of(content.target, content.before)
    return None if thing is None else (thing, content.target.name or content.target.id)


def close() -> None:
    """Back from one proposal to the list."""
    st.query_params.pop("p", None)
