"""Who can make themselves stronger: whoever manages or owns something may give rights on it to anybody, themselves included. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from agents.detectors.reach import MANAGE, METASTORE, OWNER, Estate, Held, Members, places_of, principal
from agents.detectors.reach_frames import coverage, estate_of
from agents.detectors.reach_rows import ABLE
from spelling import folded

COLUMNS = ["who", "privilege", "place", "kind", "people", "objects", "way", "act", "params", "why", "propose"]
WAYS = {OWNER: "owns it and may give rights on what is in it", MANAGE: "may give rights on it to anybody"}


def able_to(frames: Mapping[str, pd.DataFrame], members: Members) -> Mapping[str, pd.DataFrame]:
    """``frames`` with ``stronger`` and ``coverage``, of the rows of ``governanceops.grants``."""
    estate = estate_of(frames["grants"], members)
    return {**frames, "stronger": stronger(estate), "coverage": coverage(estate, frames["grants"])}


def stronger(estate: Estate) -> pd.DataFrame:
    """One row of :data:`COLUMNS` for each MANAGE and ownership by which somebody can give themselves the reading of what they do
    not read now: how many ``people`` and services (each once, at any depth of groups), and of how many ``objects``; widest first,
    and not what lies within a wider one of the same holder. Who lacks the USE of what is above can give themselves nothing."""
    leaves = [place for place in estate.kinds if place.count(".") == 2]
    reading = {leaf: estate.reaching(leaf) for leaf in leaves}
    below: dict[str, list[str]] = {METASTORE: leaves}
    for leaf in leaves:
        catalog, schema = leaf.split(".")[0], leaf.rpartition(".")[0]
        for place in (catalog, schema, leaf):
            below.setdefault(place, []).append(leaf)
    rows = []
    for place, every in estate.held.items():
        for held in every:
            if held.privilege in WAYS:
                able, gained, objects = _able(estate, held), 0, 0
                for leaf in below.get(place, []) if able else []:
                    new = able & ~reading[leaf]
                    gained, objects = gained | new, objects + bool(new)
                if gained:
                    rows.append(_row(estate, held, gained.bit_count(), objects))
    wider = {(str(row["who"]), folded(str(row["place"] or METASTORE))) for row in rows}
    rows = [row for row in rows if not any((str(row["who"]), spot) in wider for spot in _above(row["place"]))]
    found = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return found.sort_values(
        ["people", "objects", "place", "who"],
        ascending=[False, False, True, True],
        ignore_index=True,
        na_position="first",
    )


def _above(place: object) -> tuple[str, ...]:
    """The places that ``place`` is in: who has all of one needs no further way into it."""
    return () if place is None else (METASTORE, *places_of(folded(str(place)))[:-1])


def _able(estate: Estate, held: Held) -> int:
    """The bits of those who hold it and may use what is above it."""
    place = folded(held.place)
    able = estate.having(frozenset({held}))
    for way in estate.ways(place, "manage"):
        *uses, last = way
        if held in last:
            for need in uses:
                able &= estate.having(need)
    return able


def _row(estate: Estate, held: Held, people: int, objects: int) -> dict[str, object]:
    kind = estate.kinds.get(folded(held.place))
    able = held.privilege == MANAGE and kind in ABLE
    who = principal(held.grantee)
    return {
        "who": who,
        "privilege": held.privilege,
        "place": held.place or None,  # the metastore, above all, has no name
        "kind": kind,
        "people": people,
        "objects": objects,
        "way": WAYS[held.privilege],
        "act": "grant.revoke" if able else None,
        "params": {"principal": held.grantee, "privileges": [MANAGE]} if able else None,
        "why": f"By MANAGE on it {who} can give themselves the reading of {objects} objects." if able else None,
        "propose": "Propose revoke" if able else None,
    }
