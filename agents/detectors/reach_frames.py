"""Reach as frames: who reaches an object and what somebody reaches, each with its path and the shortest cut; how wide every
schema is open; and which grants are broad. Pure: rows of ``governanceops.grants`` and what the directory knows in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from agents.detectors.reach import (
    ALL,
    EVERYBODY,
    MANAGE,
    OWNER,
    RIGHTS,
    Estate,
    Held,
    Members,
    Right,
    is_identity,
    principal,
)
from agents.detectors.reach_cut import Removal, said, shortest_cut
from agents.detectors.reach_paths import Path, paths, words
from spelling import folded

MOST, CUTS = 500, 150  # paths that are listed; principals whose shortest cut is worked out
LARGE = 25  # people and services from which a group is a large one
PATHS = [
    "who",
    "right",
    "through",
    "level",
    "place",
    "table_full_name",
    "privilege",
    "lacks",
    "cut",
    "act",
    "params",
    "why",
    "propose",
]
# How somebody comes to read something, the widest first.
AUDIENCES = ("everybody", "large group", "small group", "person", "service", "group of unknown members")
OPEN = ["catalog", "schema", "audience", "principals"]
REVOCABLE = {"SELECT", "MODIFY", ALL, MANAGE}  # of what stands on a table


@dataclass(frozen=True)
class Asked:
    """What is looked at: ``place``, a securable by its folded full name, or ``who``; ``like`` are names that what was typed is part of where it is none itself."""

    place: str = ""
    who: str = ""
    like: tuple[str, ...] = ()


def estate_of(grants: pd.DataFrame, members: Members) -> Estate:
    """The estate of the rows of ``governanceops.grants``."""
    rows = list(zip(grants["grantee"], grants["place"], grants["privilege"], grants["kind"], strict=True))
    kinds = {folded(place): str(kind) for _, place, privilege, kind in rows if privilege == OWNER}
    kinds = {folded(place): str(kind) for _, place, _, kind in rows} | kinds
    return Estate((Held(*row[:3]) for row in rows), kinds, members)


def asked(estate: Estate, typed: str) -> Asked:
    """What ``typed`` names: an object by its full name, a person, service or group; else what it is a part of."""
    name = folded(typed)
    if not name or name in estate.kinds:
        return Asked(place=name)
    if principal(name) in {*estate.principals, *estate.groups}:
        return Asked(who=principal(name))
    every = [*estate.kinds, *estate.principals, *sorted(estate.groups)]
    return Asked(like=tuple([one for one in every if name in one][:8]))


def who_reaches(estate: Estate, place: str) -> pd.DataFrame:
    """Every path by which anybody reaches ``place``, and every grant that leads nowhere, as :data:`PATHS`: a principal's first
    row has the shortest cut. Those who may do most come first."""
    reaching = {right: estate.reaching(place, right) for right in RIGHTS}
    every = sorted({one for bits in reaching.values() for one in estate.named(bits)} | _trying(estate, place))
    order = sorted(
        every, key=lambda one: (-sum(bool(reaching[r] & estate.principals_bits.get(one, 0)) for r in RIGHTS), one)
    )
    return _frame(
        row for one in order for right in RIGHTS for row in _rows(estate, one, place, right, order.index(one) < CUTS)
    )


def _trying(estate: Estate, place: str) -> set[str]:
    """Who holds something directly on ``place``, whether or not it leads there."""
    held = {principal(one.grantee) for one in estate.held.get(place, ())}
    return {one for one in held if one in estate.principals_bits}


def _rows(estate: Estate, one: str, place: str, right: Right, cutting: bool) -> Iterator[dict[str, Any]]:
    """The paths of ``one`` to ``right``, the first with its cut; one that only lacks the right below it is not said twice."""
    found = paths(estate, one, place, right)
    cut = shortest_cut(estate, one, place, right) if cutting and found else ()
    for n, path in enumerate(found):
        yield _row(path, right, cut if n == 0 else (), len(found), estate.kinds)


def _row(path: Path, right: str, cut: tuple[Removal, ...], many: int, kinds: Any) -> dict[str, Any]:
    held, told = path.held, "; ".join(said(one) for one in cut) or None
    table = kinds.get(folded(held.place)) in ("table", "view")
    able = table and held.privilege in REVOCABLE
    why = f"{path.principal} has {right} by {many} path{'' if many == 1 else 's'}, this one {words(path)}."
    return {
        "who": path.principal,
        "right": right,
        "through": words(path),
        "level": path.level,
        "place": held.place,
        "table_full_name": held.place if table else None,
        "privilege": held.privilege.replace("_", " "),
        "lacks": ", ".join(path.lacks) or None,
        "cut": told,
        "act": "grant.revoke" if able else None,
        "params": {"principal": held.grantee, "privileges": [held.privilege]} if able else None,
        "why": why + (f" The shortest cut: {told}." if told else "") if able else None,
        "propose": "Propose revoke" if able else None,
    }


def _frame(rows: Iterator[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=PATHS, dtype=object)


def reached_by(estate: Estate, who: str) -> pd.DataFrame:
    """What ``who``, a person, service or group, reaches: a row of :data:`PATHS` and ``objects`` (how many tables, views, volumes
    and functions it opens) for each grant and ownership that brings a right, the widest first."""
    mine = estate.identities(who)
    leaves = [place for place in estate.kinds if place.count(".") == 2]
    rows = []
    for place, held in estate.held.items():
        own = [one for one in held if principal(one.grantee) in mine]
        for right in RIGHTS if own else ():
            for path in paths(estate, who, place, right):
                if folded(path.held.place) == place and path.held in own and _brings(path.held, right):
                    below = [leaf for leaf in leaves if leaf == place or leaf.startswith(f"{place}.")]
                    opens = (
                        sum(estate.has(who, leaf, right) for leaf in below) if not path.lacks or len(below) > 1 else 0
                    )
                    rows.append(_row(path, right, (), 1, estate.kinds) | {"objects": opens})
    found = pd.DataFrame(rows, columns=[*PATHS, "objects"], dtype=object)
    return found.sort_values(
        ["objects", "place", "right"], ascending=[False, True, True], kind="stable", ignore_index=True
    )


def _brings(held: Held, right: Right) -> bool:
    """Whether this is named under ``right``: ownership and ALL PRIVILEGES once, under the most that they bring."""
    return {OWNER: "manage", MANAGE: "manage", ALL: "write", "MODIFY": "write"}.get(held.privilege, "read") == right


def openness(estate: Estate) -> pd.DataFrame:
    """How many people and services really read something in each schema, as :data:`OPEN`: each is counted once in a schema, by
    the widest of the ways it comes in (:data:`AUDIENCES`)."""
    below: dict[str, list[str]] = {}
    for place in estate.kinds:
        if place.count(".") == 2:
            below.setdefault(place.rpartition(".")[0], []).append(place)
    rows = []
    for schema, leaves in sorted(below.items()):
        by = dict.fromkeys(AUDIENCES, 0)
        for leaf in leaves:
            (*uses, last), *_ = estate.ways(leaf, "read")
            enters = -1
            for need in uses:
                enters &= estate.having(need)
            for held in last:
                by[_audience(estate, held)] |= enters & estate.having(frozenset({held}))
        seen = 0
        for audience in AUDIENCES:
            if new := by[audience] & ~seen:
                rows.append((schema.partition(".")[0], schema, audience, new.bit_count()))
            seen |= by[audience]
    return pd.DataFrame(rows, columns=OPEN)


def _audience(estate: Estate, held: Held) -> str:
    one = principal(held.grantee)
    if one in EVERYBODY:
        return "everybody"
    if one in estate.groups:
        return "large group" if estate.behind(one) >= LARGE else "small group"
    if one in estate.unknown_groups:
        return "group of unknown members"
    return "person" if "@" in one or not is_identity(one) else "service"


def broad(estate: Estate, grants: pd.DataFrame) -> pd.DataFrame:
    """The grants that are broad: to everybody, of ALL PRIVILEGES, or of MANAGE; with how many principals are behind each
    (``principals``), what it opens (``objects``) and why it is broad. USE alone opens nothing and is no broad grant."""
    given = grants[grants["privilege"] != OWNER]
    wide = given["grantee"].map(lambda one: principal(one) in EVERYBODY) & ~given["privilege"].str.startswith(
        ("USE_", "BROWSE")
    )
    found = given[wide | given["privilege"].isin([ALL, MANAGE])].copy()
    leaves = [place for place in estate.kinds if place.count(".") == 2]
    found["principals"] = [estate.behind(principal(one)) for one in found["grantee"]]
    found["objects"] = [
        sum(leaf == one or leaf.startswith(f"{one}.") for leaf in leaves) for one in map(folded, found["place"])
    ]
    found["cause"] = [
        _cause(one, privilege) for one, privilege in zip(found["grantee"], found["privilege"], strict=True)
    ]
    table = found["table_full_name"].notna()
    able = table & found["privilege"].isin(REVOCABLE)
    found["act"] = pd.Series(["grant.revoke" if one else None for one in able], found.index, dtype=object)
    found["params"] = pd.Series(
        [{"principal": one, "privileges": [p]} for one, p in zip(found["grantee"], found["privilege"], strict=True)],
        found.index,
        dtype=object,
    )
    found["why"] = "It is broad: " + found["cause"].astype(str) + "."
    found["propose"] = pd.Series(["Propose revoke" if one else None for one in able], found.index, dtype=object)
    found["privilege"] = found["privilege"].str.replace("_", " ")
    return found.sort_values(["principals", "objects", "place"], ascending=[False, False, True], ignore_index=True)


def _cause(grantee: str, privilege: str) -> str:
    said_ = ["everybody in the account"] if principal(grantee) in EVERYBODY else []
    said_ += {ALL: ["all privileges"], MANAGE: ["may give rights to anybody"]}.get(privilege, [])
    return ", ".join(said_)


def coverage(estate: Estate) -> pd.DataFrame:
    """``groups`` that hold something, of how many the members are ``known``, and the ``unknown`` ones by name."""
    named = {
        one
        for one in estate.grantees
        if not is_identity(one) and one not in EVERYBODY and one not in estate.members.people
    }
    unknown = sorted(named - estate.groups)
    return pd.DataFrame({"groups": [len(named)], "known": [len(named) - len(unknown)], "unknown": [", ".join(unknown)]})
