"""A laptop's choice of who to be, so that one person can try what needs two. In the address: two windows, two people."""

from __future__ import annotations

import streamlit as st

from approvals.people.people import Directory, Unreachable
from components.frame.identity import ACT_AS, Viewer
from components.text.names import words_for
from components.text.untrusted import safe

MOST = 6  # groups that are named


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
    chosen = st.selectbox(
        ":material/laptop_mac: Acting as, unauthenticated",
        names,
        key=ACT_AS,
        bind="query-params",
        persist_state="session",
        format_func=words_for(names, str, 60),
        help="This is a laptop: nobody checked this name. What is decided here is marked dev: and counts nowhere else.",
    )
    if chosen is not None:
        st.caption(safe(groups_of(directory, chosen), 300))


def groups_of(directory: Directory, name: str) -> str:
    """``In finops-approvers, team-growth``: what the person of this name could decide for."""
    try:
        found = directory.named(name)
    except Unreachable:
        return "Their groups are not known now"
    groups = sorted(found.groups) if found is not None else []
    more = f" and {len(groups) - MOST:,} more" if len(groups) > MOST else ""
    return f"In {', '.join(groups[:MOST])}{more}" if groups else "In no group: may look, not decide"
