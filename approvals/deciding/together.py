"""Many proposals decided at once: each in its own transaction, those that changed meanwhile left out and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from sqlalchemy.exc import IntegrityError

from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.deciding.voting import Ballot, Standing, accept, reject
from approvals.people.people import Person
from approvals.store.store import Store, Tx
from approvals.values.refusals import AlreadyVoted, Raced, Refusal

MOST = 50
Act = Callable[[Tx, Ballot, Person], Standing]


@dataclass(frozen=True)
class Skipped:
    """What was left as it is, and why in words."""

    proposal_id: str
    why: Refusal


@dataclass(frozen=True)
class TogetherOutcome:
    """``done``: ids in the order they were given."""

    done: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def decide_together(
    store: Store, verb: Literal["accept", "reject"], ballots: Sequence[Ballot], person: Person, most: int = MOST
) -> TogetherOutcome:
    """Accept or reject all of ``ballots``. Raises :class:`Refusal` and does nothing where they do not belong together:
    more than ``most``, several kinds, or the policy did not say the same of all of them."""
    if not 0 < len(ballots) <= most:
        raise Refusal(f"Choose between 1 and {most} proposals.")
    with store.reading() as tx:
        alike = {_alike(tx, one.proposal_id) for one in ballots}
    if len(alike) > 1:
        raise Refusal("Only proposals of one kind, of which the policy says the same, can be decided together.")
    done, skipped = [], []
    for one in ballots:
        try:
            _one(store, accept if verb == "accept" else reject, one, person)
            done.append(one.proposal_id)
        except Refusal as why:
            skipped.append(Skipped(one.proposal_id, why))
    return TogetherOutcome(tuple(done), tuple(skipped))


def signed(store: Store, act: Act, ballot: Ballot, person: Person) -> Standing:
    """Cast one vote in a transaction of its own, again where another transaction was faster. Raises a refusal."""
    for tries in range(5):
        try:
            with store.writing() as tx:
                return act(tx, ballot, person)
        except IntegrityError as error:
            raise AlreadyVoted from error
        except Raced:
            if tries == 4:
                raise Refusal("Too many people act on this proposal at once. Try again.") from None
    raise AssertionError


def _alike(tx: Tx, proposal_id: str) -> tuple[str, str, str]:
    row = proposal(tx, proposal_id)
    content = content_of(tx, proposal_id, row.revision)
    return row.kind, content.policy_digest, repr((content.rules, content.requirement))


class Decidable(Protocol):
    """What of a proposal, as its row or as a line of the inbox, says whether it may be decided with others."""

    @property
    def bulk(self) -> bool: ...

    @property
    def risk(self) -> int: ...

    @property
    def env(self) -> str: ...

    @property
    def dimension(self) -> str: ...


def decided_alone(one: Decidable) -> bool:
    """Whether it has to be decided by itself: of high risk, governance, or not allowed by the policy."""
    return not one.bulk or one.risk > 2 or one.env == "governance" or one.dimension == "governanceops"


def _one(store: Store, act: Act, ballot: Ballot, person: Person) -> None:
    with store.reading() as tx:
        row = proposal(tx, ballot.proposal_id)
    if decided_alone(row):
        raise Refusal("This one has to be decided by itself.")
    signed(store, act, replace(ballot), person)
