"""The inbox page as a whole: views and filters, undo, groups, list and card."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from approvals.deciding.proposals import content_of
from approvals.deciding.stand_ins import StandIn, stand_ins
from approvals.people.people import Person, Unreachable
from approvals.policy.policy import Start
from approvals.reading import inbox
from approvals.reading.inbox import Group, InboxFilters, Line, View
from approvals.reading.inbox_details import Details, details
from approvals.reading.recent import Made, Reversible, made_lately, reversible, version
from approvals.store.store import Tx
from components.frame.page import zone
from components.inbox import bulk, card_pane, deputies, filters, groups, keys, listing, made, messages, polling, saved
from components.inbox.address import PAGE, Place, here, left_out, pages
from components.inbox.services import NOBODY, InboxServices
from components.text.tokens import Theme
from components.text.untrusted import safe

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
    made: list[Made]


def draw(services: InboxServices) -> None:
    """The whole page. Looking at it never decides anything."""
    person, away = _me(services)
    place = _with_something(services, here(), person)
    queue = _read(services, place, person)
    if away:  # whose turn it is is not known, which is not nobody's
        queue = replace(queue, counts={view: count for view, count in queue.counts.items() if view != "your_turn"})
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    with st.container(horizontal=True, vertical_alignment="center", key="inbox-head"):
        st.header("Inbox", anchor=False)
        filters.controls(place, services.store, services.workspaces)
        saved.draw(services, person)
        deputies.draw(services, person, queue.deputies, zone())
    filters.views(place, queue.counts)
    if lost := left_out(st.query_params):
        st.info(
            f"Left out of the address, because this page does not know it: {safe(', '.join(lost), 200)}",
            icon=":material/link_off:",
        )
    if away:
        st.warning(f"{safe(away, 300)} You can read, not decide, until it answers.", icon=":material/lock:")
    elif person is NOBODY:
        st.info(
            "You are not among the people of the workspace's directory: you can read, not decide.",
            icon=":material/lock:",
        )
    polling.undo_banner(services, person, queue.reversible, queue.starts, zone())
    made.banner(queue.made, services.now())
    groups.draw(place, queue.groups, services.intake.kinds())
    if not place.open:
        messages.draw()
        _list(services, place, person, queue, theme)
    else:
        left, right = st.columns([3, 4], gap="medium")
        with left, st.container(key="inbox-beside"):
            _list(services, place, person, queue, theme)
        with right, st.container(border=True, key="inbox-card"):
            following = keys.following(place, queue.lines)
            card_pane.draw(place, person, services, zone(), following, "" if queue.reversible else "U")
    polling.watch(services.store)


def _list(services: InboxServices, place: Place, person: Person, queue: Queue, theme: Theme) -> None:
    keys.draw(place, queue.lines, queue.known)
    groups.head(place, queue.lines, queue.known, queue.total)
    listing.draw(place, queue.lines, queue.known, queue.total, queue.counts, services.now(), theme)
    bulk.bar(services, person)


def _me(services: InboxServices) -> tuple[Person, str]:
    """Whose turn is shown, and why that is not known (else empty). Every decision asks again."""
    try:
        return services.me() or NOBODY, ""
    except Unreachable as why:
        return NOBODY, str(why)


def _with_something(services: InboxServices, place: Place, person: Person) -> Place:
    """Of an address that narrows the list and names no view the first view that holds something: other pages lead here,
    and know not whose turn it is. What is typed is looked for where one is."""
    if "view" in st.query_params or replace(place.filters, text="") == InboxFilters():
        return place
    with services.store.reading() as tx:
        counts = inbox.counts(tx, person, replace(place.filters, workspaces=services.workspaces))
    return replace(place, view=next((view for view, count in counts.items() if count), place.view))


def _read(services: InboxServices, place: Place, person: Person) -> Queue:
    narrowed = replace(place.filters, workspaces=services.workspaces)
    with services.store.reading() as tx:
        polling.seen(version(tx))
        counts = inbox.counts(tx, person, replace(narrowed, group=""))  # another view is not of the open group
        total = inbox.total(tx, place.view, person, narrowed) if place.filters.group else counts[place.view]
        page = min(place.page, pages(total))
        lines = inbox.listing(tx, place.view, person, narrowed, limit=PAGE, offset=(page - 1) * PAGE) if total else []
        lines = [_held(tx, one, services) if one.execution == "scheduled" else one for one in lines]
        mine = reversible(tx, person) if person.id else []
        grouped = place.view in ("your_turn", "waiting") and not place.filters.group
        return Queue(
            counts=counts,
            lines=lines,
            total=total,
            known=details(tx, lines),
            groups=inbox.groups(tx, place.view, person, narrowed, MOST_GROUPS) if grouped else [],
            deputies=stand_ins(tx, person) if person.id else [],
            reversible=mine,
            made=made_lately(tx, person) if person.id else [],
            starts={one.proposal_id: _start(tx, one, services) for one in mine},
        )


def _held(tx: Tx, line: Line, services: InboxServices) -> Line:
    """A scheduled line with what will hold it when it is due, where the executor has not met it yet."""
    if line.holds or line.starts_at is None:
        return line
    content = content_of(tx, line.proposal_id, line.revision)
    return replace(line, holds=list(services.intake.starts(tx, content, max(line.starts_at, tx.now)).held))


def _start(tx: Tx, one: Reversible, services: InboxServices) -> Start:
    return services.intake.starts(tx, content_of(tx, one.proposal_id, one.revision), one.starts_at)
