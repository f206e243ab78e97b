"""The inbox page as a whole: views and filters, undo, groups, list and card."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from approvals.deciding.proposals import content_of
from approvals.deciding.stand_ins import StandIn, stand_ins
from approvals.people.people import Person, Unreachable
from approvals.policy.policy import Start
from approvals.reading import inbox
from approvals.reading.inbox import Group, Line, View
from approvals.reading.inbox_details import Details, details
from approvals.reading.recent import Reversible, reversible, version
from approvals.store.store import Tx
from components.inbox import bulk, card_pane, deputies, filters, fresh, groups, keys, listing, notes, saved
from components.inbox.doors import NOBODY, Doors
from components.inbox.place import PAGE, Place, here, pages
from components.page import zone
from components.tokens import Theme

MOST_GROUPS = 12


@dataclass(frozen=True)
class Queue:
    """What one look at the store gave: all of it from the same moment."""

    counts: dict[View, int]
    lines: list[Line]
    total: int
    known: dict[str, Details]
    groups: list[Group]
    reversible: list[Reversible]
    starts: dict[str, Start]  # when those really start
    deputies: list[StandIn]


def draw(doors: Doors) -> None:
    """The whole page. Looking at it never decides anything."""
    place, person = here(), _me(doors)
    queue = _read(doors, place, person)
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    with st.container(horizontal=True, vertical_alignment="center", key="inbox-head"):
        st.header("Inbox", anchor=False)
        filters.controls(place, doors.store, doors.workspaces)
        saved.draw(doors, person)
        deputies.draw(doors, person, queue.deputies, zone())
    filters.views(place, queue.counts)
    if person is NOBODY:
        st.info(
            "You are not among the people of the workspace's directory: you can read, not decide.",
            icon=":material/lock:",
        )
    fresh.undo_banner(doors, person, queue.reversible, queue.starts, zone())
    groups.draw(place, queue.groups, doors.kinds())
    if not place.open:
        notes.draw()
        _list(doors, place, person, queue, theme)
    else:
        left, right = st.columns([5, 8], gap="medium")
        with left:
            _list(doors, place, person, queue, theme)
        with right, st.container(border=True, key="inbox-card"):
            following = keys.following(place, queue.lines)
            card_pane.draw(place, person, doors, zone(), following, "" if queue.reversible else "U")
    fresh.watch(doors.store)


def _list(doors: Doors, place: Place, person: Person, queue: Queue, theme: Theme) -> None:
    keys.draw(place, queue.lines, queue.known)
    groups.head(place, queue.lines, queue.known, queue.total)
    listing.draw(place, queue.lines, queue.known, queue.total, doors.now(), theme)
    bulk.bar(doors, person)


def _me(doors: Doors) -> Person:
    """Whose turn is shown. Every decision asks again."""
    try:
        return doors.me() or NOBODY
    except Unreachable:
        return NOBODY


def _read(doors: Doors, place: Place, person: Person) -> Queue:
    narrowed = replace(place.filters, workspaces=doors.workspaces)
    with doors.store.reading() as tx:
        fresh.seen(version(tx))
        counts = inbox.counts(tx, person, doors.workspaces)
        whole = place.filters == inbox.Filters()
        total = counts[place.view] if whole else inbox.total(tx, place.view, person, narrowed)
        page = min(place.page, pages(total))
        lines = inbox.listing(tx, place.view, person, narrowed, limit=PAGE, offset=(page - 1) * PAGE) if total else []
        lines = [_held(tx, one, doors) if one.execution == "scheduled" else one for one in lines]
        mine = reversible(tx, person) if person.id else []
        grouped = place.view in ("your_turn", "waiting") and not place.filters.group
        return Queue(
            counts=counts, lines=lines, total=total, known=details(tx, lines),
            groups=inbox.groups(tx, place.view, person, narrowed, MOST_GROUPS) if grouped else [],
            deputies=stand_ins(tx, person) if person.id else [],
            reversible=mine, starts={one.proposal_id: _start(tx, one, doors) for one in mine},
        )  # fmt: skip


def _held(tx: Tx, line: Line, doors: Doors) -> Line:
    """A scheduled line with what will hold it when it is due, where the executor has not met it yet."""
    if line.holds or line.starts_at is None:
        return line
    content = content_of(tx, line.proposal_id, line.revision)
    return replace(line, holds=list(doors.starts(tx, content, max(line.starts_at, tx.now)).held))


def _start(tx: Tx, one: Reversible, doors: Doors) -> Start:
    return doors.starts(tx, content_of(tx, one.proposal_id, one.revision), one.starts_at)
