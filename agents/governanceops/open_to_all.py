"""What everybody may change: who holds such a right besides, and who used it, for whoever would take it away. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from agents.cells import Row, rows, text
from agents.detectors.reach import OWNER, places_of, principal
from spelling import EVERYBODY, folded

CHANGES = (
    "ALL_PRIVILEGES",
    "MANAGE",
    "MODIFY",
    "WRITE_VOLUME",
)  # what lets its holder change something, the widest first


@dataclass(frozen=True)
class Uses:
    """Who used it lately in whose name: ``covered`` hold a right of their own, or one of its owners, ``others`` came in as one of
    everybody, or through a group whose members are not known; ``runs`` are the jobs and the like among what they ran."""

    covered: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    runs: int = 0


def for_everybody(grants: pd.DataFrame) -> dict[tuple[str, str], list[Row]]:
    """The grants to everybody that let one change something, by kind and place, the widest first."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows(grants[grants["privilege"].isin(CHANGES)]):
        if folded(row.grantee) in EVERYBODY:
            found.setdefault((row.kind, row.place), []).append(row)
    return {at: sorted(held, key=lambda row: CHANGES.index(row.privilege)) for at, held in found.items()}


def uses_of(place: str, used: pd.DataFrame | None, grants: pd.DataFrame) -> Uses:
    """``used`` are rows of ``platform.right_consumers`` of ``place``."""
    above = {folded(one) for one in places_of(place)}
    near = grants[[folded(one) in above for one in grants["place"]]]
    own = {
        principal(row.grantee)
        for row in rows(near)
        if row.privilege == OWNER or (row.privilege in (*CHANGES, "SELECT") and folded(row.grantee) not in EVERYBODY)
    }
    ran = [row for row in rows(used) if row.consumer_kind != "table" and text(row.owner)]
    people = dict.fromkeys(row.owner for row in ran)
    return Uses(
        tuple(one for one in people if principal(one) in own),
        tuple(one for one in people if principal(one) not in own),
        len({(row.consumer_kind, row.workspace_id, row.consumer_id) for row in ran if row.consumer_kind != "person"}),
    )


def named(people: Iterable[str], most: int = 5) -> str:
    """At most ``most`` of them by name, and how many more."""
    every = list(people)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
