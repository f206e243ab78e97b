"""Reviews of access: who holds which right is frozen when one is opened, and people say of each whether it stays. The ledger has the
digest of the roster, every decision, and in the end the digest of both; a removal is a proposal like any other."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.policy.policy_file import approver_groups, kind_enabled, role_groups
from approvals.policy.rules import Policy
from approvals.store.store import METADATA, Tx
from approvals.store.tables import LEDGER, Moment
from approvals.values.canonical import digest
from approvals.values.refusals import NotYours, Refusal
from spelling import folded

Decision = Literal["keep", "remove", "ask"]
DECISIONS: tuple[Decision, ...] = ("keep", "remove", "ask")
MOST, LONGEST = 2_000, 512  # rights of a review; characters of a reason
FURTHEST = dt.timedelta(days=120)
WAITS = "waits for the policy"

REVIEWS = sa.Table(
    "reviews",
    METADATA,
    sa.Column("review_id", sa.String(64), primary_key=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("due", sa.Date, nullable=False),
    sa.Column("roster_digest", sa.String(64), nullable=False),
    sa.Column("opened_by", sa.String(256), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("closed_by", sa.String(256), nullable=False, server_default=""),
    sa.Column("closed_at", Moment),
)
REVIEW_LINES = sa.Table(
    "review_lines",
    METADATA,
    sa.Column("review_id", sa.ForeignKey("reviews.review_id"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("place", sa.String(1024), nullable=False),
    sa.Column("grantee", sa.String(256), nullable=False),
    sa.Column("privilege", sa.String(64), nullable=False),
    sa.Column("reviewer", sa.String(256), nullable=False),  # who owns the securable; empty: governance alone
    sa.Column("evidence", sa.String(1024), nullable=False),
    sa.Column("decision", sa.String(8), nullable=False, server_default=""),
    sa.Column("why", sa.String(512), nullable=False, server_default=""),
    sa.Column("decided_by", sa.String(256), nullable=False, server_default=""),
    sa.Column("decided_at", Moment),
    sa.Column("proposal_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("member", sa.String(256), nullable=False, server_default=""),
    sa.Column("leaves", sa.String(256), nullable=False, server_default=""),
)


class BadReview(Refusal):
    """A review or decision that cannot be kept as given; the message says what to do instead."""


@dataclass(frozen=True)
class Asked:
    """A right of the roster: who holds it, who reviews it, and what is known of its use, in words. Where ``member`` is somebody the
    grantee is a group, and they have the right through it: to remove it is to take them out of the group ``leaves``."""

    kind: str
    place: str
    grantee: str
    privilege: str
    reviewer: str
    evidence: str
    member: str = ""
    leaves: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What digests are made of: what is not there is not named, as in reviews that knew of no members."""
        return {name: said for name, said in vars(self).items() if said or name not in ("member", "leaves")}


@dataclass(frozen=True)
class Line:
    """A right of a review and what was decided; empty where nothing is."""

    line: int
    asked: Asked
    decision: str
    why: str
    decided_by: str
    decided_at: dt.datetime | None
    proposal_id: str


@dataclass(frozen=True)
class Review:
    review_id: str
    title: str
    due: dt.date
    roster_digest: str
    opened_by: str
    opened_at: dt.datetime
    closed_by: str
    closed_at: dt.datetime | None


def may_open(policy: Policy, person: Person) -> bool:
    """Reviews are opened and closed by those who decide in GovernanceOps, and by administrators."""
    return bool(person.groups & {*approver_groups(policy, "governanceops"), *role_groups(policy, "admin")})


def may_decide(policy: Policy, person: Person, asked: Asked) -> bool:
    """Its reviewer, by name or as a member of the group that owns it, and who may open reviews; nobody about their own right."""
    if not person.id or folded(person.name) in (folded(asked.grantee), folded(asked.member)):
        return False
    names = {folded(person.name), *map(folded, person.groups)}
    return folded(asked.reviewer) in names or may_open(policy, person)


def removal_kind(asked: Asked) -> str:
    """The kind of action that ends a right: its grant is revoked, or who has it through a group leaves the group."""
    return "group.remove_member" if asked.member else "grant.revoke"


