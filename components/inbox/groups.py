"""Groups: many proposals of one kind as one line, opened into the list with a tick for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from approvals.reading.inbox import Group, Line
from approvals.reading.inbox_details import Details
from components.inbox import selection
from components.inbox.address import Place, narrow
from components.inbox.leads import agent_name
from components.inbox.rows import span
from components.inbox.services import KindForm
from components.inbox.words import RISK
from components.runtime.name_button import Part, line_with_names
from components.text import format as fmt
from components.text.names import words_for
from components.text.principals import principal_of
from components.text.untrusted import plain, safe

FIRST = 4  # shown at once, the rest in a menu


def line(group: Group, kinds: Mapping[str, KindForm]) -> str:
    """``14 × Warehouse: auto-stop time, growth: $3.1k–3.9k a month``."""
    form = kinds.get(group.kind)
    what = form.title.rstrip(".") if form is not None else group.kind
    money = f", {span(group.low, group.high, group.currency)} a month" if group.high else ""
    return f"{group.count:,} × {plain(what, 60)}{f', {plain(group.owner, 40)}' if group.owner else ''}{money}"


def draw(place: Place, found: Sequence[Group], kinds: Mapping[str, KindForm]) -> None:
    """The groups of the view, the most money first; nothing while a group is open."""
    if not found or place.filters.group:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            "Groups", width="content", help="Proposals of one kind by one agent for one owner, decided together."
        )
        for number, group in enumerate(found[:FIRST]):
            st.button(
                f"{safe(line(group, kinds), 120)}",
                key=f"inbox-group-{number}",
                type="tertiary",
                on_click=narrow,
                icon=":material/stacks:",
                kwargs={"group": group.group_key},
            )
        if rest := {one.group_key: line(one, kinds) for one in found[FIRST:]}:
            st.menu_button(
                f"{safe(len(rest))} more",
                list(rest),
                key="inbox-groups-more",
                type="tertiary",
                on_click=_more,
                format_func=_menu(rest),
            )


def _menu(lines: Mapping[str, str]) -> Callable[[str], str]:
    """How the menu calls each group, made harmless."""
    called = words_for(lines, lambda group: lines.get(str(group), ""), 120)
    return lambda group: safe(called(group), 160)


def _more() -> None:
    chosen = st.session_state["inbox-groups-more"]
    if chosen:
        narrow(group=str(chosen))


def head(place: Place, lines: Sequence[Line], known: Mapping[str, Details], total: int) -> None:
    """What the open group is, with a way back and a tick for all of this page."""
    if not place.filters.group:
        return
    kind, _, rest = place.filters.group.partition("|")
    agent, _, owner = rest.partition("|")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "All proposals",
            icon=":material/arrow_back:",
            key="inbox-group-close",
            type="tertiary",
            on_click=narrow,
            kwargs={"group": None},
        )
        st.markdown(f"**{safe(f'{total:,} × {kind}', 90)}**", width="content")
        highest = RISK[max((line.risk for line in lines), default=0)]
        whose: Part = (owner, principal_of(owner)) if owner else "nobody known"
        line_with_names(["for", whose, "by", agent_name(agent), f", up to {highest}"], "inbox-group-of")
        ids = [one.proposal_id for one in lines]
        if ids and not set(ids) <= set(selection.ticked()):
            st.button(
                f"Tick all {safe(len(ids))} here",
                key="inbox-tick-all",
                icon=":material/done_all:",
                on_click=selection.choose,
                args=(lines, known, ids),
            )


def bulk_money(chosen: Sequence[selection.Tick]) -> str:
    """What the ticked bring together, each currency by itself: they are never summed."""
    parts = []
    for currency in sorted({one.currency for one in chosen}):
        own = [one for one in chosen if one.currency == currency]
        low, high = (
            sum((one.low for one in own), start=own[0].low * 0),
            sum((one.high for one in own), start=own[0].low * 0),
        )
        parts.append(span(low, high, currency))
    return " + ".join(parts) or fmt.NONE
