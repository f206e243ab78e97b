"""What was proposed about one thing, who voted, and what became of it; and which thing a proposal is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.store.store import Tx
from approvals.store.tables import EXECUTIONS, PROPOSALS, VOTES
from approvals.values.proposal import CATALOGUED, Target
from approvals.values.value import Json
from things import KINDS, Thing, read

MOST = 100
JOB = "_job_id"  # in what was read of a run before it is repaired: its job
NAMED_ALIKE = frozenset(
    {"job", "pipeline", "cluster", "warehouse", "table"}
)  # types of target with a thing's kind and id


@dataclass(frozen=True)
class Proposed:
    """One proposal. ``state`` is that of its decision, ``execution`` that of what was done, if anything; ``since`` (UTC)
    when the later of the two began. ``voted`` are the votes that count: who, and for or against."""

    proposal_id: str
    title: str
    agent_id: str
    state: str
    execution: str | None
    created_at: dt.datetime
    since: dt.datetime
    voted: tuple[tuple[str, str], ...] = ()


def about(tx: Tx, target: Target, workspaces: tuple[str, ...] | None, most: int = MOST) -> list[Proposed]:
    """The open and the finished proposals that act on ``target``, in ``workspaces`` (None: in all), the newest first. What
    Unity Catalog knows is of the whole account, whichever workspace the proposal names."""
    p, e = PROPOSALS.c, EXECUTIONS.c
    anywhere = target.key.removeprefix(target.workspace_id)
    same = p.resource_key == target.key
    if target.type in CATALOGUED:
        same = p.resource_key.endswith(anywhere, autoescape=True)
    live = sa.and_(e.proposal_id == p.proposal_id, e.state != "cancelled")
    order = (
        sa.select(
            p.proposal_id,
            p.title,
            p.agent_id,
            p.state,
            e.state.label("execution"),
            p.created_at,
            sa.func.coalesce(e.state_since, p.state_since).label("since"),
        )
        .select_from(PROPOSALS.outerjoin(EXECUTIONS, live))
        .where(same)
        .where(sa.true() if workspaces is None else p.workspace_id.in_(workspaces))
        .order_by(p.created_at.desc(), p.proposal_id.desc())
        .limit(most)
    )
    found = list(tx.connection.execute(order).mappings())
    voted = _votes(tx, [str(one["proposal_id"]) for one in found])
    return [Proposed(**one, voted=tuple(voted.get(one["proposal_id"], ()))) for one in found]


def _votes(tx: Tx, proposal_ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    order = sa.select(VOTES.c.proposal_id, VOTES.c.voter, VOTES.c.verb).where(
        VOTES.c.proposal_id.in_(proposal_ids), VOTES.c.void_at.is_(None)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for one in tx.connection.execute(order.order_by(VOTES.c.created_at, VOTES.c.vote_id)):
        found.setdefault(one.proposal_id, []).append((one.voter, one.verb))
    return found


def thing_of(target: Target, before: Json) -> Thing | None:
    """The thing that ``target`` is; ``before`` is what was read of it, where a run says which job's it is. None for what
    has no page, and for what is no thing that could be."""
    ident = target.id
    if target.type == "run":
        ident = f"{before.get(JOB) or ''}/{target.id}"
    elif target.type not in NAMED_ALIKE:
        return None
    place = {"w": target.workspace_id} if KINDS[target.type].in_workspace else {}
    return read({"kind": target.type, "id": ident, **place})
