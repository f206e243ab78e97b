"""The page of incidents: what needs somebody, one of them with all that is known, and what ended lately."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from approvals.policy.rules import Policy
from components.incidents import one
from components.incidents.known import Known, known
from components.incidents.one import Places, Runbook
from components.incidents.words import NO_KINDS, Kinds, each, sentence
from components.notices.own import Own, said
from components.text.names import words_for
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table

KEY = "incident"
Asked = Callable[[Known, Any, Places], None]  # draws what is asked about an incident where it stands


def draw(at: Own, policy: Policy, look: ViewContext, runbook: Runbook, ask: Asked, kinds: Kinds = NO_KINDS) -> None:
    """The whole page below its title; what is ``ask``-ed of the chosen one comes last. ``kinds`` are kinds of action in words.
    Raises what a store raises that is away."""
    wanted = str(st.session_state.get(KEY) or st.query_params.get(KEY, ""))
    with at.store.reading() as tx:
        shown = known(tx, at.limits.places, wanted, kinds)
    if (answer := said()) is not None:
        (st.success if answer[0] else st.error)(safe(answer[1], 400))
    st.markdown(f"**{safe(sentence(shown.rows, at.now()), 400)}**")
    if len(shown.going):
        table(st.container(), "incidents-open", shown.open, look, height=420)
    draw_asked = None
    if names := shown.names:
        # An address that somebody wrote has an id, that of the field its words.
        if wanted in names and KEY not in st.session_state:
            st.session_state[KEY] = wanted
        picked = st.selectbox(
            "Incident",
            list(names),
            key=KEY,
            bind="query-params",
            format_func=words_for(names, names.__getitem__, 160),
            width=720,
        )
        if picked != shown.chosen:
            with at.store.reading() as tx:
                shown = known(tx, at.limits.places, str(picked), kinds)
        row = each(shown.rows[shown.rows["incident_id"].eq(str(picked))])[0]
        with st.container():
            draw_asked = partial(ask, shown, row, one.draw(at, policy, shown, row, look, runbook))
    if len(shown.going) < len(shown.rows):
        st.subheader("Closed in the last 30 days", anchor=False)
        table(st.container(), "incidents-closed", shown.closed, look, height=420)
    if draw_asked is not None:
        draw_asked()
