"""The directory's groups as the policy spells them: capitals, hidden characters and composed letters make no other group.

Two groups that read alike never count as one: only the one that is spelt exactly as in the policy does.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from approvals.policy.rules import Policy
from spelling import folded

LOG = logging.getLogger("lakehelm.approvals")
Named = tuple[frozenset[str], Mapping[str, str]]
Spelt = Callable[[Iterable[str], Mapping[str, int]], frozenset[str]]
# Small letters of other alphabets, digits and dashes that look like these.
_DRAWN = str.maketrans(
    "аеорсхуіјѕԁһӏԛԝкмтпгьαορνικυτεχ01‐‑‒–—―−",
    "aeopcxyijsdhlqwkmtnrbaopvikutexol-------",
)


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


@dataclass(frozen=True)
class LookAlike:
    """A group of the directory that is spelt otherwise than one of the policy and reads, or only looks, like it.
    ``counts``: it has its rights, because no other one reads like it."""

    group: str
    wanted: str
    reads: bool
    counts: bool


def look_alikes(policy: Policy, groups: Iterable[str]) -> tuple[LookAlike, ...]:
    """Every group of the directory that may be taken for one of the policy, in order."""
    named, there = _named(policy), sorted({*groups})
    alike: dict[str, int] = {}
    for one in there:
        alike[folded(one)] = alike.get(folded(one), 0) + 1
    plain = named[0] | {one for one in there if one.isascii() and _team(folded(one), policy) == one}
    drawn = {_drawn(one): one for one in sorted(plain, reverse=True)}
    found = []
    for one in (one for one in there if one not in plain):
        wanted = named[1].get(folded(one)) or drawn.get(_drawn(one))
        if wanted:
            counts = _spelt(one, policy, named, alike) == wanted
            found.append(LookAlike(one, wanted, folded(one) == folded(wanted), counts))
    return tuple(found)


def _drawn(name: str) -> str:
    """How a name looks: equal for two that people take for each other."""
    letters = unicodedata.normalize("NFKD", folded(name)).translate(_DRAWN)
    return "".join(one for one in letters if not unicodedata.combining(one))


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
        roles.propose,
        *roles.approvers.values(),
    ):
        yield from groups
    yield from (one.group for one in policy.row_limits)
    yield from (name for rule in policy.require for ask in rule.seats for name in ask.groups if name[0] != "$")
    yield from (*policy.escalation.second, *policy.escalation.lead)
