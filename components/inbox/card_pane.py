"""The card: one proposal, complete, in seven sections, with what this person may do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from approvals.deciding.stand_ins import lent
from approvals.deciding.verbs import viewed
from approvals.people.people import Person
from approvals.policy.policy import Start
from approvals.reading.card import Card, card
from approvals.reading.offers import offers
from approvals.reading.target_things import thing_of
from approvals.store.store import Tx
from approvals.values.refusals import NoSuchProposal
from components.inbox import (
    could_break,
    forms,
    gate,
    head,
    history,
    leads,
    messages,
    outcome,
    page_nonces,
    seats,
    verbs_bar,
    who,
    why_now,
    will_run,
)
from components.inbox.address import Place, open_card
from components.inbox.seen import Seen
from components.inbox.services import InboxServices
from components.text.untrusted import safe

_VIEWED = "inbox-viewed"
LIVE = ("open", "approved")  # proposals with which something can still be done


def draw(
    place: Place, person: Person, services: InboxServices, zone: str, following: str | None, undo_key: str
) -> None:
    """The card of ``place.open`` for ``person``; ``following`` opens when it is decided."""
    try:
        with services.store.reading() as tx:
            found = card(tx, place.open, person, services.workspaces)
            start = _start(tx, found, services)
            stands_for = lent(tx, services.directory, person) if person.id and found.row.state in LIVE else []
    except NoSuchProposal:
        st.warning("There is no such proposal. The address may be of another installation.", icon=":material/link_off:")
        return
    row = found.row
    seen = Seen(
        place.open,
        row.revision,
        row.action_digest,
        row.title,
        row.risk,
        following,
        _opened(found, person, services),
        page_nonces.given(services, person, place.open, row.revision, row.action_digest) if row.state in LIVE else {},
    )
    head.draw(found, zone, start)
    leads.draw(found, services)
    _successor(found)
    own = offers(found, person, stands_for, bool(person.groups & services.emergency_groups))
    verbs = verbs_bar.buttons(found, own, person, seen, services, undo_key)
    verbs_bar.draw(verbs)
    if place.do in {one.verb for one in verbs if not one.why}:
        forms.draw(place.do, found, seen, services, person, own.voices)
    else:
        messages.draw()
        if place.do:
            st.caption("What the address asks for cannot be done with this proposal now.")
    who.answers(found)
    sections(found, services, zone, seen)


def _start(tx: Tx, found: Card, services: InboxServices) -> Start | None:
    """When it really starts: of an open one, were everybody to agree now."""
    if found.row.state == "open":
        return services.intake.starts(tx, found.content, found.now + dt.timedelta(seconds=found.content.undo_s))
    execution = found.execution
    if execution is None or execution.state != "scheduled":
        return None
    return services.intake.starts(tx, found.content, max(execution.due_at, found.now))


def sections(found: Card, services: InboxServices, zone: str, seen: Seen) -> None:
    """The seven sections. Of the highest risk the first and the third begin closed, so that opening them is a deed."""
    calm = found.row.risk < gate.FROM or found.row.state != "open"
    what, why, hit = titles(found)
    pictures: list[DeltaGenerator] = []
    _section(found, 1, what, lambda: will_run.draw(found, services), expanded=calm)
    _section(found, 2, why, lambda: pictures.append(why_now.draw(found, services, zone)), expanded=True)
    _section(found, 3, hit, lambda: could_break.draw(found, zone), expanded=calm)
    _section(found, 4, "Who says so", lambda: who.says(found, zone, services.directory), expanded=False)
    _section(found, 5, "Who must agree", lambda: seats.agrees(found, services, seen), expanded=True)
    _section(found, 6, "What the agent wrote", lambda: who.words(found), expanded=False)
    _section(found, 7, "History", lambda: history.draw(found, services, zone), expanded=False)
    thing = thing_of(found.content.target, found.content.before)
    if services.picture is not None and thing is not None:
        with pictures[0]:
            services.picture(thing)


def titles(found: Card) -> tuple[str, str, str]:
    """What the first three sections are called: of what is over nothing is going to happen."""
    if not outcome.over(found):
        return "What will run", "Why now", "What could break"
    return ("What ran" if outcome.ran(found) else "What was to run"), "Why", "What could have broken"


def _section(found: Card, number: int, title: str, body: Callable[[], None], *, expanded: bool) -> None:
    key = f"inbox-section-{number}-{found.row.proposal_id}-{found.row.revision}"
    gated = number in gate.MUST and found.row.risk >= gate.FROM
    box = st.expander(
        f"**{safe(number)}**  {safe(title)}",
        expanded=expanded,
        key=key,
        on_change=(lambda: _toggled(found, number, key)) if gated else "ignore",
    )
    with box, st.container(gap="xsmall"):
        body()


def _toggled(found: Card, number: int, key: str) -> None:
    if st.session_state.get(key):
        gate.note(found.row.proposal_id, found.row.revision, number)


def _opened(found: Card, person: Person, services: InboxServices) -> dt.datetime | None:
    """When this person first opened this revision; noted once."""
    row, known = found.row, st.session_state.setdefault(_VIEWED, {})
    if row.state != "open" or not person.id:
        return None
    key = (row.proposal_id, row.revision, person.id)
    if key not in known:
        with services.store.writing() as tx:
            known[key] = viewed(tx, row.proposal_id, row.revision, person)
    at: dt.datetime = known[key]
    return at


def _successor(found: Card) -> None:
    row = found.row
    if row.replaced_by:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="inbox-successor"):
            st.markdown(":material/alt_route: Something newer took its place.")
            st.button("Open its successor", key="inbox-open-successor", on_click=open_card, args=(row.replaced_by,))
    elif row.parent_id or row.undo_of:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                "It takes back another change." if row.undo_of else "It took the place of another.", width="content"
            )
            st.button(
                "Open that one",
                key="inbox-open-parent",
                type="tertiary",
                on_click=open_card,
                args=(row.undo_of or row.parent_id,),
            )
