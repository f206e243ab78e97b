"""The ledger as people read it: entries found by filters in the address bar, and one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from approvals.ledger import ledger
from approvals.ledger.ledger import Entry
from approvals.store.store import Store, Tx
from components.frame.views import choose
from components.inbox import telling
from components.ledger import told
from components.ledger.record import record
from components.runtime.opened import ask_for
from components.text import format as fmt
from components.text.names import words_for
from components.text.principals import called
from components.text.untrusted import cells, safe
from components.tiles.column_config import without_none
from things import Thing, read

PAGE = 50
PERIODS: Mapping[str, int | None] = MappingProxyType(
    {"24 hours": 1, "7 days": 7, "30 days": 30, "90 days": 90, "All": None}
)
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "Proposals": "proposal.", "Votes": "vote.", "Decisions": "decision.", "Executions": "execution.",
        "Kill switches": "switch.", "Breakers": "breaker.", "Delegations": "delegation.", "Drafts": "draft.",
        "Checkpoints": "checkpoint.",
    }
)  # fmt: skip
MOST = 100_000  # entries in one file


@dataclass(frozen=True)
class Wanted:
    """What is looked for: as the parameters of :func:`approvals.ledger.ledger.search` have it."""

    text: str
    actor: str
    event: str
    since: dt.datetime | None
    before_seq: int | None


def filters(store: Store, now: dt.datetime) -> Wanted:
    """Draw the filters; what they say is in the address bar."""
    with store.reading() as tx:
        people = ledger.actors(tx)
    first, second, third, fourth = st.columns([2, 2, 2, 5], vertical_alignment="bottom")
    bound: dict[str, str] = {"bind": "query-params", "persist_state": "session"}
    with first:
        text = st.text_input("Search", key="text", placeholder="Words, a title, an id", max_chars=200, **bound)  # type: ignore[call-overload]
    with second:
        who = st.selectbox(
            "Who", people, index=None, key="who", placeholder="Anyone", format_func=words_for(people, called), **bound
        )  # type: ignore[call-overload]
    with third:
        what = st.selectbox("What", list(FAMILIES), index=None, key="what", placeholder="Anything", **bound)  # type: ignore[call-overload]
    with fourth:
        days = PERIODS[choose("period", "Period", list(PERIODS), at_first="30 days")]
    before = st.query_params.get("before", "")
    since = None if days is None else now - dt.timedelta(days=days)
    seq = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    return Wanted((text or "").strip(), who or "", FAMILIES.get(what or "", ""), since, seq)


def table(store: Store, wanted: Wanted, zone: str, now: dt.datetime) -> None:
    """The entries that were looked for, newest first, a page at a time; the picked one below them. That a vote was counted
    is not listed beside the vote."""
    with store.reading() as tx:
        found = _search(tx, wanted, PAGE + 1)
        titles = _titles(tx, found)
    page = found[:PAGE]
    entries = [entry for entry in page if entry.event != told.COUNTED or wanted.event]
    if not entries:
        st.markdown(":gray[:material/check:] No entry matches.")
        st.caption("Look at a longer period, or take a filter away.")
    else:
        state = st.dataframe(
            cells(rows(entries, titles)),
            key="ledger-rows",
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            column_config=without_none(_columns(zone, entries)),
            height="content" if len(entries) < 14 else 460,
            alt=f"{len(entries)} entries of the ledger, newest first",
        )
        picked = state["selection"]["rows"][:1]
        if picked and picked[0] < len(entries):
            one(entries[picked[0]], titles, zone)
    with st.container(horizontal=True):
        _pages(wanted, page, len(found) > PAGE)
        if entries:
            st.download_button(
                "All that was found (CSV)",
                data=partial(found_csv, store, replace(wanted, before_seq=None), now),
                file_name=f"lakehelm_ledger_{now:%Y-%m-%d}.csv",
                mime="text/csv",
                on_click="ignore",
                key="ledger-csv",
                type="tertiary",
                icon=":material/table_view:",
                help=f"Every entry with its hash and as it was written, the newest {MOST:,} at most.",
            )


def _search(tx: Tx, wanted: Wanted, limit: int) -> list[Entry]:
    return ledger.search(
        tx,
        text=wanted.text,
        actor=wanted.actor,
        event=wanted.event,
        since=wanted.since,
        before_seq=wanted.before_seq,
        limit=limit,
    )


def _titles(tx: Tx, entries: Sequence[Entry]) -> dict[str, str]:
    return ledger.titles(tx, {entry.proposal_id for entry in entries if entry.proposal_id})


def found_csv(store: Store, wanted: Wanted, now: dt.datetime) -> bytes:
    """All entries that are looked for, newest first, as a file for auditors."""
    with store.reading() as tx:
        entries = _search(tx, wanted, MOST)
        titles: dict[str, str] = {}
        for start in range(0, len(entries), 500):  # ids that one statement may name
            titles |= _titles(tx, entries[start : start + 500])
    return told.csv(entries, titles, "Ledger", now)


def rows(entries: Sequence[Entry], titles: Mapping[str, str]) -> pd.DataFrame:
    """What the table shows; foreign text made plain."""
    return pd.DataFrame(
        {
            "seq": [entry.seq for entry in entries],
            "at": [entry.at for entry in entries],
            "who": [telling.who(entry) for entry in entries],
            "what": [told.sentence(entry) for entry in entries],
            "about": [told.about(entry, titles) for entry in entries],
            "digest": [entry.hash[:12] for entry in entries],
        }
    )


def acted_on(entry: Entry) -> Thing | None:
    """The proposal that an entry is about."""
    return read({"kind": "proposal", "id": entry.proposal_id or ""})


def _opening(label: str, key: str, entries: Sequence[Entry], thing: Callable[[Entry], Thing | None], width: Any) -> Any:
    """A column of names: a click on one opens its thing."""

    def clicked() -> None:
        row = int(st.session_state[key]["row"])
        if row < len(entries):
            ask_for(thing(entries[row]))

    return st.column_config.ButtonColumn(
        label, type="tertiary", alignment="left", on_click=clicked, key=key, width=width
    )


def _columns(zone: str, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "seq": st.column_config.NumberColumn("No.", format="%,d", width=60),
        "at": st.column_config.DatetimeColumn("When", format="D MMM YYYY HH:mm:ss", timezone=zone, width=150),
        "who": _opening("Who", "ledger-who", entries, telling.who_acted, 170),
        "what": st.column_config.TextColumn("What", width=230),
        "about": _opening("About", "ledger-about", entries, acted_on, 260),
        "digest": st.column_config.TextColumn("Digest", width=110, help="The first characters of the entry's hash."),
    }


def one(entry: Entry, titles: Mapping[str, str], zone: str) -> None:
    """One entry with everything it says."""
    with st.container(border=True):
        st.markdown(f"**{safe(entry.seq)}** · {safe(telling.who(entry))} {safe(told.sentence(entry), 600)}")
        st.caption(safe(" · ".join(filter(None, [fmt.moment(entry.at, zone), told.about(entry, titles)])), 300))
        with st.expander("As it was written"):
            record(entry)
        if entry.proposal_id is not None:
            st.button(
                "The proposal's whole story",
                key="ledger-story",
                icon=":material/history:",
                on_click=_open,
                args=(entry.proposal_id,),
            )


def _open(proposal_id: str) -> None:
    st.query_params["p"] = proposal_id


def _pages(wanted: Wanted, page: Sequence[Entry], more: bool) -> None:
    if wanted.before_seq is not None:
        st.button("Newest", key="ledger-newest", icon=":material/first_page:", on_click=_turn, args=(None,))
    if more:
        st.button("Older", key="ledger-older", icon=":material/chevron_right:", on_click=_turn, args=(page[-1].seq,))


def _turn(before: int | None) -> None:
    if before is None:
        st.query_params.pop("before", None)
    else:
        st.query_params["before"] = str(before)
