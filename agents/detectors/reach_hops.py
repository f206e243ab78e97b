"""The paths to an object, or of somebody, as what leads to what: people to groups, groups to groups, grants to places. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from agents.detectors.reach import METASTORE, RIGHTS, Estate, Held, is_identity, places_of, principal
from spelling import EVERYBODY, folded

NODES = ["key", "name", "kind", "many", "is_root"]
EDGES = ["start", "end", "says", "is_everybodys"]
PEOPLE = "people"  # several people and services at once
FEW, WIDEST = 12, 12  # people that are drawn one by one; places of somebody


@dataclass
class _Hops:
    """``many`` of a node: how many people and services are behind it; of places none are counted."""

    estate: Estate
    nodes: dict[str, tuple[str | None, str, int, bool]] = field(default_factory=dict)
    edges: dict[tuple[str, str], str] = field(default_factory=dict)

    def grantee(self, one: str, root: bool = False) -> str:
        """The node of a person, service or group (folded)."""
        group = one in self.estate.groups or (one in self.estate.unknown_groups and not is_identity(one))
        self.nodes.setdefault(one, (one, "group" if group else "person", self.estate.behind(one), root))
        return one

    def place(self, name: str, root: bool = False) -> str:
        """The node of a place, by the name that the catalog spells."""
        key = f"place/{folded(name)}"
        kind = self.estate.kinds.get(folded(name), "metastore" if name == METASTORE else "table")
        self.nodes.setdefault(key, (name or None, kind, 0, root))
        return key

    def people(self, many: int, end: str, says: str) -> None:
        """``many`` people and services that lead to ``end``, as one node."""
        self.nodes[f"{PEOPLE}/{end}"] = (None, PEOPLE, many, False)
        self.edges[f"{PEOPLE}/{end}", end] = says

    def frames(self) -> Mapping[str, pd.DataFrame]:
        """``hop_nodes`` (:data:`NODES`) and ``hop_edges`` (:data:`EDGES`), what weighs most first."""
        nodes = [(key, *one) for key, one in self.nodes.items()]
        edges = [(a, b, says, principal(a) in EVERYBODY) for (a, b), says in self.edges.items()]
        return {"hop_nodes": pd.DataFrame(nodes, columns=NODES), "hop_edges": pd.DataFrame(edges, columns=EDGES)}


def hops_to(estate: Estate, place: str) -> Mapping[str, pd.DataFrame]:
    """Who comes to ``place`` (folded): its grants and those above it that bring a right, who is in the groups that hold them."""
    made = _Hops(estate)
    bringing = {held for right in RIGHTS for way in estate.ways(place, right) for held in way[-1]}
    spots = [spot for spot in (METASTORE, *places_of(place)) if any(folded(one.place) == spot for one in bringing)]
    made.place(place, root=True)
    for spot in reversed(spots):
        _given(made, spot, [one for one in bringing if folded(one.place) == spot])
    for spot, below in zip(spots, [*spots[1:], place], strict=True):
        if spot != place:
            made.edges[made.place(spot), made.place(below)] = "holds for all in it"
    return made.frames()


def _given(made: _Hops, spot: str, held: Iterable[Held]) -> None:
    """The grants on ``spot`` and who holds them: few people by name, more as one node, groups with who is in them."""
    by: dict[str, set[str]] = {}
    for grant in held:
        by.setdefault(principal(grant.grantee), set()).add(grant.privilege.replace("_", " "))
    end = made.place(spot)
    named = [one for one in sorted(by) if one not in made.estate.groups and one not in made.estate.unknown_groups]
    for one in sorted(by, key=lambda one: (one not in EVERYBODY, -made.estate.behind(one), one)):
        if one not in named or len(named) <= FEW:
            made.edges[made.grantee(one), end] = ", ".join(sorted(by[one]))
            _inside(made, one)
    if len(named) > FEW:
        said = ", ".join(sorted({privilege for one in named for privilege in by[one]}))
        made.people(len(named), end, f"{said}, each by name")


def _inside(made: _Hops, group: str) -> None:
    """Who is in ``group``, at any depth: groups by name, people and services counted."""
    ahead, seen = [group], {group}
    for at in ahead:
        inside = made.estate.members.direct.get(at, frozenset())
        groups = sorted(one for one in inside if one in made.estate.members.direct)
        if people := len(inside) - len(groups):
            made.people(people, at, "are in it")
        for one in groups:
            made.edges[made.grantee(one), at] = "is in it"
        ahead += [one for one in groups if one not in seen]
        seen |= {*groups}


def hops_of(estate: Estate, who: str, found: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """What ``who`` comes to, by the rows of :func:`agents.detectors.reach_frames.reached_by`: the groups on the way, and the
    places that open most."""
    made, mine = _Hops(estate), estate.identities(who)
    made.grantee(who, root=True)
    given: dict[tuple[str, str], set[str]] = {}
    spots = list(dict.fromkeys("" if one is None else folded(one) for one in found["place"]))[:WIDEST]
    brought = set(zip(found["place"].map(lambda one: folded(one or "")), found["privilege"], strict=True))
    for spot in spots:
        for held in estate.held.get(spot, ()):
            one, privilege = principal(held.grantee), held.privilege.replace("_", " ")
            if one in mine and (spot, privilege) in brought:
                given.setdefault((one, spot), set()).add(privilege)
    _upwards(made, who, {one for one, _ in given})
    for (one, spot), privileges in given.items():
        made.edges[made.grantee(one), made.place(spot)] = ", ".join(sorted(privileges))
    return made.frames()


def _upwards(made: _Hops, who: str, wanted: set[str]) -> None:
    """The memberships by which ``who`` is in the groups that are ``wanted``."""
    parents = {one: made.estate.parents.get(one, frozenset()) for one in made.estate.identities(who)}
    leads, before = set(wanted), set[str]()
    while leads != before:
        before = set(leads)
        leads |= {one for one, groups in parents.items() if groups & before}
    ahead, seen = [who], {who}
    for at in ahead:
        for group in sorted(parents.get(at, frozenset()) & leads):
            made.edges[made.grantee(at), made.grantee(group)] = "is in it"
            ahead += [group] if group not in seen else []
            seen.add(group)
    if "account users" in wanted and who not in EVERYBODY:
        made.edges[who, made.grantee("account users")] = "is in it"
