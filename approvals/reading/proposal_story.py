"""How a proposal came about and what became of it so far, as steps with their times: what a trace of it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, EXECUTIONS, INTENTS, PROPOSAL_TRACES, PROPOSALS, REVISIONS
from approvals.values.machines import DECISION, EXECUTION
from approvals.values.proposal import Content

LONGEST = 500  # characters of a text
Stage = Literal["born", "decided", "settled"]


@dataclass(frozen=True)
class Step:
    """One of observe, orient, decide and act, from ``start`` to ``end`` (UTC), with what was known of it."""

    name: str
    start: dt.datetime
    end: dt.datetime
    said: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """A proposal up to its ``stage``. ``verb`` is what people said, empty where nobody decided (yet); ``outcome`` what became of
    the change, empty where none was made. Texts of agents are foreign."""

    proposal_id: str
    kind: str
    agent: str
    version: str
    title: str
    steps: tuple[Step, ...]
    verb: str
    reason: str
    outcome: str
    impact: dict[str, Any]
    stage: Stage = "settled"


def untold(tx: Tx, most: int = 20) -> list[str]:
    """The ids of proposals of agents of whose stage the trace store was not told, oldest first."""
    p, t = PROPOSALS.c, PROPOSAL_TRACES.c
    stage = _stage()
    order = (
        sa.select(p.proposal_id)
        .select_from(
            PROPOSALS.outerjoin(EXECUTIONS, _live()).outerjoin(PROPOSAL_TRACES, t.proposal_id == p.proposal_id)
        )
        .where(
            p.agent_id != "",
            p.undo_of.is_(None),
            sa.or_(t.stage.is_(None), sa.and_(t.stage != "settled", t.stage != stage)),
        )
        .order_by(p.created_at, p.proposal_id)
        .limit(most)
    )
    return [str(one) for one in tx.connection.execute(order).scalars()]


def traced(tx: Tx, since: dt.datetime, workspaces: tuple[str, ...] | None = None) -> tuple[int, int]:
    """Of the agents' proposals made after ``since`` in ``workspaces`` (None: all): how many have their trace, and how many
    there are."""
    p, t = PROPOSALS.c, PROPOSAL_TRACES.c
    order = (
        sa.select(sa.func.count(sa.case((t.trace_id != "", 1))), sa.func.count())
        .select_from(PROPOSALS.outerjoin(PROPOSAL_TRACES, t.proposal_id == p.proposal_id))
        .where(p.created_at > since, p.undo_of.is_(None), p.agent_id != "")
    )
    if workspaces is not None:
        order = order.where(p.workspace_id.in_(workspaces))
    have, every = tx.connection.execute(order).one()
    return int(have), int(every)


def _live() -> sa.ColumnElement[bool]:
    return sa.and_(EXECUTIONS.c.proposal_id == PROPOSALS.c.proposal_id, EXECUTIONS.c.state != "cancelled")


def _stage() -> sa.ColumnElement[str]:
    """How far a proposal is: born while people may decide, settled when nothing follows any more."""
    p, e = PROPOSALS.c, EXECUTIONS.c
    ended = sa.and_(p.state == "approved", e.state.in_(sorted(EXECUTION.final)))
    settled = sa.or_(p.state.in_(sorted(DECISION.final)), ended)
    return sa.case((settled, "settled"), (p.state == "open", "born"), else_="decided")


def story(tx: Tx, proposal_id: str) -> Story:
    """The story of a proposal so far, from the rows of the store. Raises ``NoResultFound`` where it is not there."""
    p = PROPOSALS.c
    order = sa.select(PROPOSALS, _stage().label("stage")).select_from(PROPOSALS.outerjoin(EXECUTIONS, _live()))
    row = tx.connection.execute(order.where(p.proposal_id == proposal_id)).one()
    content = _content(tx, proposal_id, int(row.revision))
    is_open = row.stage == "born"  # what was voted so far is no decision
    verb, reason, decided = ("", "", None) if is_open else _decision(tx, proposal_id)
    act = _act(tx, proposal_id) if row.stage == "settled" else None
    decided_at = decided or (act.start if act else row.state_since)
    looked = [one.executed_at for one in content.evidence if one.executed_at is not None] or [row.created_at]
    seen = min(max(looked), row.created_at)
    observe = Step(
        "observe", min(min(looked), seen), seen, {"saw": _texts(content.ooda.observe), "rows": _rows(content)}
    )
    orient = Step(
        "orient", seen, row.created_at, {"made_of_it": _texts(content.ooda.orient), "risk": int(content.risk)}
    )
    weighed = [_text(one.what) for one in content.ooda.options]
    choice = {"options": weighed, "why": _text(content.ooda.why), "confidence": float(content.confidence)}
    decide = Step("decide", row.created_at, max(decided_at, row.created_at), choice | {"state": row.state})
    return Story(
        proposal_id,
        content.kind,
        content.agent.id,
        content.agent.version,
        _text(content.title),
        (observe, orient, *([] if is_open else [decide]), *([act] if act else [])),
        verb,
        reason,
        str(act.said["state"]) if act else "",
        _impact(content),
        row.stage,
    )


def _content(tx: Tx, proposal_id: str, revision: int) -> Content:
    r = REVISIONS.c
    order = sa.select(r.content).where(r.proposal_id == proposal_id, r.revision == revision)
    return Content.model_validate_json(tx.connection.execute(order).scalar_one())


def _decision(tx: Tx, proposal_id: str) -> tuple[str, str, dt.datetime | None]:
    """What the last decision says, its reason as a code, and when; nothing where nobody decided."""
    d = DECISIONS.c
    order = (
        sa.select(d.verb, d.reason, d.created_at)
        .where(d.proposal_id == proposal_id)
        .order_by(d.created_at.desc(), d.decision_id.desc())
        .limit(1)
    )
    row = tx.connection.execute(order).first()
    return (str(row.verb), str(row.reason), row.created_at) if row else ("", "", None)


def _act(tx: Tx, proposal_id: str) -> Step | None:
    """From the first announced call to the end of its checks."""
    e, i = EXECUTIONS.c, INTENTS.c
    row = tx.connection.execute(
        sa.select(EXECUTIONS).where(e.proposal_id == proposal_id, e.state != "cancelled")
    ).first()
    if row is None:
        return None
    called = sa.select(sa.func.min(i.intended_at)).where(i.execution_id == row.execution_id)
    start = tx.connection.execute(called).scalar() or row.created_at
    said = {"state": row.state, "attempt": int(row.attempt), "passes": int(row.passes), "fails": int(row.fails)}
    return Step("act", min(start, row.state_since), row.state_since, said | {"error": str(row.error_class)})


def _impact(content: Content) -> dict[str, Any]:
    """What was promised, and who could be hit."""
    hit = {"consumers": len(content.impact.consumers), "objects": content.impact.objects}
    made: dict[str, Any] = hit | {"coverage": content.impact.coverage, "reversibility": content.reversibility}
    if (benefit := content.benefit) is not None:
        month = {"benefit": benefit.kind, "currency": benefit.currency}
        made |= month | {"benefit_low": float(benefit.low), "benefit_high": float(benefit.high)}
    return made


def _rows(content: Content) -> int:
    return sum(one.row_count for one in content.evidence)


def _texts(texts: tuple[str, ...]) -> list[str]:
    return [_text(one) for one in texts[:20]]


def _text(text: str) -> str:
    return text[:LONGEST]
