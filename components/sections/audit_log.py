"""What of the audit log is looked at: who, about what, which call, with what outcome, around when. All stands in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from approvals.people import identities
from components.frame.identity import sees_others
from components.frame.page import Page
from components.panels.audit import ABOUT, ACTION, ACTOR, ANY, ANYTHING, APART, AROUND, DID, OUTCOME, audit
from components.sections.userops_sight import me
from components.text.untrusted import safe
from components.tiles.tile import Tile
from queries.kinds import Param
from settings import settings
from spelling import folded

MOST, LONGEST = 500, 120
SORTS: Mapping[str, str] = {
    "Changes": "CHANGE,RIGHTS", "Rights": "RIGHTS", "Reads": "READ", "Runs": "RUN", "Sign-ins": "SIGN_IN", ANYTHING: "",
}  # fmt: skip
OUTCOMES: Mapping[str, str] = {ANY: "", "Done": "DONE", "Denied": "DENIED", "Failed": "FAILED"}
FIELDS = (
    (ACTOR, "Who (name, address or id)", 220),
    (ABOUT, "About (its name, or its whole id)", 240),
    (ACTION, "Call", 150),
    (AROUND, "Half an hour around (UTC)", 180),
)


def audit_tile(page: Page) -> Tile:
    """The tile of what fits the words of the address; of others only those hear who may see what single people do."""
    held = {word: _held(word) for word in (ACTOR, ABOUT, ACTION, DID, OUTCOME, AROUND)}
    now = page.so_far
    asked: dict[str, Param] = span(held[AROUND], now.filters.start, now.filters.end) | {
        "actor": held[ACTOR],
        "actors": ids_of(held[ACTOR]),
        "thing": held[ABOUT],
        "action": held[ACTION],
        "sorts": SORTS.get(held[DID], SORTS["Changes"]),
        "outcome": OUTCOMES.get(held[OUTCOME], ""),
        "person": "" if sees_others(settings()) else me(),
    }
    days, newest = (
        now.ask("governanceops.audit_days", **asked),
        now.ask("governanceops.audit_events", limit=MOST, **asked),
    )
    return audit.tile(days, newest, spared={"audit_events"}, controls=_controls)


def span(around: str, start: dt.date, end: dt.date) -> dict[str, Param]:
    """From when to when: the whole period, or half an hour before and after the moment, which may lie anywhere."""
    try:
        at = dt.datetime.fromisoformat(around.strip()) if around.strip() else None
    except ValueError:
        at = None
    if at is None:
        since, until = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (start, end))
        return {"since": since, "until": until}
    at = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    since, until = at - APART, at + APART
    return {"since": since, "until": until, "start": since.date(), "end": until.date() + dt.timedelta(days=1)}


def ids_of(typed: str) -> str:
    """The ids of the people and services whose name has what was typed: records know services by their ids alone."""
    wanted = folded(typed)
    if not wanted:
        return ""
    found = {folded(one.ids[0]) for one in identities.known() if one.ids and wanted in folded(one.name)}
    return ",".join(sorted(one for one in found if "," not in one))


def _held(word: str) -> str:
    return str(st.session_state.get(word, st.query_params.get(word, "")) or "")[:LONGEST].strip()


def _controls() -> None:
    with st.container(horizontal=True, gap="small"):
        for word, label, width in FIELDS[:2]:
            st.text_input(safe(label), key=word, max_chars=LONGEST, bind="query-params", width=width)
        st.selectbox("Did", list(SORTS), key=DID, bind="query-params", width=130)
        st.selectbox("Outcome", list(OUTCOMES), key=OUTCOME, bind="query-params", width=110)
        for word, label, width in FIELDS[2:]:
            st.text_input(safe(label), key=word, max_chars=LONGEST, bind="query-params", width=width)
