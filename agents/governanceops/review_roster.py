"""Which rights a review of access would have people decide on, who reviews each, and what is known of its use. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from agents.cells import rows, text
from agents.detectors.reach import OWNER, Members, principal
from agents.detectors.reach_frames import estate_of
from agents.detectors.reach_paths import chains
from agents.governanceops.held_rights import UNKNOWN, UNUSED
from spelling import KEPT_BY_DATABRICKS, folded

WAYS = {"by_query": "by query", "by_path": "by path", "by_view": "through a view", "by_job": "by a job"}
ROSTER = ["kind", "place", "grantee", "privilege", "reviewer", "evidence", "state", "member", "leaves", *WAYS]
DAYS = 90


def review_roster(
    grants: pd.DataFrame, held: pd.DataFrame, unused: pd.DataFrame, used: pd.DataFrame, members: Members, scope: str
) -> pd.DataFrame:
    """One row of :data:`ROSTER` for each direct right (rows of ``governanceops.grants``, without those that only let in) on what
    ``scope`` names, in it, or of whom it names; all where it is empty. Of a person or service also those that they have through
    groups. The owner of the securable reviews, else of what it is in. ``held`` are rows of
    :func:`agents.governanceops.held_rights.held_rights`, ``unused`` of ``governanceops.unused_grants``, ``used`` of
    ``governanceops.right_uses``. What is not used comes first, then what cannot be said."""
    owners = {folded(row.place): row.grantee for row in rows(grants[grants["privilege"] == OWNER])}
    states = {(folded(row.grantee), folded(row.place)): row for row in rows(held)}
    seen = {(folded(row.grantee), folded(row.table_name)): row for row in rows(unused)}
    last = {(folded(row.grantee), folded(row.table_name)): row for row in rows(used)}
    told = []
    asked = grants[~grants["privilege"].str.startswith((OWNER, "USE_", "BROWSE"))]
    for row in rows(asked):
        if _within(row, folded(scope)):
            key = (folded(row.grantee), folded(row.place))
            ways = _ways(last.get(key))
            state, evidence = _evidence(states.get(key), seen.get(key), ways)
            owner = _owner(owners, row.place)
            told.append(
                (row.kind, row.place, row.grantee, row.privilege, owner, evidence, state, "", "", *ways.values())
            )
    told += _through_groups(grants, asked, members, scope, owners)
    found = pd.DataFrame(told, columns=ROSTER, dtype=object)
    found[[*WAYS]] = found[[*WAYS]].apply(pd.to_datetime, utc=True)
    order = found["state"].map({UNUSED: 0, UNKNOWN: 1}).fillna(2)
    return found.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _through_groups(
    grants: pd.DataFrame, asked: pd.DataFrame, members: Members, scope: str, owners: dict[str, str]
) -> Iterator[tuple[object, ...]]:
    """The rights that the person or service ``scope`` has through groups, once for each group that they could leave."""
    one = principal(scope)
    if one not in members.people or one not in members.names:
        return
    every = [chain for _, chain in chains(estate_of(grants, members), one) if chain]
    first = {(chain[0], chain[-1]): chain for chain in reversed(every)}  # the shortest of each
    for (leaves, group), chain in sorted(first.items()):
        if leaves not in members.names or leaves in KEPT_BY_DATABRICKS:
            continue
        for row in rows(asked[asked["grantee"].map(principal) == group]):
            said = f"through {' → '.join(chain)}: members leave no trace of their group"
            owner, names = _owner(owners, row.place), (members.names[one], members.names[leaves])
            yield (
                row.kind,
                row.place,
                row.grantee,
                row.privilege,
                owner,
                said,
                UNKNOWN,
                *names,
                *dict.fromkeys(WAYS).values(),
            )


def _within(row: object, scope: str) -> bool:
    place, grantee = folded(row.place), folded(row.grantee)  # type: ignore[attr-defined]
    return not scope or place == scope or place.startswith(f"{scope}.") or grantee == scope


def _owner(owners: dict[str, str], place: str) -> str:
    """Who owns it, or the nearest of what it is in; empty where nobody is known."""
    parts = folded(place).split(".")
    above = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((owners[one] for one in above if one in owners), "")


def _ways(used: object | None) -> Mapping[str, pd.Timestamp | None]:
    """When it was last used in each way; None where it was not."""
    found = {name: getattr(used, name, None) for name in WAYS}
    return {name: at if pd.notna(at) else None for name, at in found.items()}


def _evidence(held: object | None, unused: object | None, ways: Mapping[str, pd.Timestamp | None]) -> tuple[str, str]:
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
    told = ", ".join(f"{WAYS[name]} on {at:%Y-%m-%d}" for name, at in ways.items() if at is not None)
    return str(
        state
    ), f"used within {DAYS} days, last {told}" if told else f"used within {DAYS} days, by lineage or audit"
