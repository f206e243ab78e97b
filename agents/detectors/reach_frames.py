"""Reach as frames: who reaches an object and what somebody reaches, each with its path and the shortest cut; how wide every
schema is open; and which grants are broad. Pure: rows of ``governanceops.grants`` and what the directory knows in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pandas as pd

from agents.detectors.reach import (
    ALL,
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
from agents.detectors.reach_cut import Leave, shortest_cut
from agents.detectors.reach_hops import hops_of, hops_to
from agents.detectors.reach_paths import Path, paths
from agents.detectors.reach_rows import ABLE, PATHS, REVOCABLE, leaving, row_of, why_of
from spelling import EVERYBODY, folded

MOST, CUTS = 500, 150  # paths that are listed; principals whose shortest cut is worked out
LARGE = 25  # people and services from which a group is a large one
# How somebody comes to read something, the widest first.
AUDIENCES = ("everybody", "large group", "small group", "person", "service", "group of unknown members")
OPEN = ["catalog", "schema", "audience", "principals"]


@dataclass(frozen=True)
class Asked:
    """What is looked at: ``place``, a securable by its folded full name, or ``who``; ``like`` are names that what was typed is
    part of, where it is none itself."""

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


def wide(frames: Mapping[str, pd.DataFrame], members: Members) -> Mapping[str, pd.DataFrame]:
    """``frames`` with what is said of every grant: ``coverage``, ``broad`` and ``openness``; as they are without ``grants``."""
    if (grants := frames.get("grants")) is None:
        return frames
    estate = estate_of(grants, members)
    told = {"coverage": coverage(estate, grants), "broad": broad(estate, grants), "openness": openness(estate)}
    return {**frames, **told}


def reached(frames: Mapping[str, pd.DataFrame], members: Members, typed: str) -> Mapping[str, pd.DataFrame]:
    """The frames of what ``typed`` names (:func:`reach_asked`), and ``coverage``."""
    grants = frames["grants"]
    estate = estate_of(grants, members)
    return {"coverage": coverage(estate, grants)} | reach_asked(estate, typed, broad(estate, grants))


def reach_asked(estate: Estate, typed: str, broadest: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The frames of what ``typed`` names, else of the broadest grant's securable: ``asked`` (one row: typed, place, who, like,
    and for each right how many it is held by, or on), ``reached`` (:data:`PATHS`) and the hops of these paths."""
    of = asked(estate, typed)
    if not typed.strip() and len(broadest):
        of = Asked(place=folded(broadest["place"].iloc[0]))
    if of.who:
        bit = estate.principals_bits.get(of.who)
        leaves = [place for place in estate.kinds if place.count(".") == 2]
        counts = {
            right: sum(
                bool(estate.reaching(one, right) & bit) if bit else estate.has(of.who, one, right) for one in leaves
            )
            for right in RIGHTS
        }
        found = reached_by(estate, of.who)
        hops = hops_of(estate, of.who, found)
    elif of.like or not of.place:
        counts, found, hops = dict.fromkeys(RIGHTS, 0), pd.DataFrame(columns=PATHS), {}
    else:
        counts = {right: estate.reaching(of.place, right).bit_count() for right in RIGHTS}
        found, hops = who_reaches(estate, of.place), hops_to(estate, of.place)
    told = {"typed": typed, "place": of.place, "who": of.who, "like": ", ".join(of.like)} | counts
    return {"asked": pd.DataFrame([told]), "reached": found, **hops}


def who_reaches(estate: Estate, place: str) -> pd.DataFrame:
    """Every path by which anybody reaches ``place``, and every grant that leads nowhere, as :data:`PATHS`: a principal's first
    row for a right has the shortest cut. What everybody may is one row, not one of each. Those who may do most come first."""
    reaching = {right: estate.reaching(place, right) for right in RIGHTS}
    named = {one for bits in reaching.values() for one in estate.named(bits)}
    named |= {
        one for one in (principal(h.grantee) for h in estate.held.get(place, ())) if one in estate.principals_bits
    }
    rank = {one: sum(bool(bits & estate.principals_bits[one]) for bits in reaching.values()) for one in named}
    order = ["account users", *sorted(named, key=lambda one: (-rank[one], one))]
    rows = (row for n, one in enumerate(order) for row in _rows(estate, one, place, n <= CUTS))
    return pd.DataFrame(list(islice(rows, MOST)), columns=PATHS, dtype=object)


def _rows(estate: Estate, one: str, place: str, cutting: bool) -> Iterator[dict[str, Any]]:
    """The paths of ``one`` to each right, the first of each with its cut."""
    for right in RIGHTS:
        every = [path for path in paths(estate, one, place, right) if _brings(path.held, right)]
        own = [
            _for_those_who_enter(estate, path, place, right) for path in every if path.chain[:1] != ("account users",)
        ]
        cut = shortest_cut(estate, one, place, right, sparing=True) if cutting and own else ()
        for n, path in enumerate(own):
            yield row_of(path, right, cut if n == 0 else (), len(every), estate)


def _for_those_who_enter(estate: Estate, path: Path, place: str, right: Right) -> Path:
    """What everybody holds leads somewhere for those who may use what is above through other groups."""
    enters = path.principal == "account users" and path.lacks and estate.reaching(place, right)
    return replace(path, lacks=()) if enters else path


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
                    first = path.chain[0] if path.chain else None
                    out = leaving(Leave(who, first) if first else None, why_of(path, right, 1), None, estate)
                    rows.append(row_of(path, right, (), 1, estate) | out | {"objects": opens})
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
    public = given["grantee"].map(lambda one: principal(one) in EVERYBODY).astype(bool)  # of no rows it stays text
    wide = public & ~given["privilege"].str.startswith(("USE_", "BROWSE"))
    found = given[wide | given["privilege"].isin([ALL, MANAGE])].copy()
    leaves = [place for place in estate.kinds if place.count(".") == 2]
    found["principals"] = [estate.behind(principal(one)) for one in found["grantee"]]
    found["objects"] = [
        sum(leaf == one or leaf.startswith(f"{one}.") for leaf in leaves) for one in map(folded, found["place"])
    ]
    found["cause"] = [
        _cause(one, privilege) for one, privilege in zip(found["grantee"], found["privilege"], strict=True)
    ]
    able = found["kind"].isin(ABLE) & found["privilege"].isin(REVOCABLE)
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


def coverage(estate: Estate, grants: pd.DataFrame) -> pd.DataFrame:
    """One row: how many ``grants`` there are, ``groups`` that hold something, of how many the members are ``known``, and the
    ``unknown`` ones by name."""
    named = {
        one
        for one in estate.grantees
        if not is_identity(one) and one not in EVERYBODY and one not in estate.members.people
    }
    unknown = sorted(named - estate.groups)
    told = {"groups": len(named), "known": len(named) - len(unknown), "unknown": ", ".join(unknown)}
    return pd.DataFrame([told | {"grants": int((grants["privilege"] != OWNER).sum())}])
