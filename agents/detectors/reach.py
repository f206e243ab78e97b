"""Who can reach what in Unity Catalog. Pure: grants, owners and groups in, people and objects out.

The rules, by the documentation of Unity Catalog: what is granted on a catalog or schema holds for everything in it; nothing
is read or written without USE CATALOG and USE SCHEMA; MODIFY does not read, and writes only where SELECT is held as well; ALL
PRIVILEGES brings everything but MANAGE; an owner has every right on the object itself and may grant rights on what is in it, but
does not hold them; MANAGE and ownership need the USE of what is above only, because the rest can be given to oneself.
Workspace bindings, policies on tags, masks and filters are not in these rules: they only take away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from spelling import EVERYBODY, folded

Right = Literal["read", "write", "manage"]
RIGHTS: tuple[Right, ...] = ("read", "write", "manage")
OWNER, MANAGE, ALL = "OWNER", "MANAGE", "ALL_PRIVILEGES"
METASTORE = ""  # the place above all catalogs
# What reads and what writes an object of a kind; nothing writes a function.
READS: Mapping[str, str] = {"volume": "READ_VOLUME", "function": "EXECUTE"}
WRITES: Mapping[str, tuple[str, ...]] = {"volume": ("WRITE_VOLUME",), "function": ()}


@dataclass(frozen=True)
class Held:
    """A privilege (:data:`OWNER` for ownership) of a grantee on a place, its full name as the catalog spells it."""

    grantee: str
    place: str
    privilege: str


@dataclass(frozen=True)
class Members:
    """``direct`` has who is directly in each group whose members are known, ``people`` every person and service that is known
    to exist; all in folded names. In a group are people, services and groups. ``names`` has how the directory spells each of
    them that is the only one of its name."""

    direct: Mapping[str, frozenset[str]] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """A word that is another where anything differs: what is worked out is kept by it."""
        told = [*sorted(self.people), *(f"{group}<{sorted(inside)}" for group, inside in sorted(self.direct.items()))]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


Need = frozenset[Held]  # any of these will do
Way = tuple[Need, ...]  # all of these are needed


def spelt(privilege: str) -> str:
    """``privilege`` in one spelling: ``ALL PRIVILEGES`` and ``ALL_PRIVILEGES`` are one."""
    return "_".join(privilege.upper().split())


def principal(name: str) -> str:
    """The one name by which ``name`` is compared: capitals make no other principal, and everybody has one name."""
    known = folded(name)
    return "account users" if known in EVERYBODY else known


def places_of(place: str) -> tuple[str, ...]:
    """The places whose grants hold in ``place``, from its catalog down to itself."""
    parts = place.split(".")
    return tuple(".".join(parts[:n]) for n in range(1, len(parts) + 1))


class Estate:
    """Everything that is held on everything. ``kinds`` has the kind of each place by its folded full name: catalog, schema,
    table, view, volume, function. A catalog or schema is reached when all of its tables are."""

    def __init__(self, held: Iterable[Held], kinds: Mapping[str, str], members: Members) -> None:
        self.kinds, self.members = kinds, members
        self.held: dict[str, list[Held]] = {}
        for one in held:
            self.held.setdefault(folded(one.place), []).append(one)
        self.grantees = {principal(one.grantee): one.grantee for rows in self.held.values() for one in rows}

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups that are known, and that of everybody."""
        return frozenset({*self.members.direct, "account users"})

    @cached_property
    def principals(self) -> tuple[str, ...]:
        """Who can reach something: people and services that the directory knows or a grant names, and groups whose members
        are not known. Each stands for one bit of the sets below."""
        inside = {one for members in self.members.direct.values() for one in members}
        return tuple(sorted((self.members.people | self.grantees.keys() | inside) - self.groups))

    @cached_property
    def unknown_groups(self) -> tuple[str, ...]:
        """Grantees that are no person or service, and whose members nobody could tell."""
        named = self.grantees.keys() - self.groups - self.members.people
        return tuple(sorted(one for one in named if not is_identity(one)))

    @cached_property
    def parents(self) -> Mapping[str, frozenset[str]]:
        """The groups that each person, service or group is directly in, but that of everybody."""
        found: dict[str, set[str]] = {}
        for group, members in self.members.direct.items():
            for one in members:
                found.setdefault(one, set()).add(group)
        return {one: frozenset(groups) for one, groups in found.items()}

    def everybodys(self, one: str) -> bool:
        """Whether ``one`` is in the group of everybody."""
        return one in self.principals_bits and one not in self.unknown_groups

    @cached_property
    def principals_bits(self) -> Mapping[str, int]:
        """The bit of each principal."""
        return {one: 1 << n for n, one in enumerate(self.principals)}

    @cached_property
    def _behind(self) -> Mapping[str, int]:
        """The principals behind each grantee: itself, or everybody in a group, at any depth."""
        bits = self.principals_bits
        found = dict(bits) | dict.fromkeys(self.members.direct, 0)
        found["account users"] = sum(bits[one] for one in bits if one not in set(self.unknown_groups))
        changed = True
        while changed:  # as often as groups are nested; groups within each other end it as well
            changed = False
            for group, members in self.members.direct.items():
                now = found[group]
                for one in members:
                    now |= found.get(one, 0)
                changed, found[group] = changed or now != found[group], now
        return found

    def ways(self, place: str, right: Right) -> tuple[Way, ...]:
        """The ways to ``right`` on ``place`` (folded): each is what is needed at once."""
        spots = places_of(place)
        uses = [self._any(spots[:n], f"USE_{level}") for n, level in ((1, "CATALOG"), (2, "SCHEMA")) if n <= len(spots)]
        if right == "manage":
            above = [(METASTORE, ()), *((spot, tuple(uses[:n])) for n, spot in enumerate(spots))]
            return tuple((*needs, self._at(spot, (OWNER, MANAGE))) for spot, needs in above)
        kind = self.kinds.get(place, "table")
        reads, writes = READS.get(kind, "SELECT"), WRITES.get(kind, ("SELECT", "MODIFY"))
        wanted = (reads,) if right == "read" else writes
        return ((*uses, *(self._any(spots, one) for one in wanted)),) if wanted else ()

    def reaching(self, place: str, right: Right = "read") -> int:
        """The bits of those who have ``right`` on ``place`` (folded)."""
        found = 0
        for way in self.ways(place, right):
            both = -1
            for need in way:
                both &= self.having(need)
            found |= both
        return found

    def named(self, bits: int) -> Iterator[str]:
        """The principals of ``bits``, in order."""
        while bits:
            low = bits & -bits
            yield self.principals[low.bit_length() - 1]
            bits ^= low

    def has(self, one: str, place: str, right: Right = "read") -> bool:
        """Whether ``one``, a principal or a group, has ``right`` on ``place``: somebody in no other group would."""
        mine = self.identities(one)
        return any(
            all(any(principal(h.grantee) in mine for h in need) for need in way) for way in self.ways(place, right)
        )

    def identities(self, one: str) -> frozenset[str]:
        """``one`` and every group that it is in, at any depth."""
        found, ahead = {one}, [one]
        while ahead:
            for group in self.parents.get(ahead.pop(), frozenset()) - found:
                found.add(group)
                ahead.append(group)
        return frozenset({*found, "account users"} if self.everybodys(one) else found)

    def behind(self, one: str) -> int:
        """How many people, services and unknown groups are behind a grantee: one, or all in a group, at any depth."""
        return self._behind.get(one, 0).bit_count()

    def having(self, need: Need) -> int:
        """The bits of those who meet ``need``."""
        found = 0
        for one in need:
            found |= self._behind.get(principal(one.grantee), 0)
        return found

    def _any(self, spots: tuple[str, ...], privilege: str) -> Need:
        """What brings ``privilege`` on the last of ``spots``: granted on any of them, or its ownership."""
        own = self._at(spots[-1], (OWNER,))
        return own.union(*(self._at(spot, (privilege, ALL)) for spot in spots))

    def _at(self, spot: str, privileges: tuple[str, ...]) -> Need:
        return frozenset(one for one in self.held.get(spot, ()) if one.privilege in privileges)


def is_identity(name: str) -> bool:
    """Whether a grantee (folded) is a person or a service by its form: an address, or an application id."""
    parts = name.split("-")
    hexadecimal = len(parts) == 5 and len(name) == 36 and all(c in "0123456789abcdef-" for c in name)
    return "@" in name or hexadecimal
