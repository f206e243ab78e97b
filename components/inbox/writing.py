"""How a decision is written: who acts is asked anew, then exactly what was on the screen is decided, in one transaction.
Every refusal becomes a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from approvals.deciding.together import signed
from approvals.deciding.voting import Ballot, Standing
from approvals.people.people import Person, Unreachable
from approvals.store.store import Tx
from approvals.values.refusals import Raced, Refusal
from components.inbox import notes
from components.inbox.doors import Doors
from components.inbox.place import go
from components.inbox.seen import Seen, value
from components.store_away import Away

T = TypeVar("T")


def cast(doors: Doors, seen: Seen, verb: str, act: Callable[[Tx, Ballot, Person], Standing]) -> Standing | None:
    """Vote as it was drawn, in one's own name or in that of whom one stands in for; None when it was refused."""
    ballot = Ballot(
        seen.proposal_id, seen.revision, seen.action_digest, comment=value(seen, "comment"), reason=value(seen, "reason"),
        typed_name=value(seen, "name"), client={"page": "inbox"},
        dwell_ms=int((doors.now() - seen.since).total_seconds() * 1000) if seen.since is not None else 0,
    )  # fmt: skip
    stands_for = value(seen, "for")
    take = seen.once(verb)

    def once(tx: Tx, signed_: Ballot, me: Person) -> Standing:
        take(tx, me)
        return act(tx, signed_, me)

    return _through(doors, lambda me: signed(doors.store, once, _hat(doors, ballot, stands_for), me), seen.proposal_id)


def _hat(doors: Doors, ballot: Ballot, person_id: str) -> Ballot:
    if not person_id:
        return ballot
    other = doors.directory.person(person_id)
    if other is None:
        raise Refusal("Whom you stand in for is not known in the workspace any more.")
    return replace(ballot, on_behalf_of=other)


def decide(doors: Doors, seen: Seen, verb: str, act: Callable[[Tx, Person], Any]) -> bool:
    """:func:`write` it as the press of a card's button, which counts once; a refusal opens that card."""
    return write(doors, act, seen.once(verb), seen.proposal_id)


def write(
    doors: Doors, act: Callable[[Tx, Person], Any], once: Callable[[Tx, Person], None] | None = None, at: str = ""
) -> bool:
    """Do it in one transaction, with ``once`` taking its word back first; again where another was faster. False when it
    was refused."""

    def tried(me: Person) -> bool:
        for last in (False, False, True):
            try:
                with doors.store.writing() as tx:
                    if once is not None:
                        once(tx, me)
                    act(tx, me)
                return True
            except Raced:
                if last:
                    raise
        raise AssertionError

    return bool(_through(doors, tried, at))


def worked_out(doors: Doors, seen: Seen, verb: str, act: Callable[[Person], T]) -> T | None:
    """What the intake works out in transactions of its own: the word is taken back before it begins, whatever comes of
    it; what is drawn next has a new one."""

    def once(me: Person) -> T:
        with doors.store.writing() as tx:
            seen.once(verb)(tx, me)
        return act(me)

    return _through(doors, once, seen.proposal_id)


def _through(doors: Doors, act: Callable[[Person], T], at: str = "") -> T | None:
    """Do it as whoever acts now; None, with a sentence on the page, when it was not done. The sentence is about the card
    ``at``: a second press of a key may come with an address that the first has left."""
    notes.clear()
    try:
        me = doors.me()
        if me is None:
            raise Refusal("Nobody is signed in who could decide.")
        return act(me)
    except (Refusal, Unreachable, Raced) as why:
        said = str(why) if isinstance(why, Unreachable) else notes.sentence(why, doors.now())
        notes.say(said, "refused")
    except Away as why:
        notes.say(f"{why} Nothing was changed. Try again.", "refused")
    except SQLAlchemyError:
        notes.say("The app's database was lost while this was written, so it is not known whether it counts. "
                  "Look again before you repeat it.", "refused")  # fmt: skip
    if at:
        go(p=at)
    return None
