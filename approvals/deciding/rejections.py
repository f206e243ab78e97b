"""What people said no to stays said: whether a draft may come up again is decided by the reason they gave, until its time is over
or somebody who may decide lifts it.

What a change is about (its subject) is the kind, the target and whom it is for, not the parameters: another time of day or
another number is no new question. Runs come and go; what is said of one holds for its job. What a message is about is said by
the agent that sends it: two of them may tell of one table for two reasons.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from approvals.deciding import drafts, floors
from approvals.deciding.already_known import known_by
from approvals.deciding.twins import unsettled
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, LEDGER, PROPOSALS, REVISIONS
from approvals.values.canonical import canonical
from approvals.values.proposal import Content, Draft, Evidence, Scalar, Target
from spelling import folded

VERBS = ("reject", "veto", "override")
NEVER = frozenset({"business_exception", "policy"})  # not this kind of change on this target, until it is lifted
WRONG = frozenset(  # not while what it rests on is as it was
    {"wrong_target", "wrong_diagnosis", "right_diagnosis_wrong_action", "risk_too_high", "insufficient_evidence"}
)
SMALL, KNOWN = "too_small", "duplicate"
LATER = dt.timedelta(days=14)  # after any other reason: not now, unless they said until when
FLOOR = dt.timedelta(days=90)  # what was too small once is too small for so long
LIFTED = "rejection.lifted"
MEASURED = Decimal("0.5")  # by which share a measured figure must differ to be another one


def standing(tx: Tx, draft: Draft, policy: str = "") -> str:
    """Why ``draft`` must not be handed in because of the newest decision against the same kind of change on the same
    target (and for the same principal), because as much was too small before, or because it lies below what people agreed its agent
    proposes from; empty when nothing stands against it.
    ``policy`` is the digest of the policy in force (empty: not known, and then what it forbade stays forbidden)."""
    return _decided_against(tx, draft, policy) or _too_small(tx, draft) or floors.below(tx, draft)


def _decided_against(tx: Tx, draft: Draft, policy: str) -> str:
    this = sa.and_(REVISIONS.c.proposal_id == DECISIONS.c.proposal_id, REVISIONS.c.revision == DECISIONS.c.revision)
    order = (
        sa.select(
            DECISIONS.c.proposal_id,
            DECISIONS.c.reason,
            DECISIONS.c.created_at,
            DECISIONS.c.policy_digest,
            REVISIONS.c.content,
        )
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
            return "" if lifted(tx, row.proposal_id) else _against(tx, draft, decided, row, policy)
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


def _against(tx: Tx, draft: Draft, decided: Content, row: sa.Row[*tuple[Any, ...]], policy: str) -> str:
    reason, at = str(row.reason), row.created_at
    said = f"decided against on {at:%Y-%m-%d} ({reason.replace('_', ' ') or 'no reason given'})"
    if reason in NEVER:
        allowed = reason == "policy" and policy not in ("", row.policy_digest)
        return "" if allowed else f"{said}: not proposed again {until_when(reason, at)}"
    if reason in WRONG:
        chosen_anew = _choice(decided) != _choice(draft)
        new = really_changed(decided.evidence, draft.evidence, chosen_anew)
        return "" if new else f"{said}: what it rests on has not changed"
    if reason == SMALL and tx.now < at + FLOOR and not _grown(decided, draft):
        return f"{said}: it would bring no more today"
    back = not_before(tx, row.proposal_id) or at + LATER
    if reason != SMALL and tx.now < back:
        return f"{said}: not before {back:%Y-%m-%d}"
    if reason == KNOWN and (other := known_by(tx, draft.target, row.proposal_id)):
        return f"{said}: {other}"
    return ""


def until_when(reason: str, at: dt.datetime, back: dt.datetime | None = None) -> str:
    """Until when a rejection at ``at`` for ``reason`` holds, in words; ``back`` is the day people named."""
    if reason in NEVER:
        changes = "the policy changes or " if reason == "policy" else ""
        return f"until {changes}somebody lifts it"
    if reason in WRONG:
        return "until what it rests on changes"
    if reason == SMALL:
        return f"until {at + FLOOR:%Y-%m-%d}, or until it brings more; nor what brings as little"
    and_then = ", and until nothing about the same waits or is open" if reason == KNOWN else ""
    return f"until {back or at + LATER:%Y-%m-%d}{and_then}"


def gone_by(reason: str, at: dt.datetime, back: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a rejection at ``at`` holds nothing back any more because its time is over."""
    if reason == SMALL:
        return now >= at + FLOOR
    return reason not in NEVER | WRONG | {KNOWN} and now >= (back or at + LATER)


