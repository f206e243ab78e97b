"""How a decision is written: who acts is asked anew, then exactly what was on the screen is decided, in one transaction.
Every refusal becomes a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from approvals.deciding.together import signed
from approvals.deciding.voting import Ballot, Standing
from approvals.people.people import Person, Unreachable
from approvals.store.store import Tx
from approvals.values.refusals import Raced, Refusal
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import messages
from components.inbox.address import go
from components.inbox.seen import Seen, field_key, value
from components.inbox.services import InboxServices

T = TypeVar("T")


def cast(
    services: InboxServices, seen: Seen, verb: str, act: Callable[[Tx, Ballot, Person], Standing]
) -> Standing | None:
    """Vote as it was drawn, in one's own name or in that of whom one stands in for; None when it was refused."""
    ballot = Ballot(
        seen.proposal_id,
        seen.revision,
        seen.action_digest,
        comment=value(seen, "comment"),
        reason=value(seen, "reason"),
        typed_name=value(seen, "name"),
        client={"page": "inbox"},
        not_before=_day(st.session_state.get(field_key(seen, "not-before"))),
        dwell_ms=int((services.now() - seen.since).total_seconds() * 1000) if seen.since is not None else 0,
    )
    stands_for = value(seen, "for")
    take = seen.once(verb)

    def once(tx: Tx, signed_: Ballot, me: Person) -> Standing:
        take(tx, me)
        return act(tx, signed_, me)

    return _through(
        services, lambda me: signed(services.store, once, _hat(services, ballot, stands_for), me), seen.proposal_id
    )


def _day(chosen: object) -> dt.datetime | None:
    """The beginning (UTC) of the day that was chosen; None where none was."""
    if not isinstance(chosen, dt.date):
        return None
    return dt.datetime(chosen.year, chosen.month, chosen.day, tzinfo=dt.UTC)


def _hat(services: InboxServices, ballot: Ballot, person_id: str) -> Ballot:
    if not person_id:
        return ballot
    other = services.directory.person(person_id)
    if other is None:
        raise Refusal("Whom you stand in for is not known in the workspace any more.")
    return replace(ballot, on_behalf_of=other)


def decide(services: InboxServices, seen: Seen, verb: str, act: Callable[[Tx, Person], Any]) -> bool:
    """:func:`write` it as the press of a card's button, which counts once; a refusal opens that card."""
    return write(services, act, seen.once(verb), seen.proposal_id)


def write(
    services: InboxServices,
    act: Callable[[Tx, Person], Any],
    once: Callable[[Tx, Person], None] | None = None,
    at: str = "",
) -> bool:
    """Do it in one transaction, with ``once`` taking its word back first; again where another was faster. False when it
    was refused."""

    def tried(me: Person) -> bool:
        for last in (False, False, True):
            try:
                with services.store.writing() as tx:
                    if once is not None:
                        once(tx, me)
                    act(tx, me)
                return True
            except Raced:
                if last:
                    raise
        raise AssertionError

    return bool(_through(services, tried, at))


def worked_out(services: InboxServices, seen: Seen, verb: str, act: Callable[[Person], T]) -> T | None:
    """What the intake works out in transactions of its own: the word is taken back before it begins, whatever comes of
    it; what is drawn next has a new one."""

    def once(me: Person) -> T:
        with services.store.writing() as tx:
            seen.once(verb)(tx, me)
        return act(me)

    return _through(services, once, seen.proposal_id)


def _through(services: InboxServices, act: Callable[[Person], T], at: str = "") -> T | None:
    """Do it as whoever acts now; None, with a sentence on the page, when it was not done. The sentence is about the card
    ``at``: a second press of a key may come with an address that the first has left."""
    messages.clear()
    try:
        me = services.me()
        if me is None:
            raise Refusal("Nobody is signed in who could decide.")
        return act(me)
    except (Refusal, Unreachable, Raced) as why:
        said = str(why) if isinstance(why, Unreachable) else messages.sentence(why, services.now())
        messages.say(said, "refused")
    except StoreUnavailable as why:
        messages.say(f"{why} Nothing was changed. Try again.", "refused")
    except SQLAlchemyError:
        messages.say(
            "The app's database was lost while this was written, so it is not known whether it counts. "
            "Look again before you repeat it.",
            "refused",
        )
    if at:
        go(p=at)
    return None
