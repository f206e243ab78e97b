"""Proposes that an agent which has earned it is trusted one level more with a kind of action. People decide."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from agents import proposing
from agents.capability import Observation
from approvals.deciding import autonomy
from approvals.learning.promotion import BOUND, ENOUGH, SPAN
from approvals.learning.standing import Standing
from approvals.policy.rules import Policy
from approvals.reading.learned import standing_of
from approvals.store.store import Store, Tx
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Agent, Draft, Target

AGENT = Agent(id="agentops.earned_trust", version="1.0", principal="agent:agentops")


def propose_more_trust(store: Store, policy: Policy) -> proposing.Submitted:
    """Hand in a draft for each agent and kind that lacks nothing to a step up, unless people were asked lately or said no."""
    with store.reading() as tx:
        found = [Observation(one.target.key, draft=one) for one in wanted(tx, policy)]
    fresh, known = proposing.fresh(store, found, policy=policy.digest)
    return proposing.submit(store, [one.draft for one in fresh if one.draft], AGENT.principal, known=known)


def wanted(tx: Tx, policy: Policy) -> Iterator[Draft]:
    """The drafts: agents that the policy still registers for the kind, below the highest level."""
    for (agent, kind), lacks in autonomy.lacks(tx).items():
        entry, standing = policy.agent(agent), standing_of(tx, agent, kind)
        now = autonomy.level_of(tx, policy, agent, kind)
        if lacks.nothing and entry and standing and agent != AGENT.id and now < autonomy.MOST:
            yield _draft(agent, kind, now + 1, standing)


def _draft(agent: str, kind: str, level: int, standing: Standing) -> Draft:
    agreed, held = standing.agreement, standing.outcome
    seen = (
        f"{held.n} of its changes are through since the last step, none of them taken back",
        f"with 95 % certainty more than {held.low:.0%} of its changes hold and {agreed.low:.0%} are taken as they are",
    )
    why = (
        f"Both bounds are above {BOUND:.0%}, over {ENOUGH} changes and {SPAN.days} days at least. It is trusted less by itself as "
        "soon as it becomes worse."
    )
    return Draft(
        kind=autonomy.KIND,
        target=Target(workspace_id="", type="agent", id=agent, name=agent),
        params={"kind": kind, "level": level},
        agent=AGENT,
        confidence=Decimal(str(round(min(agreed.low, held.low), 4))),
        benefit=Benefit(kind="time", method="Decisions that people need not take; not put into money."),
        ooda=Ooda(
            observe=seen,
            orient=("What a level lets it do is in the policy under `auto`; R3, R4 and governance always ask people.",),
            options=(
                Option(what=f"trust it at level {level}", expected="people decide less of what they always agree to"),
                Option(
                    what="leave it as it is",
                    expected="people go on to decide all of it",
                    rejected_because="they agreed to nearly all of it, and it held",
                ),
            ),
            why=why,
        ),
        narrative=f"{'. '.join(seen)}. {why} It is undone by the level before.",
    )
