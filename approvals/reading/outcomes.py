"""What became of proposals, one row each: proposed, decided, done, read back, taken back, and what was promised of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, EXECUTIONS, INTENTS, PROPOSALS, VOTES
from approvals.values.titles import titled

MOST = 3_000
COLUMNS = (
    "proposal_id", "title", "kind", "agent", "risk", "workspace_id", "thing_kind", "thing_id", "name", "state", "verb",
    "reason", "expires", "proposed", "decided", "execution", "made", "read_back", "undone", "dwell", "least", "most",
    "currency", "promise",
)  # fmt: skip
TIMES = ("expires", "proposed", "decided", "made", "read_back", "undone")
# The change was made; whether it stayed is another matter.
_MADE = ("verifying", "verified", "inconclusive", "rolling_back", "rolled_back", "rollback_failed")
_READ = ("verified", "inconclusive")


def outcomes(tx: Tx, since: dt.datetime, workspaces: tuple[str, ...] | None = None, most: int = MOST) -> pd.DataFrame:
    """The proposals since ``since`` (UTC) in ``workspaces`` (None: all), the newest first, at most ``most``; one that only
    takes another back is told of with that one.

    Times are UTC and NaT where it has not happened: ``decided`` by the last decision, whose ``verb`` and ``reason`` stand
    beside it; ``made`` when the call was announced that had the effect, ``read_back`` when that was found to hold or not to
    be clear, ``undone`` when it was taken back, by the executor or by a later proposal. ``execution`` is its state, empty
    without one. ``dwell`` are the seconds that voters had it open. ``least`` and ``most`` are what was promised for a month
    (Decimal, ``currency``) of the ``promise`` (cost, sla, risk, quality, time; empty: none)."""
    p, e = PROPOSALS.c, EXECUTIONS.c
    last, acted, dwell, later = _decided(), _acted(), _dwell(), _later()
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    order = (
        sa.select(
            p.proposal_id,
            p.title,
            p.kind,
            p.agent_id,
            p.risk,
            p.workspace_id,
            p.resource_key,
            p.resource_name,
            p.state,
            last.c.verb,
            last.c.reason,
            p.expires_at,
            p.created_at,
            last.c.created_at,
            e.state,
            e.state_since,
            acted.c.made,
            acted.c.undone,
            later.c.undone,
            dwell.c.dwell,
            p.benefit_low,
            p.benefit_high,
            p.currency,
            p.benefit_kind,
        )
        .select_from(
            PROPOSALS.outerjoin(EXECUTIONS, live)
            .outerjoin(last, sa.and_(last.c.proposal_id == p.proposal_id, last.c.newest == 1))
            .outerjoin(acted, acted.c.execution_id == e.execution_id)
            .outerjoin(later, later.c.undo_of == p.proposal_id)
            .outerjoin(dwell, dwell.c.proposal_id == p.proposal_id)
        )
        .where(p.created_at >= since, p.undo_of.is_(None))
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .order_by(p.created_at.desc(), p.proposal_id)
        .limit(most)
    )
    frame = pd.DataFrame(
        [_row(tuple(one)) for one in tx.connection.execute(order)], columns=list(COLUMNS), dtype=object
    )
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in TIMES}).astype({"risk": "int64"})


def _row(one: tuple[Any, ...]) -> tuple[object, ...]:
    ident, title, kind, agent, risk, place, key, name, state, verb, reason, expires, proposed, decided = one[:14]
    execution, since, made, undone, undone_later, dwell, low, high, currency, promise = one[14:]
    _, thing_kind, thing_id = str(key).split("/", 2) if str(key).count("/") >= 2 else ("", "", "")
    happened, back = execution in _MADE, execution in ("rolled_back", "rollback_failed")
    return (
        ident,
        titled(title),
        kind,
        agent,
        risk,
        place,
        thing_kind,
        thing_id,
        name,
        state,
        verb or "",
        reason or "",
        expires,
        proposed,
        decided,
        execution or "",
        made if happened else None,
        since if execution in _READ else None,
        (undone or since) if back else undone_later,
        (dwell or 0) / 1000,
        low,
        high,
        currency,
        promise or "",
    )


def _decided() -> sa.Subquery:
    d = DECISIONS.c
    place = sa.func.row_number().over(partition_by=d.proposal_id, order_by=(d.created_at.desc(), d.decision_id.desc()))
    return sa.select(d.proposal_id, d.verb, d.reason, d.created_at, place.label("newest")).subquery("decided")


def _acted() -> sa.Subquery:
    i = INTENTS.c

    def at(phase: str) -> sa.Label[dt.datetime]:
        return sa.func.max(sa.case((i.phase == phase, i.intended_at))).label("made" if phase == "act" else "undone")

    return sa.select(i.execution_id, at("act"), at("undo")).group_by(i.execution_id).subquery("acted")


def _later() -> sa.Subquery:
    """When what a proposal did was taken back by another one."""
    back, done, intent = PROPOSALS.alias(), EXECUTIONS.alias(), INTENTS.alias()
    return (
        sa.select(back.c.undo_of, sa.func.min(intent.c.intended_at).label("undone"))
        .select_from(back)
        .join(done, sa.and_(done.c.proposal_id == back.c.proposal_id, done.c.state == "verified"))
        .join(intent, sa.and_(intent.c.execution_id == done.c.execution_id, intent.c.phase == "act"))
        .where(back.c.undo_of.is_not(None))
        .group_by(back.c.undo_of)
        .subquery("later")
    )


def _dwell() -> sa.Subquery:
    v = VOTES.c
    return sa.select(v.proposal_id, sa.func.sum(v.dwell_ms).label("dwell")).group_by(v.proposal_id).subquery("dwell")
