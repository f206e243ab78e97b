"""What people work as, so that they do what such people do: who changes jobs, works in notebooks, writes statements, asks Genie."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from demo.names import TEAMS
from demo.rhythm import Ints

MOST = 240  # people that an organisation has at most
ENGINEER, SCIENTIST, ANALYST, BUSINESS, ANYTHING = range(5)
_OF_TEAM: Mapping[str, int] = MappingProxyType({
    "payments": ENGINEER, "platform": ENGINEER, "research": SCIENTIST, "risk": ANALYST, "finance": ANALYST,
    "marketing": BUSINESS, "support": BUSINESS,
})  # fmt: skip  # of logistics there are some of each
WITHOUT_GENIE = ("logistics", "research")  # their people were never shown it
HALF_WITH_GENIE = "risk"  # every second one asks it, by choice


def role(person: int) -> int:
    """What the person at a position works as; one in thirteen does everything."""
    team = TEAMS[person % len(TEAMS)]
    return ANYTHING if person % 13 == 12 else _OF_TEAM.get(team, person // len(TEAMS) % 4)


@lru_cache(maxsize=64)
def doers(count: int, *roles: int) -> Ints:
    """For each of ``count`` positions who does it where only people of ``roles``, and those who do everything, do: themselves, or
    another one."""
    able = [one for one in range(count) if role(one) in (*roles, ANYTHING)]
    return _stand_in(count, able)


@lru_cache(maxsize=8)
def genie_users(count: int) -> Ints:
    """As :func:`doers`, of questions to Genie."""
    return _stand_in(count, [one for one in range(count) if _asks_genie(TEAMS[one % len(TEAMS)], one // len(TEAMS))])


def _asks_genie(team: str, place: int) -> bool:
    """Whether the person at a ``place`` of ``team`` does."""
    return place % 2 == 0 if team == HALF_WITH_GENIE else team not in WITHOUT_GENIE


def _stand_in(count: int, able: Collection[int]) -> Ints:
    known = sorted(able)
    return np.array([one if one in able else known[one * 7 % len(known)] for one in range(count)], dtype="int64")
