"""The list: one table whatever its length; a click in a row opens its card, a tick in front of it chooses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import streamlit as st

from approvals.reading.inbox import VIEWS, Line, View
from approvals.reading.inbox_details import Details
from approvals.values.canonical import digest
from components.inbox import rows, selection
from components.inbox.address import PAGE, Place, go, open_card, pages
from components.inbox.words import EMPTY, ORDER, UNKNOWN
from components.runtime.run_to_completion import run_to_completion
from components.text.tokens import Theme
from components.text.untrusted import cells, safe
from components.tiles.column_config import without_none

ROW, HEAD, MOST = 57, 35, 690  # pixels; above four rem texts wrap, and two lines fit
_DRAWN = "inbox-list-drawn"


def draw(
    place: Place,
    lines: Sequence[Line],
    known: Mapping[str, Details],
    total: int,
    counts: Mapping[View, int],
    now: dt.datetime,
    theme: Theme,
) -> None:
    """The table of one page of the view, or in words why it is empty; and what else a search has found."""
    if not lines:
        _empty(place, view_is_known=place.view in counts)
        _elsewhere(place, counts)
        return
    wide = not place.open
    ids = tuple(line.proposal_id for line in lines)
    chosen = [number for number, one in enumerate(ids) if one in selection.ticked()]
    # Rows are known by their number: another set of rows is another table, so that no tick slides to another proposal.
    key = f"inbox-list-{digest([ids, wide])[:12]}"
    st.session_state[_DRAWN] = key
    held = st.session_state.get(key, {}).get("selection", {})
    if sorted(held.get("rows", [])) != chosen:
        st.session_state[key] = {"selection": {"rows": chosen, "columns": [], "cells": []}}
    st.dataframe(
        cells(rows.frame(lines, known, place.open, now, wide)),
        key=key,
        hide_index=True,
        row_height=ROW,
        height=min(ROW * len(lines) + HEAD + 4, MOST),
        on_select=lambda: _selected(key, lines, known),
        selection_mode=["multi-row", "single-cell"],
        placeholder="",
        column_config=without_none(
            rows.columns(theme, sorted({line.currency for line in lines if line.currency}), wide)
        ),
        alt=f"{len(lines)} of {total} proposals",
    )
    _foot(place, len(lines), total)
    _elsewhere(place, counts)


@run_to_completion
def _selected(key: str, lines: Sequence[Line], known: Mapping[str, Details]) -> None:
    """A tick or a click. ``lines`` are those that were on the screen. A key pressed at once is sent together with the
    click before it: of a table that is no longer there, it is done already."""
    if st.session_state.get(_DRAWN) != key:
        return
    chosen = st.session_state[key]["selection"]
    selection.choose(lines, known, [lines[number].proposal_id for number in chosen["rows"] if number < len(lines)])
    if chosen["cells"]:
        number = int(chosen["cells"][0][0])
        if number < len(lines):
            open_card(lines[number].proposal_id)


def _foot(place: Place, shown: int, total: int) -> None:
    last = pages(total)
    page = min(place.page, last)
    first = (page - 1) * PAGE + 1
    order = ORDER[
        "done"
        if place.view in ("done", "auto_done")
        else "running"
        if place.view in ("scheduled", "running", "needs_a_look")
        else "your_turn"
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{first:,}–{first + shown - 1:,} of {total:,}" if total > shown else f"{total:,} in all"
        st.caption(safe(said), help=f"Order: {safe(order, 400)}", width="content")
        if last > 1:
            st.session_state["inbox-page"] = page
            st.pagination(last, key="inbox-page", on_change=_paged)


@run_to_completion
def _paged() -> None:
    chosen = int(st.session_state["inbox-page"])
    go(page=str(chosen) if chosen > 1 else None, p=None, do=None)


def _elsewhere(place: Place, counts: Mapping[View, int]) -> None:
    """What is searched for is in other views, too: ``2 more under Scheduled``; what ran by itself is done, too."""
    if not place.filters.text:
        return
    others = [
        f"{counts[view]:,} more under {VIEWS[view]}"
        for view in VIEWS
        if view not in (place.view, "auto_done") and counts.get(view)
    ]
    if others:
        st.caption(safe("; ".join(others), 300))


def _empty(place: Place, *, view_is_known: bool) -> None:
    narrowed = place.filters != type(place.filters)() or place.page > 1
    what, hint = EMPTY[place.view]
    if narrowed:
        what, hint = "Nothing here matches the filters.", "Take filters away to see more."
    if not view_is_known:
        what, hint = UNKNOWN
    with st.container(border=True):
        st.markdown(f":gray[:material/{'check' if view_is_known else 'help'}:] {safe(what)}")
        st.caption(safe(hint))
