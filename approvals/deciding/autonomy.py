"""How far an agent is trusted with a kind of action: what the policy says of the agent, and the steps since. A step down is taken in
the transaction of the decision or outcome that shows the agent has become worse, and is told; a step up is agreed by people.

The steps are entries of the ledger and nothing else: what counts can be checked there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from approvals.deciding.came_of import ended
from approvals.learning.demotion import alarm
from approvals.learning.labels import Ended
from approvals.learning.promotion import Lacking, lacking
from approvals.learning.standing import standings
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.policy.rules import RESERVED, Policy
from approvals.store import outbox
from approvals.store.store import Tx
from approvals.store.tables import DECISIONS, LEDGER, PROPOSALS

LOWERED, RAISED = "autonomy.lowered", "autonomy.raised"
KIND = "autonomy.change"  # of the action that changes it
LEAST, MOST = 0, 3
CHANNEL = "escalation"  # of the outbox
REMEMBERED = 200  # proposals of an agent and kind, the newest
SYSTEM = Actor("system", "learning")
AGAINST = frozenset({"reject", "veto", "override"})  # decisions after which an agent may be trusted less
ENDS = frozenset({"rolled_back", "rollback_failed", "verified"})  # likewise ends of executions


@dataclass(frozen=True)
class Step:
    """A step of ``agent`` with ``kind`` by ``by`` levels, and why."""

    seq: int
    at: dt.datetime
    agent: str
    kind: str
    by: int
    why: str


def steps(tx: Tx, agent: str = "", kind: str = "") -> list[Step]:
    """Every step, the oldest first; those of ``agent`` and ``kind`` only, where they are said."""
    order = sa.select(LEDGER.c.seq, LEDGER.c.at, LEDGER.c.body).where(LEDGER.c.event.in_((LOWERED, RAISED)))
    found = []
    for seq, at, body in tx.connection.execute(order.order_by(LEDGER.c.seq)):
        said = json.loads(body)
        found.append(Step(seq, at, said["agent"], said["kind"], int(said["by"]), said["why"]))
    return [one for one in found if agent in ("", one.agent) and kind in ("", one.kind)]


def level(policy: Policy, agent: str, kind: str, taken: list[Step]) -> int:
    """The level of ``agent`` with ``kind`` after the steps that were ``taken``."""
    by = sum(one.by for one in taken if (one.agent, one.kind) == (agent, kind))
    return min(max(policy.autonomy(agent) + by, LEAST), MOST)


def level_of(tx: Tx, policy: Policy, agent: str, kind: str) -> int:
    """:func:`level` as the ledger has it now."""
    return level(policy, agent, kind, steps(tx, agent, kind))


def set_level(tx: Tx, policy: Policy, agent: str, kind: str, wanted: int, why: str) -> None:
    """Trust ``agent`` with ``kind`` at the level ``wanted`` from now on, as people agreed: a step is an entry of the ledger."""
    by = wanted - policy.autonomy(agent) - sum(one.by for one in steps(tx, agent, kind))
    if by:
        ledger.append(tx, RAISED if by > 0 else LOWERED, SYSTEM, agent=agent, kind=kind, by=by, why=why)


def lacks(tx: Tx) -> dict[tuple[str, str], Lacking]:
    """What each agent lacks to be trusted one level more with each kind, from what is through since its last step, and since people
    last said no to more trust in it."""
    taken, no = {(one.agent, one.kind): one.at for one in steps(tx)}, refused(tx, KIND)
    own: dict[tuple[str, str], list[Ended]] = {}
    for one in ended(tx):
        since = [at for at in (taken.get((one.agent, one.kind)), no.get(one.agent)) if at is not None]
        if one.at > max(since, default=one.at - dt.timedelta(1)):
            own.setdefault((one.agent, one.kind), []).append(one)
    known = standings([one for each in own.values() for one in each])
    return {key: lacking(mine, known[key], tx.now) for key, mine in own.items()}


def refused(tx: Tx, kind: str) -> dict[str, dt.datetime]:
    """When people last decided against a change of this ``kind`` of each agent."""
    p, d = PROPOSALS.c, DECISIONS.c
    order = sa.select(p.resource_key, sa.func.max(d.created_at)).join(DECISIONS, d.proposal_id == p.proposal_id)
    rows = tx.connection.execute(order.where(p.kind == kind, d.verb.in_(AGAINST)).group_by(p.resource_key))
    return {str(key).rpartition("/")[2]: at for key, at in rows}


def tell(tx: Tx, groups: Sequence[str]) -> None:
    """Tell ``groups`` of every step down, once, however often this is called."""
    for one in steps(tx):
        if one.by < 0 and groups:
            body = {"subject": "An agent is trusted less", "agent": one.agent, "kind": one.kind, "why": one.why}
            outbox.put(tx, f"autonomy-{one.seq}", {"channel": CHANNEL, "recipient": ", ".join(groups), "body": body})


def watch(tx: Tx, proposal_id: str, ended_in: str = "") -> bool:
    """Lower the trust in the agent of this proposal (or of the one that it takes back) with its kind by one where what came of it
    since the last step says that it has become worse; whether it was. To be called in the transaction of the decision, or of the end
    of its execution, in one of :data:`ENDS`: one that is verified is only bad news where it takes another one back."""
    p, of = PROPOSALS.c, PROPOSALS.alias("of")
    whose = (sa.func.coalesce(of.c.agent_id, p.agent_id), sa.func.coalesce(of.c.kind, p.kind), p.undo_of)
    order = sa.select(*whose).select_from(PROPOSALS.outerjoin(of, of.c.proposal_id == p.undo_of))
    agent, kind, takes_back = tx.connection.execute(order.where(p.proposal_id == proposal_id)).one()
    if agent in RESERVED or not agent or (ended_in == "verified" and takes_back is None):
        return False
    taken = steps(tx, agent, kind)
    if sum(one.by for one in taken) <= LEAST - MOST:
        return False  # as far down as there is
    since = taken[-1].at if taken else None
    told = [one for one in ended(tx, kind=kind, agent=agent, most=REMEMBERED) if since is None or one.at > since]
    right = [one.right for one in told if one.right is not None]
    if alarm(right) is None:
        return False
    wrong = right.count(False)
    why = f"{wrong} of the last {len(right)} were wrong or were taken back"
    ledger.append(tx, LOWERED, SYSTEM, agent=agent, kind=kind, by=-1, why=why)
    return True
