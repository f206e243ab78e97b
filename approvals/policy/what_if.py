"""A change that nobody has proposed, as facts for the policy: what :func:`approvals.policy.policy.decide` would say of it."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.policy.facts import Facts
from approvals.policy.rules import Policy
from approvals.values.proposal import Environment, Reversibility
from approvals.values.risk import risk_class


@dataclass(frozen=True)
class Case:
    """``agent`` proposes, a person where it is empty; ``owner`` is the team that owns the target. Nobody is known to be
    hit, everything was looked at, no kill switch is on and no budget is used up."""

    kind: str
    dimension: str
    base_risk: int
    reversibility: Reversibility
    env: Environment
    enabled: bool = True
    agent: str = ""
    owner: str = ""
    workspace_id: str = ""


def facts_of(case: Case, policy: Policy) -> Facts:
    """The facts of ``case``, its risk worked out as the intake does."""
    risk, _ = risk_class(
        case.base_risk,
        env=case.env,
        high_risk_service=False,
        monitor_firing=False,
        coverage="complete",
        dry_run_mode="simulated",
        reversibility=case.reversibility,
        principals=0,
        objects=1,
        raised=False,
        track=None,
    )
    return Facts(
        kind=case.kind,
        kind_enabled=case.enabled or case.kind in policy.enabled_kinds,
        dimension=case.dimension,
        env=case.env,
        base_risk=case.base_risk,
        risk=risk,
        reversibility=case.reversibility,
        calibrated=None,
        autonomy=policy.autonomy(case.agent) if case.agent else 1,
        agent_id=case.agent or "person",
        workspace_id=case.workspace_id,
        owner_groups=policy.owner_groups(case.owner),
        service_owner_groups=(),
        services_hit=False,
        impact_stop=False,
        coverage="complete",
        switches=(),
        budgets_free=True,
        proposed_by_person=not case.agent,
    )
