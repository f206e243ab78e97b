"""A laptop's choice of who to be, so that one person can try what needs two. In the address: two windows, two people."""

from __future__ import annotations

import streamlit as st

from approvals.people.people import Directory, Unreachable
from components.frame.identity import ACT_AS, Viewer
from components.text.names import words_for
from components.text.untrusted import safe


def act_as(who: Viewer, directory: Directory | None) -> None:
    """Say who acts; where nobody is checked, let them choose among those who may decide."""
    everyone = getattr(directory, "everyone", None)
    if not who.local or directory is None or everyone is None:
        st.caption(safe(who.name))
        return
    try:
        wanted = st.query_params.get(ACT_AS, who.name)  # an address may name anybody whom the directory knows
        others = [wanted] if wanted != who.name and directory.named(wanted) else []
        names = list(dict.fromkeys([who.name, *everyone(), *others]))
    except Unreachable:
        names = [who.name]
    st.selectbox(
        ":material/laptop_mac: Acting as, unauthenticated",
        names,
        key=ACT_AS,
        bind="query-params",
        persist_state="session",
        format_func=words_for(names, str, 60),
        help="This is a laptop: nobody checked this name. What is decided here is marked dev: and counts nowhere else.",
    )
