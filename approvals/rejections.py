"""What people said no to stays said: whether a draft may come up again is decided by the reason they gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import sqlalchemy as sa

from approvals.proposal import Content, Draft, Evidence, Scalar
from approvals.store import Tx
from approvals.tables import DECISIONS, PROPOSALS, REVISIONS

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
    same = (PROPOSALS.c.kind == draft.kind, PROPOSALS.c.resource_key == draft.target.key, DECISIONS.c.verb.in_(VERBS))
    this = sa.and_(REVISIONS.c.proposal_id == DECISIONS.c.proposal_id, REVISIONS.c.revision == DECISIONS.c.revision)
    order = (
        sa.select(DECISIONS.c.reason, DECISIONS.c.created_at, REVISIONS.c.content)
        .select_from(
            DECISIONS.join(PROPOSALS, PROPOSALS.c.proposal_id == DECISIONS.c.proposal_id).join(REVISIONS, this)
        )
        .where(*same)
        .order_by(DECISIONS.c.created_at.desc(), DECISIONS.c.decision_id.desc())
    )
    for row in tx.connection.execute(order):
        decided = Content.model_validate_json(row.content)
        if _principal(decided) == _principal(draft):
            return _against(draft, decided, row.reason, row.created_at, tx.now)
    return ""


def _against(draft: Draft, decided: Content, reason: str, at: dt.datetime, now: dt.datetime) -> str:
    said = f"decided against on {at:%Y-%m-%d} ({reason.replace('_', ' ') or 'no reason given'})"
    if reason in NEVER:
        return f"{said}: not proposed again"
    if reason in WRONG:
        return "" if really_changed(decided.evidence, draft.evidence) else f"{said}: what it rests on has not changed"
    return f"{said}: not before {at + LATER:%Y-%m-%d}" if now < at + LATER else ""


def really_changed(before: Iterable[Evidence], now: Iterable[Evidence]) -> bool:
    """Whether a figure of the evidence is another one: a text or an exact number differs, a measured one by half."""
    old, new = _figures(before), _figures(now)
    return old.keys() != new.keys() or any(_another(old[name], new[name]) for name in old)


def _figures(evidence: Iterable[Evidence]) -> dict[tuple[str, str], Scalar]:
    return {(one.query, scalar.column): scalar for one in evidence for scalar in one.scalars}


def _another(old: Scalar, new: Scalar) -> bool:
    if not isinstance(old.observed, Decimal) or not isinstance(new.observed, Decimal):
        return old.observed != new.observed
    share = max(MEASURED, old.tolerance) if old.tolerance else Decimal(0)
    return abs(new.observed - old.observed) > share * abs(old.observed)


def _principal(asked: Draft | Content) -> str:
    """Grants to different people on one target are different changes."""
    return str(asked.params.get("principal", "")).lower()
