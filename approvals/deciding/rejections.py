"""What people said no to stays said: whether a draft may come up again is decided by the reason they gave.

What a change is about (its subject) is the kind, the target and whom it is for, not the parameters: another time of day or
another number is no new question. Runs come and go; what is said of one holds for its job. What a message is about is said by
the agent that sends it: two of them may tell of one table for two reasons.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import sqlalchemy as sa

from approvals.deciding import drafts
from approvals.deciding.twins import unsettled
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, PROPOSALS, REVISIONS
from approvals.values.canonical import canonical
from approvals.values.proposal import Content, Draft, Evidence, Scalar, Target
from spelling import folded

VERBS = ("reject", "veto", "override")
NEVER = frozenset({"business_exception", "policy"})  # not this kind of change on this target
WRONG = frozenset(  # not while what it rests on is as it was
    {"wrong_target", "wrong_diagnosis", "right_diagnosis_wrong_action", "risk_too_high", "insufficient_evidence"}
)
LATER = dt.timedelta(days=14)  # after any other reason: not now
MEASURED = Decimal("0.5")  # by which share a measured figure must differ to be another one


def standing(tx: Tx, draft: Draft) -> str:
    """Why ``draft`` must not be handed in because of the newest decision against the same kind of change on the same
    target (and for the same principal); empty when nothing stands against it."""
    this = sa.and_(REVISIONS.c.proposal_id == DECISIONS.c.proposal_id, REVISIONS.c.revision == DECISIONS.c.revision)
    order = (
        sa.select(DECISIONS.c.reason, DECISIONS.c.created_at, REVISIONS.c.content)
        .select_from(
            DECISIONS.join(PROPOSALS, PROPOSALS.c.proposal_id == DECISIONS.c.proposal_id).join(REVISIONS, this)
        )
        .where(PROPOSALS.c.kind == draft.kind, _about(draft.target), DECISIONS.c.verb.in_(VERBS))
        .order_by(DECISIONS.c.created_at.desc(), DECISIONS.c.decision_id.desc())
    )
    for row in tx.connection.execute(order):
        decided = Content.model_validate_json(row.content)
        another = decided.target.key != draft.target.key
        if _subject(decided) == _subject(draft) and not (another and row.reason not in NEVER | WRONG):
            return _against(draft, decided, row.reason, row.created_at, tx.now)
    return ""


def waiting(tx: Tx, draft: Draft, quiet: dt.timedelta) -> bool:
    """Whether people are asked about the subject of ``draft`` already, or were asked within ``quiet``, with whatever
    parameters; a draft that still waits to be worked out counts."""
    live = sa.or_(unsettled(), PROPOSALS.c.created_at > tx.now - quiet)
    same = (PROPOSALS.c.kind == draft.kind, PROPOSALS.c.resource_key == draft.target.key, live)
    this = sa.and_(REVISIONS.c.proposal_id == PROPOSALS.c.proposal_id, REVISIONS.c.revision == PROPOSALS.c.revision)
    asked = sa.select(REVISIONS.c.content).select_from(PROPOSALS.join(REVISIONS, this)).where(*same)
    if any(_subject(Content.model_validate_json(text)) == _subject(draft) for text in tx.connection.scalars(asked)):
        return True
    return any(
        (one.kind, one.target.key) == (draft.kind, draft.target.key) and _subject(one) == _subject(draft)
        for one in drafts.unworked(tx)
    )


def _about(target: Target) -> sa.ColumnElement[bool]:
    """The proposals that may be about the same: those on any run where ``target`` is one."""
    if target.type == "run":
        return PROPOSALS.c.resource_key.startswith(f"{target.workspace_id}/run/", autoescape=True)
    return PROPOSALS.c.resource_key == target.key


def _against(draft: Draft, decided: Content, reason: str, at: dt.datetime, now: dt.datetime) -> str:
    said = f"decided against on {at:%Y-%m-%d} ({reason.replace('_', ' ') or 'no reason given'})"
    if reason in NEVER:
        return f"{said}: not proposed again"
    if reason in WRONG:
        chosen_anew = _choice(decided) != _choice(draft)
        new = really_changed(decided.evidence, draft.evidence, chosen_anew)
        return "" if new else f"{said}: what it rests on has not changed"
    return f"{said}: not before {at + LATER:%Y-%m-%d}" if now < at + LATER else ""


def really_changed(before: Iterable[Evidence], now: Iterable[Evidence], chosen_anew: bool = False) -> bool:
    """Whether a figure of the evidence is another one: a text or an exact number differs, a measured one by half. What is
    measured differs by itself where another number was ``chosen_anew``: then every one of several must."""
    old, new = _figures(before), _figures(now)
    both = old.keys() & new.keys()
    exact = [name for name in both if not (_is_measured(old[name]) and _is_measured(new[name]))]
    measured = [_another(old[name], new[name]) for name in both if name not in exact]
    if not both or any(_another(old[name], new[name]) for name in exact):
        return True
    return len(measured) > 1 and all(measured) if chosen_anew else any(measured)


def _figures(evidence: Iterable[Evidence]) -> dict[tuple[str, str], Scalar]:
    return {(one.query, scalar.column): scalar for one in evidence for scalar in one.scalars}


def _another(old: Scalar, new: Scalar) -> bool:
    if not isinstance(old.observed, Decimal) or not isinstance(new.observed, Decimal):
        return old.observed != new.observed
    share = max(MEASURED, old.tolerance) if old.tolerance else Decimal(0)
    return abs(new.observed - old.observed) > share * abs(old.observed)


def _is_measured(one: Scalar) -> bool:
    return isinstance(one.observed, Decimal) and one.tolerance > 0


def is_message(asked: Draft | Content) -> bool:
    """Whether it changes nothing and tells somebody something: only messages have a subject."""
    return "subject" in asked.params


def _subject(asked: Draft | Content) -> tuple[str, str, str]:
    """What tells changes of a kind on one target apart: whom a grant is for, of which job a run is, whose message it is."""
    target = asked.target
    jobs = [str(one.match["job_id"]) for one in asked.evidence if "job_id" in one.match] if target.type == "run" else []
    sender = asked.agent.id if is_message(asked) else ""
    return folded(str(asked.params.get("principal", ""))), next(iter(jobs), target.key), sender


def _choice(asked: Draft | Content) -> str:
    return canonical(asked.params)
