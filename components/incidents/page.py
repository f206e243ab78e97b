"""The page of incidents: what needs somebody, one of them with all that is known, and what ended lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from approvals.policy.rules import Policy
from approvals.reading import incidents as reading
from approvals.reading.incidents import thing_at
from components.incidents.words import NOBODY, by, called, choices, each, ended, found, in_turn, listed, sentence
from components.incidents.work import work
from components.ledger.told import what
from components.notices.own import Own, said
from components.runtime.registered import page_of
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import plain, safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table
from components.tiles.tile import Grid, Sets
from things import ThingColumn

KEY = "incident"
THING = ThingColumn("", ("workspace_id", "thing_id"), "thing_kind")
OPEN = {
    "name": ("What", "text"), "title": ("What was found", "long"), "found": ("Findings", "count"), "opened": ("Since", "lately"),
    "owner": ("Owner", "text"), "waiting": ("Proposed", "text"), "open": ("", "text"),
}  # fmt: skip
CLOSED = {
    "name": ("What", "text"), "title": ("What was found", "long"), "opened": ("Since", "lately"), "closed": ("Closed", "lately"),
    "owner": ("Owner", "text"), "why": ("Why", "long"), "open": ("", "text"),
}  # fmt: skip
MOST = 8  # findings that are said in words, above the table of all
FOUND = {
    "name": ("On what", "text"), "agent": ("Found by", "text"), "kind": ("It proposes", "text"),
    "first": ("First seen", "lately"), "last": ("Last seen", "lately"),
}  # fmt: skip
STEPS = {"at": ("When", "time"), "what": ("What", "text"), "who": ("Who", "text"), "words": ("Words", "long")}


@dataclass(frozen=True)
class Known:
    """What the page shows: all incidents, and of the chosen one its findings and steps."""

    rows: pd.DataFrame
    findings: pd.DataFrame
    steps: tuple[reading.Step, ...]


def draw(at: Own, policy: Policy, look: ViewContext) -> None:
    """The whole page below its title. Raises what a store raises that is away."""
    known = _read(at, str(st.session_state.get(KEY) or st.query_params.get(KEY, "")))
    if (answer := said()) is not None:
        (st.success if answer[0] else st.error)(safe(answer[1], 400))
    rows, going = known.rows, known.rows["closed_at"].isna()
    st.markdown(f"**{safe(sentence(rows, at.now()), 400)}**")
    if going.any():
        _table("incidents-open", rows[going], OPEN, look)
    _one(at, policy, known, look)
    if not going.all():
        st.subheader("Closed in the last 30 days", anchor=False)
        _table("incidents-closed", rows[~going], CLOSED, look)


def _read(at: Own, wanted: str) -> Known:
    with at.store.reading() as tx:
        rows = reading.incidents(tx, at.limits.places)
        if rows.empty:
            return Known(rows, pd.DataFrame(), ())
        if wanted not in set(rows["incident_id"]):
            wanted = in_turn(rows)[0]
        return Known(rows, reading.findings(tx, wanted), tuple(reading.steps(tx, wanted)))


def _table(key: str, rows: pd.DataFrame, columns: dict[str, tuple[str, str]], look: ViewContext) -> None:
    grid = Grid(listed(rows), columns, things={"name": THING}, sets={"open": Sets("words")})
    table(st.container(), key, grid, look, height=420)


def _one(at: Own, policy: Policy, known: Known, look: ViewContext) -> None:
    """The chosen incident: what was found, what was done, and what can be done."""
    names = choices(each(known.rows))
    if not names:
        return
    order = in_turn(known.rows)
    picked = st.selectbox(
        "Incident", order, key=KEY, bind="query-params", format_func=words_for(names, names.__getitem__, 160), width=720
    )
    row = each(known.rows[known.rows["incident_id"].eq(str(picked))])[0]
    with st.container(border=True):
        st.subheader(safe(names[row.incident_id], 240), anchor=False)
        st.markdown(safe(_state(row, look, at.now()), 600))
        for one in each(known.findings)[:MOST]:
            st.markdown(f"- **{safe(called(one), 120)}**: {safe(one.said, 400)} {safe(by(one), 160)}")
        table(
            st.container(),
            "incident-found",
            Grid(found(known.findings), FOUND, things={"name": THING}),
            look,
            height=320,
        )
        _leads(row)
        st.markdown("**What was done**")
        table(st.container(), "incident-steps", Grid(_steps(known.steps), STEPS), look, height=320)
        others = choices(each(known.rows[known.rows["closed_at"].isna()]))
        work(at, policy, row, others)


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


def _steps(steps: tuple[reading.Step, ...]) -> pd.DataFrame:
    told = [
        {"at": one.at, "what": what(one.event), "who": plain(one.who, 120), "words": plain(one.words, 600)}
        for one in steps
    ]
    return pd.DataFrame(told)
