"""The page of incidents: what needs somebody, one of them with all that is known, and what ended lately."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from approvals.policy.rules import Policy
from approvals.reading.incidents import thing_at
from components.incidents.known import Known, known
from components.incidents.words import NOBODY, alike_in_words, by, called, each, ended, sentence
from components.incidents.work import work
from components.notices.own import Own, said
from components.runtime.registered import page_of
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table

KEY = "incident"
MOST = 8  # findings that are said in words, above the table of all


def draw(at: Own, policy: Policy, look: ViewContext) -> None:
    """The whole page below its title. Raises what a store raises that is away."""
    wanted = str(st.session_state.get(KEY) or st.query_params.get(KEY, ""))
    with at.store.reading() as tx:
        shown = known(tx, at.limits.places, wanted)
    if (answer := said()) is not None:
        (st.success if answer[0] else st.error)(safe(answer[1], 400))
    st.markdown(f"**{safe(sentence(shown.rows, at.now()), 400)}**")
    if len(shown.going):
        table(st.container(), "incidents-open", shown.open, look, height=420)
    _one(at, policy, shown, look)
    if len(shown.going) < len(shown.rows):
        st.subheader("Closed in the last 30 days", anchor=False)
        table(st.container(), "incidents-closed", shown.closed, look, height=420)


def _one(at: Own, policy: Policy, shown: Known, look: ViewContext) -> None:
    """The chosen incident: what was found, what was done, and what can be done."""
    names = shown.names
    if not names:
        return
    picked = st.selectbox(
        "Incident",
        list(names),
        key=KEY,
        bind="query-params",
        format_func=words_for(names, names.__getitem__, 160),
        width=720,
    )
    row = each(shown.rows[shown.rows["incident_id"].eq(str(picked))])[0]
    with st.container(border=True):
        st.subheader(safe(names[row.incident_id], 240), anchor=False)
        st.markdown(safe(_state(row, look, at.now()), 600))
        for one in each(shown.findings)[:MOST]:
            st.markdown(f"- **{safe(called(one), 120)}**: {safe(one.said, 400)} {safe(by(one), 160)}")
        table(st.container(), "incident-found", shown.found, look, height=320)
        _leads(row)
        if len(shown.alike):
            st.markdown(f"**{safe(alike_in_words(shown.alike), 400)}**")
            table(st.container(), "incident-alike", shown.past, look, height=240)
        st.markdown("**What was done**")
        table(st.container(), "incident-steps", shown.done, look, height=320)
        work(at, policy, row, {one: names[one] for one in shown.going["incident_id"]})


def _state(row: Any, look: ViewContext, now: dt.datetime) -> str:
    def at(name: str) -> str:
        return fmt.moment(getattr(row, name), look.zone, now)

    owner = row.owner or NOBODY
    if row.reason:
        return f"Open from {at('opened_at')} to {at('closed_at')}. {ended(row)}"
    seen = f"Open since {at('opened_at')}, last seen {at('seen_at')}. Its owner: {owner}."
    return f"{seen} It closes by itself when agents find nothing of it twice."


def _leads(row: Any) -> None:
    """To the page of its cause, with what changed, what ran and who needs it; and to what is proposed."""
    cause = thing_at(row)
    with st.container(horizontal=True):
        if cause is not None:
            label = f"{called(row)}: what changed, what it needs and who needs it ›"
            st.page_link(page_of("thing.py"), icon="", label=safe(label, 160), query_params=cause.words)
        if row.proposals:
            label = f"{row.proposals} in the inbox"
            there = {"dimension": str(row.dimension)}
            st.page_link(page_of("inbox.py"), icon=":material/inbox:", label=safe(label), query_params=there)
