"""Reviews of access on their page: which one is looked at, the dialogs in which rights are decided on, and what goes along as
evidence. Each press counts once, as whoever acts then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import pandas as pd
import streamlit as st

from approvals.deciding import reviews
from approvals.deciding.reviews import Asked, Decision, Line, Review
from approvals.people.people import Person, Unreachable
from approvals.policy.rules import Policy
from approvals.store.store import Store, Tx
from approvals.values.canonical import digest
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from approvals.values.value import Json
from components.files.evidence_pack import packed
from components.frame.page import Page
from components.frame.store_unavailable import StoreUnavailable, read_in_time
from components.inbox import page_nonces
from components.panels.access_review import access_review, frames_of
from components.runtime.state import Reads
from components.tiles.tile import Derive, Frames, Tile
from things import SPOKEN
from warehouse.interface import Ask

LACKING = "Reviews of access are not known."
ABOUT = ("reviews", 0, digest("reviews"))
LONGEST = 1_024  # characters of evidence
PATIENCE = 60.0  # seconds for the rows of a roster
WHICH = "review"  # of the address


class Proposes(Protocol):
    """What the room of actions does for who proposes by hand: returns the id of the proposal, or of the open one that wants the
    same."""

    def propose(self, kind: str, target: Target, params: Json, person: Person, why: str) -> str: ...


@dataclass(frozen=True)
class Reviewing:
    """What a decision goes through: who acts, looked up anew at every press, the policy that says who may, a word that is good
    once, and the room where removals are proposed (None: no workspace is connected)."""

    store_of: Callable[[], Store]
    policy: Policy
    me: Callable[[], Person | None]
    now: Callable[[], dt.datetime]
    intake: Callable[[], Proposes | None]

    @property
    def store(self) -> Store:
        return self.store_of()

    def words(self) -> Mapping[str, str]:
        """The word of a press; none where nobody is known."""
        try:
            person = self.me()
            return page_nonces.given(self, person, *ABOUT, ("review",)) if person else {}
        except (Unreachable, *StoreUnavailable):
            return {}


def _who_may(at: Reviewing) -> Person:
    if (person := at.me()) is None:
        raise Refusal("Nobody is signed in who could decide.")
    return person


def opened(at: Reviewing, words: Mapping[str, str], title: str, due: dt.date, roster: Sequence[Asked]) -> str:
    """Open a review of ``roster``; its id. Raises a refusal."""
    person = _who_may(at)
    with at.store.writing() as tx:
        page_nonces.once(words, "review", *ABOUT)(tx, person)
        return reviews.open_review(tx, title, due, roster, person, at.policy)


def decided(
    at: Reviewing, words: Mapping[str, str], review_id: str, chosen: Sequence[int], decision: Decision, why: str
) -> int:
    """Decide the lines, all or none; how many changed. Raises a refusal."""
    person = _who_may(at)
    with at.store.writing() as tx:
        page_nonces.once(words, "review", *ABOUT)(tx, person)
        return reviews.decide(tx, review_id, chosen, decision, why, person, at.policy)


def closed(at: Reviewing, words: Mapping[str, str], review_id: str) -> str:
    """Close it; the digest of roster and decisions. Raises a refusal."""
    person = _who_may(at)
    with at.store.writing() as tx:
        page_nonces.once(words, "review", *ABOUT)(tx, person)
        return reviews.close(tx, review_id, person, at.policy)


def removals_proposed(at: Reviewing, review_id: str) -> tuple[int, list[str]]:
    """Propose every removal that was decided and is not proposed yet: how many are now, and why others are not. Whoever is cut off
    in between begins again: what is proposed already is found, not proposed twice."""
    person, done, problems = _who_may(at), 0, list[str]()
    if (intake := at.intake()) is None:
        return 0, ["No workspace is connected."]
    with at.store.reading() as tx:
        lines, known = reviews.lines_of(tx, review_id), {one.review_id: one for one in reviews.reviews(tx)}
    waits = reviews.waiting(at.policy, lines)  # that stands with the line, and is nobody's failure
    for one in lines:
        if one.decision != "remove" or one.proposal_id or not reviews.may_decide(at.policy, person, one.asked):
            continue
        if one.line in waits:
            continue
        asked = one.asked
        why = f"Access review {known[review_id].title}, {one.decided_by}: {one.why}. Then known: {asked.evidence}."
        try:
            made = intake.propose(*removal_of(asked), person, why)
        except (Refusal, Unreachable) as error:
            problems.append(f"{asked.privilege} on {asked.place} of {asked.member or asked.grantee}: {error}")
            continue
        with at.store.writing() as tx:
            reviews.proposed(tx, review_id, one.line, made)
        done += 1
    return done, problems


def removal_of(asked: Asked) -> tuple[str, Target, Json]:
    """What ends a right: its grant is revoked, or who has it through a group leaves the group."""
    if asked.member:
        who = Target(workspace_id="", type="principal", id=asked.member, name=asked.member)
        return reviews.removal_kind(asked), who, {"group": asked.leaves}
    target = Target(workspace_id="", type=SPOKEN.get(asked.kind, asked.kind), id=asked.place, name=asked.place)
    return reviews.removal_kind(asked), target, {"principal": asked.grantee, "privileges": [asked.privilege]}


@dataclass(frozen=True)
class Known:
    """The reviews, and the one that is looked at with its lines, of which some wait for the policy; whether the store
    ``answered``."""

    every: tuple[Review, ...] = ()
    review: Review | None = None
    lines: tuple[Line, ...] = ()
    as_told: bool = True
    answered: bool = True
    waits: frozenset[int] = frozenset()


def known(policy: Policy) -> Known:
    """As the store has them: the one in the address, else the newest."""
    wanted = str(st.session_state.get(WHICH) or st.query_params.get(WHICH, ""))

    def read(tx: Tx) -> Known:
        every = tuple(reviews.reviews(tx))
        found = next((one for one in every if one.review_id == wanted), every[0] if every else None)
        if found is None:
            return Known()
        lines = tuple(reviews.lines_of(tx, found.review_id))
        return Known(every, found, lines, reviews.is_as_told(tx, found), waits=reviews.waiting(policy, lines))

    return read_in_time(read, Known(answered=False), LACKING)


def tile(page: Page, found: Known, controls: Callable[[], None]) -> Tile:
    """The tile of the review that is looked at."""
    today = page.now.date()
    variant = (found.review, reviews.result_of(found.lines), found.as_told, found.answered, today, sorted(found.waits))
    given = (found.review, found.lines, found.as_told, today, found.waits)
    frames = partial(frames_of, *given) if found.answered else dict[str, pd.DataFrame]
    return access_review.tile(
        derive=lambda _: frames(), variant=digest([str(one) for one in variant]), controls=controls
    )


def roster(reader: Reads, asked: Sequence[Ask], derive: Derive) -> list[Asked]:
    """The rights that the tile lists, as they are known now; none where they are not."""
    answers = [reader.submit(one).result(PATIENCE) for one in asked]
    if any(one.table is None for one in answers):
        return []
    frames = Frames(
        {one.ask.query.rpartition(".")[2]: one.table.to_pandas() for one in answers if one.table is not None}
    )
    found = derive(frames)["roster"]
    names = ("kind", "place", "grantee", "privilege", "reviewer", "evidence", "member", "leaves")
    rows = zip(*(found[name].fillna("").astype(str).str[:LONGEST] for name in names), strict=True)
    return [Asked(*row) for row in rows]


def pack(found: Known, now: dt.datetime) -> bytes:
    """Roster and decisions with their digests."""
    if found.review is None:
        return packed({}, {}, now)
    lines = [
        {"line": one.line, **vars(one.asked), **{k: v for k, v in vars(one).items() if k not in ("line", "asked")}}
        for one in found.lines
    ]
    told = {
        "review": found.review.review_id,
        "title": found.review.title,
        "roster_digest": found.review.roster_digest,
        "result_digest": reviews.result_of(found.lines),
        "as_the_ledger_tells": found.as_told,
    }
    return packed({"decisions.csv": pd.DataFrame(lines)}, told, now)
