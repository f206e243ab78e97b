"""The shortest cut: the fewest removals that end somebody's access. Access is taken away when in every way to it one need is
met by nothing any more; the fewest removals for that are a minimum cut (Menger's theorem) between the principal and what
would meet it, through the groups it is in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from agents.detectors.reach import OWNER, Estate, Held, Need, Right, principal
from spelling import EVERYBODY

MANY = 1 << 30  # what cannot be removed: everybody is in the group of everybody


@dataclass(frozen=True)
class Leave:
    """``member`` (a principal or a group) is taken out of ``group``."""

    member: str
    group: str


Removal = Held | Leave
Node = tuple[Literal["who", "held", "end"], object]
END: Node = ("end", "")


def shortest_cut(
    estate: Estate, one: str, place: str, right: Right, leaving: bool = True, sparing: bool = False
) -> tuple[Removal, ...]:
    """The fewest removals after which ``one`` has no ``right`` on ``place`` (both folded); none where it has none now. Of
    equally few, those that fewest others lose something by, then those nearest to the object. Without ``leaving`` nobody is
    taken out of a group; ``sparing`` takes nothing away that everybody holds, where there is another cut."""
    if not estate.has(one, place, right):
        return ()
    needs = [frozenset[Held]().union(*chosen) for chosen in product(*estate.ways(place, right))]
    spared = [need for need in needs if all(principal(held.grantee) not in EVERYBODY for held in need)]
    cuts = [_minimum(estate, one, needed, leaving) for needed in (sparing and spared) or needs]
    return min(cuts, key=lambda cut: (len(cut), sum(estate.behind(_loses(one)) for one in cut), -sum(map(_depth, cut))))


def _depth(removal: Removal) -> int:
    """How near to the object: what is removed there concerns nothing else."""
    return removal.place.count(".") if isinstance(removal, Held) else 0


def _loses(removal: Removal) -> str:
    """Whom a removal takes something from, also besides the one whose access is to end."""
    return principal(removal.grantee) if isinstance(removal, Held) else removal.member


def without(estate: Estate, removals: Iterable[Removal]) -> Estate:
    """The estate after ``removals``."""
    gone = set(removals)
    left = [one for rows in estate.held.values() for one in rows if one not in gone]
    direct = {
        group: frozenset(one for one in members if Leave(one, group) not in gone)
        for group, members in estate.members.direct.items()
    }
    people = estate.members.people | frozenset(one.member for one in gone if isinstance(one, Leave))
    return Estate(left, estate.kinds, replace(estate.members, direct=direct, people=people - direct.keys()))


def _minimum(estate: Estate, one: str, needed: Need, leaving: bool) -> tuple[Removal, ...]:
    """The minimum cut between ``one`` and every grant of ``needed``, by as many disjoint paths (Edmonds and Karp)."""
    room = _edges(estate, one, needed, leaving)
    while (path := _augmenting(room, ("who", one))) is not None:
        for a, b in path:
            room[a][b] -= 1
            room[b][a] = room[b].get(a, 0) + 1
    side = _reached(room, ("who", one))
    return tuple(sorted(_crossing(estate, one, needed, leaving, side), key=str))


def _edges(estate: Estate, one: str, needed: Need, leaving: bool) -> dict[Node, dict[Node, int]]:
    """Capacities: one for each membership and each grant."""
    room: dict[Node, dict[Node, int]] = {END: {}}
    mine = estate.identities(one)
    for who in mine:
        to = room.setdefault(("who", who), {})
        for group in estate.parents.get(who, frozenset()):
            to["who", group] = 1 if leaving else MANY
        if who == one and "account users" in mine and who != "account users":
            to["who", "account users"] = MANY
    for held in needed:
        if principal(held.grantee) in mine:
            room["who", principal(held.grantee)]["held", held] = MANY
            room["held", held] = {END: 1}
    return room


def _augmenting(room: dict[Node, dict[Node, int]], start: Node) -> list[tuple[Node, Node]] | None:
    came: dict[Node, Node] = {}
    ahead = deque([start])
    while ahead:
        at = ahead.popleft()
        for to, left in room[at].items():
            if left > 0 and to not in came and to != start:
                came[to] = at
                if to == END:
                    steps = []
                    while to != start:
                        steps.append((came[to], to))
                        to = came[to]
                    return steps
                ahead.append(to)
    return None


def _reached(room: dict[Node, dict[Node, int]], start: Node) -> set[Node]:
    found, ahead = {start}, [start]
    while ahead:
        for to, left in room[ahead.pop()].items():
            if left > 0 and to not in found:
                found.add(to)
                ahead.append(to)
    return found


def _crossing(estate: Estate, one: str, needed: Need, leaving: bool, side: set[Node]) -> Iterable[Removal]:
    """The edges that lead out of ``side``, as removals."""
    for at, ends in _edges(estate, one, needed, leaving).items():
        for to, room in ends.items():
            if at in side and to not in side and room == 1:
                held = at[1]
                yield held if isinstance(held, Held) else Leave(str(at[1]), str(to[1]))


def said(removal: Removal) -> str:
    """A removal in words."""
    if isinstance(removal, Leave):
        return f"take {removal.member} out of {removal.group}"
    if removal.privilege == OWNER:
        return f"hand over the ownership of {removal.place or 'the metastore'}"
    return f"revoke {removal.privilege.replace('_', ' ')} on {removal.place} from {removal.grantee}"
