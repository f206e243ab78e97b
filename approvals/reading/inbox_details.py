"""What the list says of a page of proposals beyond their own rows: who is hit, who is missing, how such ones ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from approvals.reading.card import Track
from approvals.reading.inbox import Line
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS, REVISIONS, WAITING
from approvals.values.canonical import digest

_WORST = ("low", "medium", "high")


@dataclass(frozen=True)
class Details:
    """``worst`` is the highest risk among the ``consumers`` (empty: none known); ``missing`` the groups still waited
    for; ``policy`` is equal for proposals of which the policy said the same; ``calibrated`` how sure the agent is by its record
    (None: it is too short)."""

    consumers: int = 0
    worst: str = ""
    coverage: str = "none"
    objects: int = 0
    missing: tuple[str, ...] = ()
    policy: str = ""
    track: Track = Track(0, 0, 0, 0)
    calibrated: Decimal | None = None


def details(tx: Tx, lines: Sequence[Line]) -> dict[str, Details]:
    """The details of ``lines`` (a page of them) by proposal id."""
    ids = [line.proposal_id for line in lines]
    missing: dict[str, list[str]] = {}
    waits = sa.select(WAITING).where(WAITING.c.proposal_id.in_(ids)).order_by(WAITING.c.group_name)
    for one in tx.connection.execute(waits):
        missing.setdefault(one.proposal_id, []).append(one.group_name)
    tracks = _tracks(tx, {(line.agent_id, line.kind) for line in lines})
    order = (
        sa.select(REVISIONS.c.proposal_id, REVISIONS.c.content, PROPOSALS.c.agent_id, PROPOSALS.c.kind)
        .join(
            PROPOSALS,
            sa.and_(PROPOSALS.c.proposal_id == REVISIONS.c.proposal_id, PROPOSALS.c.revision == REVISIONS.c.revision),
        )
        .where(REVISIONS.c.proposal_id.in_(ids))
    )
    found = {}
    for row in tx.connection.execute(order):
        written = json.loads(row.content)
        impact = written["impact"]
        risks = [_WORST.index(one["risk"]) for one in impact["consumers"]]
        found[row.proposal_id] = Details(
            consumers=len(risks),
            worst=_WORST[max(risks)] if risks else "",
            coverage=impact["coverage"],
            objects=impact["objects"],
            missing=tuple(missing.get(row.proposal_id, ())),
            policy=digest([written["policy_digest"], written["rules"], written["requirement"]]),
            track=tracks.get((row.agent_id, row.kind), Track(0, 0, 0, 0)),
            calibrated=None if (known := written.get("calibrated")) is None else Decimal(str(known)),
        )
    return found


def _tracks(tx: Tx, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Track]:
    """What became of each agent's proposals of each kind, in one question."""

    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((condition, 1), else_=0))

    p, e = PROPOSALS.c, EXECUTIONS.c
    order = (
        sa.select(
            p.agent_id,
            p.kind,
            count(p.state.in_(["approved", "rejected", "overridden"])),
            count(p.state == "approved"),
            count(e.state == "verified"),
            count(e.state.in_(["rolled_back", "rollback_failed"])),
        )
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")))
        .where(
            p.agent_id.in_({agent for agent, _ in wanted}),
            p.kind.in_({kind for _, kind in wanted}),
            p.state.in_(["approved", "rejected", "overridden"]),
        )
        .group_by(p.agent_id, p.kind)
    )
    return {(agent, kind): Track(*map(int, counts)) for agent, kind, *counts in tx.connection.execute(order)}
