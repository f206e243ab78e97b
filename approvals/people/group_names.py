"""The directory's groups as the policy spells them: capitals, hidden characters and composed letters make no other group.

Two groups that read alike never count as one: only the one that is spelt exactly as in the policy does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

from approvals.policy.rules import Policy
from spelling import folded

LOG = logging.getLogger("lakehelm.approvals")
Named = tuple[frozenset[str], Mapping[str, str]]
Spelt = Callable[[Iterable[str], Mapping[str, int]], frozenset[str]]


def spelt_as(policy: Callable[[], Policy]) -> Spelt:
    """Groups of a person as ``policy`` spells them, given how many of the account's groups read like each (:func:`folded`);
    a group that is not the only one, or of which that is not known, keeps its own spelling."""

    def spelt(groups: Iterable[str], alike: Mapping[str, int]) -> frozenset[str]:
        said = policy()
        named = _named(said)
        return frozenset(_spelt(one, said, named, alike) for one in groups)

    return spelt


def _spelt(group: str, policy: Policy, named: Named, alike: Mapping[str, int]) -> str:
    exact, meant = named
    name = folded(group)
    if group in exact or not (wanted := meant.get(name) or _team(name, policy)) or wanted == group:
        return group
    if alike.get(name) != 1:
        if alike:
            LOG.warning("groups that read like %r: only the one that is spelt so has its rights", wanted)
        return group
    return wanted


def _team(name: str, policy: Policy) -> str:
    """The group of a team, as :meth:`approvals.policy.rules.Policy.owner_groups` spells it; empty when ``name`` is none."""
    before, _, after = policy.groups.team.partition("{team}")
    first, last = len(folded(before)), len(folded(after))
    team = name[first : len(name) - last].strip(" ")
    spelt = f"{before}{team}{after}"
    return spelt if team and folded(spelt) == name else ""


def _named(policy: Policy) -> Named:
    """Every group that ``policy`` names, and by how they read those that no other one reads like."""
    exact = frozenset(_groups(policy))
    reads: dict[str, list[str]] = {}
    for one in exact:
        reads.setdefault(folded(one), []).append(one)
    return exact, {name: found[0] for name, found in reads.items() if len(found) == 1}


def _groups(policy: Policy) -> Iterator[str]:
    roles = policy.groups
    for groups in (
        roles.admin,
        roles.viewer,
        roles.auditor,
        roles.finops,
        roles.freeze_approvers,
        roles.break_glass,
        roles.kill_switch,
        roles.owner_fallback,
        *roles.approvers.values(),
    ):
        yield from groups
    yield from (one.group for one in policy.row_limits)
    yield from (name for rule in policy.require for ask in rule.seats for name in ask.groups if name[0] != "$")
    yield from (*policy.escalation.second, *policy.escalation.lead)
