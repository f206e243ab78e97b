"""What the policy may look at of an action: its content, the switches, budgets and teams as they are now."""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase
from typing import Any

from actions import registry
from actions.desk import Desk
from actions.proposers import PERSON
from actions.stops import stopped
from approvals.deciding import autonomy, budgets, switches
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row
from approvals.people.people import Unreachable
from approvals.policy import policy
from approvals.policy.facts import Facts
from approvals.policy.policy import Start
from approvals.policy.policy_file import kind_enabled
from approvals.store.store import Tx
from approvals.values.proposal import Content


def facts_of(tx: Tx, desk: Desk, content: Content, undo: Any = "", *, deciding: bool = False) -> Facts:
    """What the policy may look at, from the content and the switches as they are now; where it is ``deciding``, whether
    the budgets are free as well (a start counts them by itself)."""
    people = {
        "owner_groups": _owner_groups(desk, content.owner),
        "service_owner_groups": _service_owners(desk, content),
    }
    return _known(tx, desk, content).model_copy(
        update=people | {"undo": undo, "budgets_free": not deciding or _free(tx, desk, content)}
    )


def start_of(tx: Tx, desk: Desk, content: Content, due: dt.datetime) -> Start:
    """When the action really starts that is due then, once everybody has agreed."""
    return policy.start_of(_known(tx, desk, content), desk.policy, due)


def good_until(tx: Tx, row: Row, desk: Desk) -> dt.datetime:
    """Until when the approval of the proposal ``row`` is good (UTC)."""
    content = content_of(tx, row.proposal_id, row.revision)
    return policy.good_until(_known(tx, desk, content), desk.policy, row.state_since, content.approval_ttl_s)


def _known(tx: Tx, desk: Desk, content: Content) -> Facts:
    """The facts without what only the directory knows: enough for windows and switches."""
    kind = registry.kind(content.kind)
    on = stopped(tx, desk)
    matching = switches.matching(
        on,
        dimension=content.dimension,
        agent=content.agent.id,
        kind=content.kind,
        workspace=content.target.workspace_id,
    )
    return Facts(
        kind=content.kind,
        kind_enabled=kind_enabled(desk.policy, content.kind, kind.enabled),
        dimension=content.dimension,
        env=content.env,
        base_risk=kind.base_risk,
        risk=content.risk,
        reversibility=content.reversibility,
        calibrated=content.calibrated,
        autonomy=autonomy.level_of(tx, desk.policy, content.agent.id, content.kind),
        agent_id=content.agent.id,
        workspace_id=content.target.workspace_id,
        owner_groups=(),
        service_owner_groups=(),
        impact_stop=False,
        budgets_free=True,
        break_glass=bool(content.emergency),
        services_hit=any(one.risk != "low" for one in content.impact.consumers),
        coverage=content.impact.coverage,
        switches=matching,
        proposed_by_person=content.agent.id == PERSON,
        lifted=policy.lifted_by(content.requirement, content.rules, desk.policy),
    )


def _free(tx: Tx, desk: Desk, content: Content) -> bool:
    over = budgets.exceeded(tx, None, content, desk.policy)
    return not over and not budgets.tripped(tx, content.kind, desk.policy.error_budget)


def _service_owners(desk: Desk, content: Content) -> tuple[str, ...]:
    """The teams of those whose service is hit at medium risk or more: they agree, too."""
    owners = {one.owner for one in content.impact.consumers if one.risk != "low" and one.owner}
    return tuple(sorted({group for owner in owners for group in _owner_groups(desk, owner)}))


def _owner_groups(desk: Desk, owner: str) -> tuple[str, ...]:
    """The teams of whoever owns the target; none when nobody is known, then the policy's fallback speaks for it."""
    if not owner:
        return ()
    pattern = desk.policy.groups.team.replace("{team}", "*")
    try:
        return tuple(sorted(one for one in desk.directory.owner_groups(owner) if fnmatchcase(one, pattern)))
    except Unreachable:
        return ()
