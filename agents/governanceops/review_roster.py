"""Which rights a review of access would have people decide on, who reviews each, and what is known of its use. Pure."""

from __future__ import annotations

import pandas as pd

from agents.cells import rows, text
from agents.detectors.reach import OWNER
from agents.governanceops.held_rights import UNKNOWN, UNUSED
from spelling import folded

ROSTER = ["kind", "place", "grantee", "privilege", "reviewer", "evidence", "state"]
DAYS = 90


def review_roster(grants: pd.DataFrame, held: pd.DataFrame, unused: pd.DataFrame, scope: str) -> pd.DataFrame:
    """One row of :data:`ROSTER` for each direct right (rows of ``governanceops.grants``, without those that only let in) on what
    ``scope`` names, in it, or of whom it names; all where it is empty. The owner of the securable reviews, else of what it is in.
    ``held`` are rows of :func:`agents.governanceops.held_rights.held_rights`, ``unused`` of ``governanceops.unused_grants``. What
    is not used comes first, then what cannot be said."""
    owners = {folded(row.place): row.grantee for row in rows(grants[grants["privilege"] == OWNER])}
    states = {(folded(row.grantee), folded(row.place)): row for row in rows(held)}
    seen = {(folded(row.grantee), folded(row.table_name)): row for row in rows(unused)}
    told = []
    for row in rows(grants[~grants["privilege"].str.startswith((OWNER, "USE_", "BROWSE"))]):
        if _within(row, folded(scope)):
            key = (folded(row.grantee), folded(row.place))
            state, evidence = _evidence(states.get(key), seen.get(key))
            told.append((row.kind, row.place, row.grantee, row.privilege, _owner(owners, row.place), evidence, state))
    found = pd.DataFrame(told, columns=ROSTER, dtype=object)
    order = found["state"].map({UNUSED: 0, UNKNOWN: 1}).fillna(2)
    return found.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _within(row: object, scope: str) -> bool:
    place, grantee = folded(row.place), folded(row.grantee)  # type: ignore[attr-defined]
    return not scope or place == scope or place.startswith(f"{scope}.") or grantee == scope


def _owner(owners: dict[str, str], place: str) -> str:
    """Who owns it, or the nearest of what it is in; empty where nobody is known."""
    parts = folded(place).split(".")
    above = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((owners[one] for one in above if one in owners), "")


def _evidence(held: object | None, unused: object | None) -> tuple[str, str]:
    """The state, and what is known of the use, in words."""
    if held is None:
        return UNKNOWN, "cannot be said: only rights on tables leave a trace of their own"
    state, reason = held.state, text(held.reason)  # type: ignore[attr-defined]
    if state == UNKNOWN:
        return UNKNOWN, f"cannot be said: {reason}"
    if state == UNUSED and unused is not None:
        last = unused.last_seen  # type: ignore[attr-defined]
        at = f"the holder was last seen on {last:%Y-%m-%d}" if text(last) else "the holder was not seen at all"
        groups = text(unused.through)  # type: ignore[attr-defined]
        through = f"; the groups {groups} can use it, too" if groups else ""
        return UNUSED, f"no trace of use in {DAYS} days of lineage and audit; {at}{through}"
    return str(state), f"used within {DAYS} days, by lineage or audit"
