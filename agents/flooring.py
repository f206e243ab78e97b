"""Proposes that an agent leaves away what its own past shows is not worth people's look. People decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal

from agents import proposing
from agents.capability import Observation
from approvals.deciding.floors import HOLDS, KIND, floors
from approvals.learning.floors import ENOUGH, LOOK, Floor, Replayed
from approvals.policy.rules import Policy
from approvals.reading.learned import replays
from approvals.store.store import Store, Tx
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Agent, Draft, Target

AGENT = Agent(id="agentops.replayed_floor", version="1.0", principal="agent:agentops")


def propose_floors(store: Store, policy: Policy) -> proposing.Submitted:
    """Hand in a draft for each agent and kind with a better floor, unless people were asked lately or said no."""
    with store.reading() as tx:
        found = [Observation(one.target.key, draft=one) for one in wanted(tx, policy)]
    fresh, known = proposing.fresh(store, found, policy=policy.digest)
    return proposing.submit(store, [one.draft for one in fresh if one.draft], AGENT.principal, known=known)


def wanted(tx: Tx, policy: Policy) -> Iterator[Draft]:
    """The drafts: agents that the policy still registers, with kinds for which no floor holds."""
    held = floors(tx)
    for (agent, kind), said in replays(tx).items():
        if said.floor is not None and (agent, kind) not in held and policy.agent(agent) is not None:
            yield _draft(agent, kind, said, said.floor)


def _draft(agent: str, kind: str, said: Replayed, floor: Floor) -> Draft:
    seen = (
        f"Of the newest {said.judged} of {said.n} decided proposals {said.left} lie below {floor}, {said.held} of which held",
        f"leaving those away would have brought {said.gain:,.0f} more, with 90 % certainty {said.low:,.0f} to {said.high:,.0f}",
    )
    why = (
        f"The floor was chosen on the older two thirds, and judged on the newest third, which it was not chosen by; {ENOUGH} "
        f"decided proposals at least. A look costs {LOOK}; what was taken back counts as lost."
    )
    return Draft(
        kind=KIND,
        target=Target(workspace_id="", type="agent", id=agent, name=agent),
        params={"kind": kind, **asdict(floor)},
        agent=AGENT,
        confidence=Decimal("0.95"),
        benefit=Benefit(kind="time", method="Looks that people need not take; not put into money."),
        ooda=Ooda(
            observe=seen,
            orient=(
                f"The floor ends by itself after {HOLDS.days} days; then all is proposed again, and it is tried anew.",
            ),
            options=(
                Option(what=f"let it propose from {floor} on", expected="people look at less that comes to nothing"),
                Option(
                    what="leave it as it is",
                    expected="people go on to look at all of it",
                    rejected_because="what lies below was not worth the looks",
                ),
            ),
            why=why,
        ),
        narrative=f"{'. '.join(seen)}. {why} It is undone by the floor before.",
    )