def waiting(policy: Policy, lines: Iterable[Line]) -> frozenset[int]:
    """The numbers of the lines that are decided to be removed and cannot be proposed, because the policy has their kind off. Who is
    in which group is off unless it is named."""
    return frozenset(
        one.line
        for one in lines
        if one.decision == "remove"
        and not one.proposal_id
        and not kind_enabled(policy, removal_kind(one.asked), not one.asked.member)
    )


def open_review(tx: Tx, title: str, due: dt.date, roster: Iterable[Asked], by: Person, policy: Policy) -> str:
    """Freeze ``roster``, told to the ledger with its digest; returns the id of the review. Raises a refusal."""
    if not may_open(policy, by):
        raise NotYours("Only those who decide in GovernanceOps, and administrators, open reviews.")
    title, lines = " ".join(title.split()), sorted({*roster}, key=_order)
    if not 0 < len(title) <= 200:
        raise BadReview("Give it a name, in at most 200 characters.")
    if not tx.now.date() < due <= tx.now.date() + FURTHEST:
        raise BadReview(f"Choose a day after today, within {FURTHEST.days} days.")
    if not 0 < len(lines) <= MOST:
        raise BadReview(f"A review has 1 to {MOST:,} rights; this would have {len(lines):,}: choose others.")
    ledger.lock(tx)
    if any(one.title == title and one.closed_at is None for one in reviews(tx)):
        raise BadReview("A review of this name is open.")
    review_id, roster_digest = uuid.uuid4().hex, _roster_digest(lines)
    ledger.append(
        tx, "review.opened", Actor("human", by.name), review=review_id, title=title, due=due.isoformat(),
        roster=roster_digest, rights=len(lines),
    )  # fmt: skip
    row = {"review_id": review_id, "title": title, "due": due, "roster_digest": roster_digest}
    tx.connection.execute(sa.insert(REVIEWS).values(**row, opened_by=by.name, opened_at=tx.now))
    rows = [{"review_id": review_id, "line": n, **vars(one)} for n, one in enumerate(lines, 1)]
    tx.connection.execute(sa.insert(REVIEW_LINES), rows)
    return review_id


def decide(
    tx: Tx, review_id: str, chosen: Collection[int], decision: Decision, why: str, by: Person, policy: Policy
) -> int:
    """Decide the ``chosen`` lines, all or none, each told to the ledger; how many were not decided so before. Said again it changes
    nothing. Raises a refusal."""
    why = " ".join(why.split())
    ledger.lock(tx)
    _open(tx, review_id)
    if decision not in DECISIONS or (decision != "keep" and not why) or len(why) > LONGEST:
        raise BadReview(f"Say keep, or remove or ask with the reason, in at most {LONGEST} characters.")
    found = {one.line: one for one in lines_of(tx, review_id)}
    if not chosen or not found.keys() >= {*chosen}:
        raise BadReview("Choose rights of this review.")
    new = [found[n] for n in sorted({*chosen}) if (found[n].decision, found[n].decided_by) != (decision, by.name)]
    for one in new:
        if not may_decide(policy, by, one.asked):
            raise NotYours(f"Not yours to decide: {one.asked.privilege} on {one.asked.place} of {one.asked.grantee}.")
        if one.proposal_id:
            raise BadReview(f"The removal of {one.asked.privilege} on {one.asked.place} is proposed already.")
        told: dict[str, Any] = {
            "review": review_id,
            "line": one.line,
            "right": digest(one.asked.told),
            "decision": decision,
        }
        ledger.append(tx, "review.decided", Actor("human", by.name), **told, reason=why)
        _set(tx, review_id, one.line, decision=decision, why=why, decided_by=by.name, decided_at=tx.now)
    return len(new)


def proposed(tx: Tx, review_id: str, line: int, proposal_id: str) -> None:
    """Note which proposal removes a right that is to be removed; said again it changes nothing."""
    ledger.lock(tx)
    found = {one.line: one for one in lines_of(tx, review_id)}.get(line)
    if found is None or found.decision != "remove":
        raise BadReview("Nobody decided to remove this right.")
    if not found.proposal_id:
        ledger.append(
            tx, "review.proposed", Actor("system", "reviews"), proposal_id=proposal_id, review=review_id, line=line
        )
        _set(tx, review_id, line, proposal_id=proposal_id)


