"""Which direct rights on tables are used, which are not, and of which that cannot be said. Pure."""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase

import pandas as pd

from agents.cells import rows
from agents.detectors.reach import OWNER, Members, is_identity, principal
from agents.governanceops.unused_grants import why_not
from spelling import folded

USED, UNUSED, UNKNOWN = "used", "unused", "cannot be said"
RIGHTS = ("SELECT", "MODIFY", "ALL_PRIVILEGES")
HELD = ["grantee", "place", "team", "state", "reason"]
NO_TEAM = "no team"


def held_rights(
    grants: pd.DataFrame, unused: pd.DataFrame, members: Members, team: str, now: dt.datetime
) -> pd.DataFrame:
    """One row of :data:`HELD` for each grantee and table in ``grants`` (rows of ``governanceops.grants``) that holds a right to
    read or write. It is not used where ``unused`` (of ``governanceops.unused_grants``) has it and nothing speaks against
    saying so; ``reason`` says what does: the holder is a group, whose members leave the traces, or owns the table or its
    schema anyway. ``team`` is the pattern of the names of groups that are teams."""
    found = {(folded(row.grantee), folded(row.table_name)): why_not(row, now) for row in rows(unused)}
    own = {
        (principal(who), folded(place))
        for who, place, privilege in zip(grants["grantee"], grants["place"], grants["privilege"], strict=True)
        if privilege == OWNER
    }
    held = grants[grants["table_full_name"].notna() & grants["privilege"].isin(RIGHTS)]
    told = []
    for who, place in sorted({*zip(held["grantee"], held["place"], strict=True)}):
        one, at = principal(who), folded(place)
        if one in members.direct or not (is_identity(one) or one in members.people):
            reason = "held by a group"
        elif {(one, at), (one, at.rpartition(".")[0])} & own:
            reason = "its owner"
        else:
            reason = found.get((folded(who), at), "")
        state = UNKNOWN if reason else UNUSED if (folded(who), at) in found else USED
        told.append((who, place, _team(one, members, team), state, reason or None))
    return pd.DataFrame(told, columns=HELD)


def _team(one: str, members: Members, pattern: str) -> str:
    """The team of a person or service, or the group itself where it is one; the first of several."""
    mine = [group for group, inside in members.direct.items() if one in inside or group == one]
    return min((group for group in mine if fnmatchcase(group, pattern)), default=NO_TEAM)
