"""One incident: what was found, what can be done about it, what was done, and the form to work on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from approvals.policy.rules import Policy
from approvals.reading.incidents import thing_at
from components.incidents.known import Known
from components.incidents.ways import ways_in_words
from components.incidents.words import alike_in_words, by, called, each, ended, whose
from components.incidents.work import work
from components.notices.own import Own
from components.runtime.registered import page_of
from components.text import format as fmt
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table

Runbook = Callable[[str], Sequence[tuple[str, str]]]  # of an agent: what each line is about, and what it says
MOST = 8  # findings that are said in words, above the table of all


class Places(NamedTuple):
    """Where what is ``asked`` about an incident stands, and the ``facts`` of one that ended, which wait for it."""

    asked: DeltaGenerator
    facts: DeltaGenerator


def draw(at: Own, policy: Policy, shown: Known, row: Any, look: ViewContext, runbook: Runbook) -> Places:
    """All that the app's own database knows of the incident of ``row``, the chosen one of ``shown``; gives the places of the rest."""
    names = shown.names
    st.subheader(safe(names[row.incident_id], 240), anchor=False)
    st.markdown(safe(_state(row, look, at.now()), 600))
    for one in each(shown.findings)[:MOST]:
        st.markdown(f"- **{safe(called(one), 120)}**: {safe(one.said, 400)} {safe(by(one, shown.kinds), 240)}")
    table(st.container(), "incident-found", shown.found, look, height=320)
    _leads(row)
    asked: DeltaGenerator = st.container()
    if not row.reason:
        st.markdown(f"**{safe(ways_in_words(shown.ways), 400)}**")
        table(st.container(), "incident-possible", shown.possible, look, height=320)
    if len(shown.alike):
        st.markdown(f"**{safe(alike_in_words(shown.alike), 400)}**")
        table(st.container(), "incident-alike", shown.past, look, height=240)
    st.markdown("**What was done**")
    table(st.container(), "incident-steps", shown.done, look, height=320)
    facts: DeltaGenerator = st.container()
    _runbook(shown, runbook)
    work(at, policy, row, {one: names[one] for one in shown.going["incident_id"]})
    return Places(asked, facts)


def _runbook(shown: Known, runbook: Runbook) -> None:
    """What the agents that found it know of such incidents, in a fold."""
    agents = dict.fromkeys(str(one.agent) for one in each(shown.findings))
    known = {agent: told for agent in agents if (told := runbook(agent))}
    if not known:
        return
    with st.expander("Runbook: how it is seen, mended, checked and undone", icon=":material/menu_book:"):
        for agent, told in known.items():
            st.markdown(f"**{safe(agent)}**")
            for about, said in told:
                st.markdown(f"- {safe(about)}: {safe(said, 800)}")


def _state(row: Any, look: ViewContext, now: dt.datetime) -> str:
    def at(name: str) -> str:
        return fmt.moment(getattr(row, name), look.zone, now)

    if row.reason:
        return f"Open from {at('opened_at')} to {at('closed_at')}. {ended(row)}"
    seen = f"Open since {at('opened_at')}, last seen {at('seen_at')}. Its owner: {whose(row)}."
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