def close(tx: Tx, review_id: str, by: Person, policy: Policy) -> str:
    """End it; returns the digest of roster and decisions, which the ledger has. What nobody decided stays undecided: it is no
    "keep". A removal that :data:`WAITS` is told as that, in the digest, too. Raises a refusal."""
    if not may_open(policy, by):
        raise NotYours("Only those who decide in GovernanceOps, and administrators, close reviews.")
    ledger.lock(tx)
    _open(tx, review_id)
    lines = lines_of(tx, review_id)
    waits = waiting(policy, lines)
    if any(one.decision == "remove" and not one.proposal_id and one.line not in waits for one in lines):
        raise BadReview("Removals are decided that are not proposed yet: propose them first.")
    many: dict[str, Any] = {
        name or "undecided": sum(one.decision == name for one in lines) for name in ("", *DECISIONS)
    }
    many |= {"waiting_for_policy": len(waits)} if waits else {}
    result = result_of(lines)
    ledger.append(tx, "review.closed", Actor("human", by.name), review=review_id, result=result, **many)
    where = sa.update(REVIEWS).where(REVIEWS.c.review_id == review_id)
    tx.connection.execute(where.values(closed_by=by.name, closed_at=tx.now))
    return result


def reviews(tx: Tx) -> list[Review]:
    """All reviews, the newest first."""
    order = sa.select(REVIEWS).order_by(REVIEWS.c.opened_at.desc(), REVIEWS.c.review_id)
    return [Review(**row) for row in tx.connection.execute(order).mappings()]


def lines_of(tx: Tx, review_id: str) -> list[Line]:
    """The rights of a review, in order."""
    order = sa.select(REVIEW_LINES).where(REVIEW_LINES.c.review_id == review_id).order_by(REVIEW_LINES.c.line)
    return [_read(row) for row in tx.connection.execute(order)]


def is_as_told(tx: Tx, review: Review) -> bool:
    """Whether the roster is the one that the ledger tells of, and each decision the last that it tells of."""
    events = {"review.opened": dict[int, str](), "review.decided": dict[int, str]()}
    order = sa.select(LEDGER.c.event, LEDGER.c.body).where(LEDGER.c.event.in_([*events])).order_by(LEDGER.c.seq)
    for event, body in tx.connection.execute(order):
        told = json.loads(body)
        if told["review"] == review.review_id:
            events[event][int(told.get("line", 0))] = told["decision"] if event == "review.decided" else told["roster"]
    lines = lines_of(tx, review.review_id)
    decided = {one.line: one.decision for one in lines if one.decision}
    roster = _roster_digest([one.asked for one in lines])
    return events["review.opened"].get(0) == roster == review.roster_digest and decided == events["review.decided"]


def result_of(lines: Iterable[Line]) -> str:
    """The digest of roster and decisions, and of what became of removals: of those without a proposal a closed review has only such
    as wait for the policy."""
    told = [(one, one.proposal_id or (WAITS if one.decision == "remove" else "")) for one in lines]
    return digest([[one.asked.told, one.decision, one.why, one.decided_by, became] for one, became in told])


def _roster_digest(lines: Iterable[Asked]) -> str:
    return digest([one.told for one in lines])


def _order(one: Asked) -> tuple[str, ...]:
    return one.reviewer, one.place, one.grantee, one.privilege, one.kind, one.evidence, one.member, one.leaves


def _open(tx: Tx, review_id: str) -> None:
    found = [one for one in reviews(tx) if one.review_id == review_id]
    if not found or found[0].closed_at is not None:
        raise BadReview("This review is closed.")


def _set(tx: Tx, review_id: str, line: int, **values: Any) -> None:
    c = REVIEW_LINES.c
    tx.connection.execute(sa.update(REVIEW_LINES).where(c.review_id == review_id, c.line == line).values(**values))


def _read(row: Any) -> Line:
    held = (row.kind, row.place, row.grantee, row.privilege, row.reviewer, row.evidence)
    asked = Asked(*held, row.member, row.leaves)
    return Line(row.line, asked, row.decision, row.why, row.decided_by, row.decided_at, row.proposal_id)
