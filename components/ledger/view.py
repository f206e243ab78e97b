"""The ledger as people read it: entries found by filters in the address bar, one entry, one proposal's whole story."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from approvals.ledger import ledger
from approvals.ledger.ledger import Entry
from approvals.store.store import Store
from components.frame.views import choose
from components.inbox import words
from components.text import format as fmt
from components.text.names import words_for
from components.text.principals import called
from components.text.untrusted import cells, plain, safe

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
_EVENT: Mapping[str, str] = MappingProxyType(
    {
        "switch.on": "turned a kill switch on", "switch.release_asked": "asked to turn a kill switch off",
        "switch.off": "turned a kill switch off", "breaker.closed": "answered for a kind: it may run by itself again",
        "delegation.made": "made a delegation", "delegation.ended": "ended a delegation",
        "execution.late": "found that an earlier call had its effect after all",
        "checkpoint.signed": "signed the ledger so far", "draft.submit": "handed in a draft", "draft.done": "prepared the proposal",
    }
)  # fmt: skip
_FACTS = ("event", "proposal_id", "revision", "action_digest", "hash", "prev_hash")


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


def table(store: Store, wanted: Wanted, zone: str) -> None:
    """The entries that were looked for, newest first, a page at a time; the picked one below them."""
    with store.reading() as tx:
        found = ledger.search(
            tx,
            text=wanted.text,
            actor=wanted.actor,
            event=wanted.event,
            since=wanted.since,
            before_seq=wanted.before_seq,
            limit=PAGE + 1,
        )
        titles = ledger.titles(tx, {entry.proposal_id for entry in found if entry.proposal_id})
    entries = found[:PAGE]
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
            column_config=_columns(zone),
            height="content" if len(entries) < 14 else 460,
            alt=f"{len(entries)} entries of the ledger, newest first",
        )
        picked = state["selection"]["rows"][:1]
        if picked and picked[0] < len(entries):
            one(entries[picked[0]], titles, zone)
    _pages(wanted, entries, len(found) > PAGE)


def rows(entries: Sequence[Entry], titles: Mapping[str, str]) -> pd.DataFrame:
    """What the table shows; foreign text made plain."""
    return pd.DataFrame(
        {
            "seq": [entry.seq for entry in entries],
            "at": [entry.at for entry in entries],
            "who": [who(entry) for entry in entries],
            "what": [what(entry.event) for entry in entries],
            "proposal": [
                plain(words.titled(titles.get(entry.proposal_id or "", entry.proposal_id or "")), 160)
                for entry in entries
            ],
            "digest": [entry.hash[:12] for entry in entries],
        }
    )


def _columns(zone: str) -> dict[str, Any]:
    return {
        "seq": st.column_config.NumberColumn("No.", format="%,d", width=70),
        "at": st.column_config.DatetimeColumn("When", format="D MMM YYYY HH:mm:ss", timezone=zone, width=160),
        "who": st.column_config.TextColumn("Who", width=190),
        "what": st.column_config.TextColumn("What"),
        "proposal": st.column_config.TextColumn("Proposal", width="large"),
        "digest": st.column_config.TextColumn("Digest", width=110, help="The first characters of the entry's hash."),
    }


def who(entry: Entry) -> str:
    """Who acted, and for whom; plain text."""
    actor, other = called(entry.actor), called(entry.on_behalf_of or "")
    return plain(actor, 80) + (f" for {plain(other, 80)}" if other else "")


def what(event: str) -> str:
    """An event in plain words; one that nobody has words for is shown as it is."""
    return words.EVENT.get(event) or _EVENT.get(event) or plain(event.replace("_", " ").replace(".", ": "), 60)


def one(entry: Entry, titles: Mapping[str, str], zone: str) -> None:
    """One entry with everything it says."""
    with st.container(border=True):
        st.markdown(f"**{safe(entry.seq)}** · {safe(who(entry))} {safe(what(entry.event))}")
        st.caption(safe(fmt.moment(entry.at, zone)))
        _body(entry)
        if entry.proposal_id is not None:
            st.caption(safe(words.titled(titles.get(entry.proposal_id, entry.proposal_id))))
            st.button(
                "The proposal's whole story",
                key="ledger-story",
                icon=":material/history:",
                on_click=_open,
                args=(entry.proposal_id,),
            )


def _body(entry: Entry) -> None:
    facts = {name: getattr(entry, name) for name in _FACTS if getattr(entry, name) is not None}
    st.code(spelled(entry.body), language="json", wrap_lines=True)
    st.code("\n".join(f"{name:<14}{plain(value, 120)}" for name, value in facts.items()), language=None)


def spelled(body: str) -> str:
    """The body, one value a line, with every character that would hide or reorder others written as its escape."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        return plain(body, 2_000)  # somebody changed it; the verifier says where
    return "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else _escape(c) for c in text)


def _escape(c: str) -> str:
    return json.dumps(c)[1:-1]


def _open(proposal_id: str) -> None:
    st.query_params["p"] = proposal_id


def close() -> None:
    """Back from one proposal to the list."""
    st.query_params.pop("p", None)


def _pages(wanted: Wanted, entries: Sequence[Entry], more: bool) -> None:
    with st.container(horizontal=True):
        if wanted.before_seq is not None:
            st.button("Newest", key="ledger-newest", icon=":material/first_page:", on_click=_turn, args=(None,))
        if more:
            st.button(
                "Older", key="ledger-older", icon=":material/chevron_right:", on_click=_turn, args=(entries[-1].seq,)
            )


def _turn(before: int | None) -> None:
    if before is None:
        st.query_params.pop("before", None)
    else:
        st.query_params["before"] = str(before)


def story(store: Store, proposal_id: str, zone: str) -> None:
    """Everything that happened to one proposal, oldest first."""
    with store.reading() as tx:
        entries, titles = ledger.story(tx, proposal_id), ledger.titles(tx, [proposal_id])
    st.button("All entries", key="ledger-all", icon=":material/arrow_back:", on_click=close)
    st.subheader(safe(words.titled(titles.get(proposal_id, proposal_id))), anchor=False)
    if not entries:
        st.markdown(":gray[:material/help:] The ledger holds no entry of this proposal.")
    for entry in entries:
        said = f"{safe(what(entry.event))}{safe(_led_to(entry))} :gray[No. {safe(f'{entry.seq:,}')}]"
        with st.expander(
            f"{safe(fmt.moment(entry.at, zone))} · **{safe(who(entry))}** {said}", type="step", icon=_icon(entry)
        ):
            _body(entry)


def _led_to(entry: Entry) -> str:
    """The state that a move led to, for the line of a story; plain text."""
    try:
        to = str(json.loads(entry.body).get("to", ""))
    except (ValueError, AttributeError):
        to = ""  # somebody changed it; the verifier says where
    return f" → {words.STATE[to]}" if to in words.STATE else ""


def _icon(entry: Entry) -> str:
    family = entry.event.partition(".")[0]
    return {
        "vote": ":material/how_to_vote:",
        "decision": ":material/gavel:",
        "execution": ":material/bolt:",
    }.get(family, ":material/edit_note:")
