"""Who can become more than they are by a job that runs as somebody stronger: whoever may edit it has it read for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from agents.detectors.reach import Estate, Members, principal
from agents.detectors.reach_frames import coverage, estate_of

CLOSES = "permission.update"


def become_by_jobs(frames: Mapping[str, pd.DataFrame], members: Members) -> Mapping[str, pd.DataFrame]:
    """``frames`` with ``become`` and ``coverage``, of the rows of ``governanceops.grants`` and ``governanceops.job_hands``."""
    estate = estate_of(frames["grants"], members)
    found = become(estate, frames["job_hands"])
    return {**frames, "become": found, "coverage": coverage(estate, frames["grants"])}


def become(estate: Estate, hands: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``hands`` by which somebody reads more: with how many ``objects`` whom the job runs as may read and they may not,
    most first, and what closes the way. Who is a group or unknown to the grants reads nothing by name."""
    leaves = [place for place in estate.kinds if place.count(".") == 2]
    named = {principal(one) for column in ("who", "runs_as") for one in hands[column]}
    bits = {one: estate.principals_bits[one] for one in named if one in estate.principals_bits}
    reads = dict.fromkeys(named, 0)
    for n, leaf in enumerate(leaves):
        reaching = estate.reaching(leaf)
        for one, bit in bits.items():
            if reaching & bit:
                reads[one] |= 1 << n
    pairs = zip(hands["who"], hands["runs_as"], strict=True)
    objects = [(reads[principal(other)] & ~reads[principal(one)]).bit_count() for one, other in pairs]
    found = hands.assign(objects=objects)
    found = found[found["objects"] > 0].sort_values(
        ["objects", "who", "name"], ascending=[False, True, True], kind="stable"
    )
    able = (found["way"] == "CHANGED") & found["who"].str.contains("@", regex=False)
    params = [{"principal": who, "principal_type": "user", "level": None} for who in found["who"]]
    why = [
        f"They changed this job, which runs as {other} and so reads {count:,} objects that they do not."
        for other, count in zip(found["runs_as"], found["objects"], strict=True)
    ]
    return found.assign(
        act=pd.Series([CLOSES if one else None for one in able], found.index, dtype=object),
        params=pd.Series(params, found.index, dtype=object),
        why=pd.Series(why, found.index, dtype=object),
        propose=pd.Series(["Propose to take away" if one else None for one in able], found.index, dtype=object),
    ).reset_index(drop=True)
