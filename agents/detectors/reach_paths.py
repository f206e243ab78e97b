"""Through what somebody reaches an object: each chain of groups that leads to a grant, and what is still missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from agents.detectors.reach import METASTORE, OWNER, Estate, Held, Need, Right, principal

USES = ("USE CATALOG", "USE SCHEMA", "SELECT")  # what is needed before the last, in order
MOST = 3  # chains to one group that are followed: the shortest ones


@dataclass(frozen=True)
class Path:
    """``chain``: the groups from the principal up to the grantee of ``held``, which alone decides; ``lacks`` names the uses of
    what is above that the principal does not have: there is no access then."""

    principal: str
    chain: tuple[str, ...]
    held: Held
    lacks: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """Where the right was given: on the object itself or above."""
        return ("metastore", "catalog", "schema", "object")[
            0 if self.held.place == METASTORE else len(self.held.place.split("."))
        ]


def paths(estate: Estate, one: str, place: str, right: Right) -> list[Path]:
    """Every path of ``one`` to ``right`` on ``place`` (both folded), shortest chains first; those that lead nowhere say what is
    missing. A right that needs two privileges has the paths of the second: the first is among what may be missing."""
    mine, found = estate.identities(one), list[Path]()
    known = dict[str, list[tuple[str, ...]]]()
    for to, chain in chains(estate, one):
        known.setdefault(to, []).append(chain)
    for way in estate.ways(place, right):
        *before, last = way
        lacks = tuple(USES[n] for n, need in enumerate(before) if not _holds(need, mine))
        for held in sorted(last, key=lambda h: (h.place, h.grantee, h.privilege)):
            found += [Path(one, chain, held, lacks) for chain in known.get(principal(held.grantee), ())]
    return sorted(
        found, key=lambda path: (bool(path.lacks), len(path.chain), path.held.place, path.chain, path.held.privilege)
    )


def _holds(need: Need, mine: frozenset[str]) -> bool:
    return any(principal(one.grantee) in mine for one in need)


def chains(estate: Estate, one: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each grantee that ``one`` is, with the groups that lead to it; shortest first, no group twice in a chain."""
    ahead: list[tuple[str, tuple[str, ...]]] = [(one, ())]
    if estate.everybodys(one):
        ahead.append(("account users", ("account users",)))
    found = Counter[str]()
    for at, chain in ahead:
        found[at] += 1
        if found[at] > MOST:
            continue
        yield at, chain
        ahead += [
            (group, (*chain, group)) for group in sorted(estate.parents.get(at, ())) if group not in (*chain, one)
        ]


def words(path: Path) -> str:
    """``team-risk → data-eng``: the groups between; "directly" without any, "owner" where it is owned."""
    through = " → ".join(path.chain) or "directly"
    return f"{through}, as owner" if path.held.privilege == OWNER else through
