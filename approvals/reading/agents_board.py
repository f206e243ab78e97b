"""What became of the proposals of each agent: how people judge it, and what its changes did."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import sqlalchemy as sa

from approvals.reading.held_back import held_back_frame
from approvals.reading.learned import learned_frame
from approvals.reading.proposal_story import traced
from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS
from approvals.values.machines import EXECUTION

WINDOW = dt.timedelta(days=90)
TAKEN_BACK = ("rolled_back", "rollback_failed")
COLUMNS = (
    "agent",
    "kind",
    "proposed",
    "waiting",
    "accepted",
    "overridden",
    "rejected",
    "verified",
    "taken_back",
    "confidence",
)


def board_frames(tx: Tx, workspaces: tuple[str, ...] | None = None) -> dict[str, pd.DataFrame]:
    """``board``: :func:`agents_board`; ``through``: :func:`came_true`; ``traces``: how many of the proposals MLflow has;
    ``held``: what decisions keep away."""
    traces = pd.DataFrame([traced(tx, tx.now - WINDOW, workspaces)], columns=["traced", "proposed"])
    return {
        "board": agents_board(tx, workspaces).merge(learned_frame(tx, workspaces), "left", ["agent", "kind"]),
        "through": came_true(tx, workspaces),
        "traces": traces,
        "held": held_back_frame(tx, workspaces),
    }


def came_true(tx: Tx, workspaces: tuple[str, ...] | None = None) -> pd.DataFrame:
    """One row per proposal of an agent of the last 90 days that is through: its ``agent``, the ``confidence`` that was stated and
    whether it was ``right``: accepted as it was, carried out, verified and not taken back. Nobody's decision is none."""
    p, e, undo = PROPOSALS.c, EXECUTIONS.c, PROPOSALS.alias("undo")
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    back = sa.exists().where(undo.c.undo_of == p.proposal_id, undo.c.state == "approved")
    good = sa.and_(p.state == "approved", e.state == "verified", sa.not_(back))
    through = sa.or_(
        p.state.in_(("rejected", "overridden")), sa.and_(p.state == "approved", e.state.in_(sorted(EXECUTION.final)))
    )
    order = (
        sa.select(p.agent_id, p.confidence, sa.case((good, 1), else_=0))
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(p.created_at > tx.now - WINDOW, p.undo_of.is_(None), p.agent_id != "", through)
        .order_by(p.created_at, p.proposal_id)
    )
    if workspaces is not None:
        order = order.where(p.workspace_id.in_(workspaces))
    rows = [(agent, float(stated or 0), bool(right)) for agent, stated, right in tx.connection.execute(order)]
    return pd.DataFrame(rows, columns=["agent", "confidence", "right"])


def agents_board(tx: Tx, workspaces: tuple[str, ...] | None = None) -> pd.DataFrame:
    """One row per agent and kind of action of the last 90 days, in ``workspaces`` (None: all): how many proposals, and of them
    ``waiting``, ``accepted``, ``overridden`` and ``rejected``; ``verified`` and ``taken_back`` of those carried out, and the
    mean ``confidence`` that the agent named (0 to 1). The way back of a change is no proposal of an agent."""
    p, e = PROPOSALS.c, EXECUTIONS.c

    def counted(*when: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((sa.and_(*when), 1), else_=0))

    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    order = (
        sa.select(
            p.agent_id,
            p.kind,
            sa.func.count(sa.distinct(p.proposal_id)),
            counted(p.state == "open"),
            counted(p.state == "approved"),
            counted(p.state == "overridden"),
            counted(p.state == "rejected"),
            counted(e.state == "verified"),
            counted(e.state.in_(TAKEN_BACK)),
            sa.func.avg(p.confidence),
        )
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(p.created_at > tx.now - WINDOW, p.undo_of.is_(None), p.agent_id != "")
        .group_by(p.agent_id, p.kind)
        .order_by(p.agent_id, p.kind)
    )
    if workspaces is not None:
        order = order.where(p.workspace_id.in_(workspaces))
    rows = [
        (*row[:2], *(int(one or 0) for one in row[2:-1]), float(row[-1] or 0)) for row in tx.connection.execute(order)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
