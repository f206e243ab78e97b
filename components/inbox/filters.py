"""Views with their counts, and the filters that narrow a view; all of it in the address bar."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from approvals.reading.inbox import VIEWS, View, choices
from approvals.store.store import Store
from components.inbox.address import FILTERS, Place, amount, narrow
from components.inbox.words import RISK
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import safe
from dimensions import titled

LISTED: Mapping[str, tuple[str, str]] = {  # word of the address: label, column
    "dimension": ("Dimension", "dimension"), "env": ("Environment", "env"), "kind": ("Kind of action", "kind"),
    "agent": ("Proposed by", "agent_id"), "owner": ("Owner", "owner"),
}  # fmt: skip


def views(place: Place, counts: Mapping[View, int]) -> None:
    """The views; the number behind each is how many proposals are in it for this person, as they are filtered;
    one that has none is not known."""
    st.session_state["inbox-view"] = place.view
    st.segmented_control(
        "View",
        list(VIEWS),
        key="inbox-view",
        required=True,
        label_visibility="collapsed",
        on_change=_viewed,
        format_func=lambda view: f"{VIEWS[view]} {fmt.number(counts[view]) if view in counts else fmt.NONE}",
    )


def controls(place: Place, store: Store, workspaces: tuple[str, ...] | None = None) -> None:
    """Search, a drawer with the other filters, and what is in force, each with its own way out."""
    st.session_state["inbox-text"] = place.filters.text
    st.text_input(
        "Search",
        key="inbox-text",
        placeholder="Search titles, names, owners",
        label_visibility="collapsed",
        on_change=_searched,
        width=240,
        max_chars=200,
    )
    drawer = st.popover("Filters", icon=":material/tune:", key="inbox-filters", on_change="rerun")
    if drawer.open:
        with drawer:
            _drawer(place, store, workspaces)
    for name, label in in_force(place).items():
        st.button(
            f"{safe(label, 60)} ✕",
            key=f"inbox-drop-{name}",
            type="tertiary",
            on_click=_drop,
            args=(name,),
            help="Take this filter away",
        )


def in_force(place: Place) -> dict[str, str]:
    """The filters other than text and group in words, by their word in the address."""
    found = {name: _said(name, value) for name in LISTED if (value := getattr(place.filters, name))}
    if place.filters.risk is not None:
        found["risk"] = RISK[place.filters.risk]
    if place.filters.least is not None:
        found["least"] = f"at least {place.filters.least.normalize():f} a month"
    return found


def _drawer(place: Place, store: Store, workspaces: tuple[str, ...] | None) -> None:
    with store.reading() as tx:
        values = {name: choices(tx, column, workspaces=workspaces) for name, (_, column) in LISTED.items()}
    for name, (label, _) in LISTED.items():
        now = getattr(place.filters, name)
        options = ["", *dict.fromkeys([*(one for one in values[name] if one), *([now] if now else [])])]
        st.session_state[f"inbox-{name}"] = now
        st.selectbox(
            safe(label),
            options,
            key=f"inbox-{name}",
            format_func=words_for(options, partial(_said, name)),
            on_change=_chosen,
            args=(name,),
        )
    st.session_state["inbox-risk"] = place.filters.risk
    st.selectbox(
        "Risk",
        [None, *RISK],
        key="inbox-risk",
        format_func=lambda risk: "All" if risk is None else RISK[risk],
        on_change=_chosen,
        args=("risk",),
    )
    least = place.filters.least
    st.session_state["inbox-least"] = f"{least.normalize():f}" if least is not None else ""
    st.text_input(
        "Brings at least, a month",
        key="inbox-least",
        placeholder="500",
        on_change=_chosen,
        args=("least",),
        max_chars=14,
    )
    if in_force(place):
        st.button("Reset", key="inbox-reset", type="tertiary", on_click=narrow, kwargs=dict.fromkeys(FILTERS))


def _said(name: str, value: str) -> str:
    """A value of the filter ``name`` as people read it."""
    return (titled(value) if name == "dimension" else value) or "All"


def _viewed() -> None:
    narrow(view=st.session_state["inbox-view"], group=None)


def _searched() -> None:
    narrow(text=str(st.session_state["inbox-text"]).strip() or None)


def _chosen(name: str) -> None:
    value = st.session_state[f"inbox-{name}"]
    if name == "least" and amount(str(value)) is None:
        value = None
    narrow(**{name: None if value in (None, "") else str(value)})


def _drop(name: str) -> None:
    narrow(**{name: None})