def _grown(before: Content, now: Draft) -> bool:
    """Whether ``now`` brings more than what was too small: more money, or where none was said another figure."""
    old, new = before.benefit, now.benefit
    if (
        old is not None
        and new is not None
        and (old.kind, old.currency) == (new.kind, new.currency) == ("cost", old.currency)
    ):
        return new.high > old.high
    return really_changed(before.evidence, now.evidence, _choice(before) != _choice(now))


def _too_small(tx: Tx, draft: Draft) -> str:
    """Why what ``draft`` would save is not worth a look: people said so of as much, from the same agent and kind. What was
    accepted since for as little speaks against it."""
    gain = draft.benefit
    if gain is None or gain.kind != "cost":
        return ""
    p, d, since = PROPOSALS.c, DECISIONS.c, PROPOSALS.alias("since")
    taken = sa.exists().where(
        since.c.kind == p.kind,
        since.c.agent_id == p.agent_id,
        since.c.currency == p.currency,
        since.c.state == "approved",
        since.c.benefit_high <= p.benefit_high,
        since.c.state_since > d.created_at,
    )
    lifts = sa.select(LEDGER.c.proposal_id).where(LEDGER.c.event == LIFTED, LEDGER.c.proposal_id.is_not(None))
    order = (
        sa.select(p.benefit_high, d.created_at)
        .select_from(DECISIONS.join(PROPOSALS, p.proposal_id == d.proposal_id))
        .where(d.verb.in_(VERBS), d.reason == SMALL, d.created_at > tx.now - FLOOR, p.proposal_id.not_in(lifts))
        .where(
            p.kind == draft.kind, p.agent_id == draft.agent.id, p.benefit_kind == "cost", p.currency == gain.currency
        )
        .where(p.benefit_high >= gain.high, sa.not_(taken))
        .order_by(p.benefit_high, d.created_at.desc())
        .limit(1)
    )
    least = tx.connection.execute(order).one_or_none()
    if least is None:
        return ""
    return (
        f"too small: {gain.currency} {gain.high:.2f} a month at most, and {gain.currency} {least.benefit_high:.2f} was too small "
        f"on {least.created_at:%Y-%m-%d}"
    )


def lifted(tx: Tx, proposal_id: str) -> bool:
    """Whether somebody said that what was decided against may come up again."""
    told = sa.select(LEDGER.c.seq).where(LEDGER.c.proposal_id == proposal_id, LEDGER.c.event == LIFTED)
    return tx.connection.execute(told.limit(1)).first() is not None


def not_before(tx: Tx, proposal_id: str) -> dt.datetime | None:
    """The day that people named when they decided against it, as the ledger has it; None where they named none."""
    told = sa.select(LEDGER.c.body).where(LEDGER.c.proposal_id == proposal_id, LEDGER.c.event == "decision.reject")
    return named_day(tx.connection.scalar(told.order_by(LEDGER.c.seq.desc()).limit(1)))


def named_day(body: str | None) -> dt.datetime | None:
    """The day until which a rejection keeps away, as people named it: of the ``body`` of its entry in the ledger."""
    day = json.loads(body).get("not_before") if body else None
    return dt.datetime.fromisoformat(day) if day else None


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
