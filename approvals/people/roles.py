"""What a person may see and do, from the groups they are in: by the policy alone, never by a page or a name.

Roles add up. Rows are limited by workspace or by cost centre where the policy says so; whoever no line names then sees
no rows at all, except administrators and auditors, who see all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from approvals.people.people import Person
from approvals.policy.policy_file import approver_groups, load, role_groups
from approvals.policy.rules import Policy
from dimensions import DIMENSIONS

_LOOKING = ("viewer", "finops", "freeze_approvers", "break_glass", "kill_switch")  # besides what is asked for below


@dataclass(frozen=True)
class RowLimits:
    """The rows a person may see: those of these workspaces (ids), or of these cost centres; None is no limit."""

    workspaces: frozenset[str] | None = None
    cost_centers: frozenset[str] | None = None

    @property
    def any(self) -> bool:
        """Whether there is a limit."""
        return self.workspaces is not None or self.cost_centers is not None

    @property
    def places(self) -> tuple[str, ...] | None:
        """The workspaces for what can be limited by workspace only: none where the limit is another; None: all."""
        return tuple(sorted(self.workspaces or ())) if self.any else None

    @property
    def everything(self) -> str:
        """All that the person may see, in words: ``All workspaces``, ``Your 2 workspaces, 1 cost centre``, ``Nothing``."""
        if not self.any:
            return "All workspaces"
        kinds = {"workspace": self.workspaces, "cost centre": self.cost_centers}
        if frozenset() in kinds.values():
            return "Nothing"
        return "Your " + ", ".join(f"{len(of)} {kind}{'s' if len(of) > 1 else ''}" for kind, of in kinds.items() if of)

    @property
    def words(self) -> str:
        """Whose rows they are, in words."""
        return "workspaces" if self.workspaces is not None else "cost centres"


@dataclass(frozen=True)
class Roles:
    """``looks``: sees pages; ``audits``: sees the ledger; ``approves``: the dimensions in which they may decide."""

    looks: bool = False
    audits: bool = False
    finops: bool = False
    admin: bool = False
    approves: frozenset[str] = frozenset()
    limits: RowLimits = RowLimits()

    @property
    def sees_others(self) -> bool:
        """Whether they may see what single people ask and do: administrators, auditors, and who decides in GovernanceOps."""
        return self.admin or self.audits or "governanceops" in self.approves


ALL = Roles(looks=True, audits=True, finops=True, admin=True, approves=frozenset(DIMENSIONS))


def roles_of(policy: Policy, person: Person) -> Roles:
    """The roles of the person by their groups; none at all for who is in no group that the policy names."""

    def has(*roles: str) -> bool:
        return any(person.groups & set(role_groups(policy, role)) for role in roles)

    approves = frozenset(one for one in DIMENSIONS if person.groups & set(approver_groups(policy, one)))
    admin, audits = has("admin"), has("auditor")
    named = bool(person.groups & {one.group for one in policy.row_limits})
    return Roles(
        looks=admin or audits or bool(approves) or has(*_LOOKING) or named,
        audits=audits or admin,
        finops=has("finops"),
        admin=admin,
        approves=approves,
        limits=RowLimits() if admin or audits else limits_of(policy, person),
    )


def limits_of(policy: Policy, person: Person) -> RowLimits:
    """No limit where the policy has none. Lines of one's groups add up; who has lines of both sorts sees what the
    workspaces give, because one question cannot ask for the rows of either."""
    if not policy.row_limits:
        return RowLimits()
    own = [one for one in policy.row_limits if one.group in person.groups]
    centres = frozenset(centre for one in own for centre in one.cost_centers)
    places = frozenset(place for one in own for place in one.workspaces)
    if centres and not places:
        return RowLimits(cost_centers=centres)
    return RowLimits(workspaces=places)


@cache
def policy_at(path: Path) -> Policy:
    """The policy of this process, read once; raises :class:`approvals.policy.policy_file.PolicyError`."""
    return load(path)
