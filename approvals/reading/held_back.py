"""What a decision against a proposal keeps away, until when, and whether somebody lifted it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from approvals.deciding.lifting import AGAINST
from approvals.deciding.rejections import LIFTED, VERBS, gone_by, named_day, until_when
from approvals.policy.rules import RESERVED
from approvals.reading.card import Card
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, LEDGER, PROPOSALS
from approvals.values.titles import titled

MOST = 500  # rejections, the newest
COLUMNS = ("proposal_id", "title", "agent", "kind", "reason", "at", "until")


@dataclass(frozen=True)
class HeldBack:
    """The same is not proposed again ``until`` then, in words; empty where its time is over. ``lifted_by`` let it come up again."""

    until: str
    lifted_by: str = ""


def held_back(card: Card) -> HeldBack | None:
    """What the decision against the card's proposal keeps away; None where nobody decided against it."""
    last = next((one for one in reversed(card.decisions) if one.verb in VERBS), None)
    if card.row.state not in AGAINST or last is None:
        return None
    lifted = next((one for one in card.story if one.event == LIFTED), None)
    back = next((named_day(one.body) for one in reversed(card.story) if one.event == "decision.reject"), None)
    if lifted is not None:
        return HeldBack("", lifted.actor)
    gone = gone_by(last.reason, last.created_at, back, card.now)
    return HeldBack("" if gone else until_when(last.reason, last.created_at, back))


def held_back_frame(tx: Tx, workspaces: tuple[str, ...] | None = None, only: str = "", about: str = "") -> pd.DataFrame:
    """The rejections of agents' proposals in ``workspaces`` (None: all) that keep something away, the newest first: the proposal,
    its agent and kind, the reason, when, and until when in words. ``only`` of this proposal, or
    ``about`` what acts on this (the key of a target)."""
    p, d, told = PROPOSALS.c, DECISIONS.c, LEDGER.alias("told")
    lifts = sa.select(LEDGER.c.proposal_id).where(LEDGER.c.event == LIFTED, LEDGER.c.proposal_id.is_not(None))
    named = sa.and_(told.c.proposal_id == d.proposal_id, told.c.event == "decision.reject")
    order = (
        sa.select(p.proposal_id, p.title, p.agent_id, p.kind, d.reason, d.created_at, told.c.body)
        .select_from(PROPOSALS.join(DECISIONS, d.proposal_id == p.proposal_id).outerjoin(told, named))
        .where(
            p.state.in_(AGAINST), d.verb.in_(VERBS), p.agent_id.not_in(sorted(RESERVED)), p.proposal_id.not_in(lifts)
        )
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .where(p.proposal_id == only if only else sa.true(), p.resource_key == about if about else sa.true())
        .order_by(d.created_at.desc(), p.proposal_id)
        .limit(MOST)
    )
    rows = []
    for ident, title, agent, kind, reason, at, body in tx.connection.execute(order):
        if not gone_by(reason, at, back := named_day(body), tx.now):
            rows.append((ident, titled(title), agent, kind, reason, at, until_when(reason, at, back)))
    return pd.DataFrame(rows, columns=list(COLUMNS))
