"""What people decided against may come up again because somebody says so: what a rejection keeps away is lifted, as an entry of
the ledger. The decision itself stays as it was."""

from __future__ import annotations

import sqlalchemy as sa

from approvals.deciding.proposals import content_of
from approvals.deciding.rejections import LIFTED, VERBS, gone_by, lifted, not_before
from approvals.deciding.transitions import Row, proposal
from approvals.deciding.voters import may_decide
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS
from approvals.values.refusals import CommentNeeded, NotYours, Refusal

AGAINST = ("rejected", "overridden")


def lift(tx: Tx, proposal_id: str, person: Person, comment: str) -> None:
    """Let the same be proposed again. Raises :class:`CommentNeeded`, :class:`NotYours`, or a :class:`Refusal` where nothing is held
    back by it."""
    if not comment.strip():
        raise CommentNeeded("say why it may come up again")
    row: Row = proposal(tx, proposal_id, lock=True)
    d = DECISIONS.c
    order = sa.select(d.reason, d.created_at).where(d.proposal_id == proposal_id, d.verb.in_(VERBS))
    last = tx.connection.execute(order.order_by(d.created_at.desc(), d.decision_id.desc()).limit(1)).one_or_none()
    over = last is None or gone_by(last.reason, last.created_at, not_before(tx, proposal_id), tx.now)
    if over or row.state not in AGAINST or lifted(tx, proposal_id):
        raise Refusal("Nothing is held back by this proposal any more.")
    if not may_decide(row, content_of(tx, proposal_id, row.revision), person):
        raise NotYours("Only those who may approve this proposal may let it come up again.")
    ledger.append(
        tx, LIFTED, Actor("human", person.name), proposal_id=proposal_id, revision=row.revision, comment=comment
    )
