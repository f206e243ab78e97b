"""Names in a policy that mean nothing: kinds of action that do not exist, agents that nobody has registered. A rule about
such a name is about nothing, which nobody notices until it should have held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from approvals.policy.rules import Policy
from approvals.policy.selector import When, like


def meaningless(policy: Policy, kinds: Collection[str]) -> tuple[str, ...]:
    """A sentence for each place of ``policy`` whose name, or pattern, is none of ``kinds`` or none of its agents."""
    agents = [one.id for one in policy.agents]
    return (
        *(f"{place}: there is no kind of action {name}" for place, name in _kinds(policy, kinds)),
        *(f"{place}: no agent {name} is registered" for place, name in _agents(policy) if not _any(agents, name)),
    )


def _any(names: Iterable[str], pattern: str) -> bool:
    return pattern == "*" or any(like(name, (pattern,)) for name in names)


def _kinds(policy: Policy, kinds: Collection[str]) -> Iterator[tuple[str, str]]:
    for place, names in (("kinds.enabled", policy.kinds.enabled), ("kinds.disabled", policy.kinds.disabled)):
        yield from ((place, name) for name in names if name not in kinds)  # exact names, no patterns
    patterns = [(f"agents, {agent.id}", pattern) for agent in policy.agents for pattern in agent.kinds]
    patterns += [("budgets.least", pattern) for pattern in policy.budgets.least]
    patterns += [(rule, pattern) for rule, when in _whens(policy) for one in when for pattern in one.kind]
    yield from ((place, pattern) for place, pattern in patterns if not _any(kinds, pattern))


def _agents(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from (("autonomy_levels", pattern) for line in policy.autonomy_levels for pattern in line.agent)
    yield from ((rule, pattern) for rule, when in _whens(policy) for one in when for pattern in one.agent)


def _whens(policy: Policy) -> Iterator[tuple[str, When]]:
    for rules in (policy.windows, policy.deny, policy.require, policy.auto):
        yield from ((rule.id, rule.when) for rule in rules)
