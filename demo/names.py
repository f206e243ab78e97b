"""Identifiers, names, tags and dates of birth that every kind of object draws from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from demo.rhythm import Frame, first_day

ACCOUNT = "5b1f2c6e-8d0a-4f5e-9a51-0c6a1d2e3f40"
METASTORE = "aws:us-east-1:2f6c1a34-7be0-4a1d-9d5e-1a2b3c4d5e6f"
PROD, DEV, EUROPE, CLOSED = "1204817365918273", "2318495067281940", "3427160598374615", "4990011223344556"
EVERYBODY = "account users"
TEAMS = ("payments", "risk", "marketing", "logistics", "finance", "research", "platform", "support")
COST_CENTRES = {team: f"cc-{100 + 10 * i}" for i, team in enumerate(TEAMS)}
# A name that tries to be markup, a formula and a bidirectional trick at once: every page must show it as text.
HOSTILE = "<img src=x onerror=alert(1)> [click](https://evil.example) =cmd|' /C calc'!A0 \u202egnp.exe"


def count_of(base: int, size: float, least: int) -> int:
    """How many of a kind there are at ``size``, at least ``least``."""
    return max(least, round(base * size))


def digits(rng: np.random.Generator, count: int, length: int) -> list[str]:
    """``count`` different identifiers of ``length`` digits."""
    found: dict[str, None] = {}
    while len(found) < count:
        for number in rng.integers(10 ** (length - 1), 10**length, count):
            found[str(number)] = None
    return list(found)[:count]


def hexes(rng: np.random.Generator, count: int, length: int = 16) -> list[str]:
    """``count`` identifiers of ``length`` hexadecimal digits."""
    return [rng.bytes(length // 2).hex() for _ in range(count)]


def uuids(rng: np.random.Generator, count: int) -> list[str]:
    """``count`` identifiers in the form of a UUID."""
    return [f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}" for h in hexes(rng, count, 32)]


def spread(rng: np.random.Generator, count: int) -> list[str]:
    """Workspaces for ``count`` objects: most in production, some in the other region."""
    return [str(w) for w in rng.choice([PROD, DEV, EUROPE], count, p=[0.6, 0.25, 0.15])]


def tags(rng: np.random.Generator, team: str) -> dict[str, str]:
    """Tags as people type them: the key in several spellings, trailing blanks, sometimes none at all."""
    roll = rng.random()
    if roll < 0.12:
        return {}
    key = "cost_center" if roll < 0.8 else str(rng.choice(["Cost_Center", "COST_CENTER", "cost_center ", "costcenter"]))
    value = COST_CENTRES[team] if roll < 0.92 else COST_CENTRES[team].upper() + " "
    made = {key: value, "team": team if rng.random() < 0.9 else team.capitalize()}
    return made | ({"env": str(rng.choice(["prod", "Prod", "dev"]))} if rng.random() < 0.5 else {})


def created(rng: np.random.Generator, now: pd.Timestamp, count: int, young: float = 0.25) -> list[pd.Timestamp]:
    """When things were made: most before the first day of data, a share ``young`` since."""
    start = pd.Timestamp(first_day(now), tz="UTC")
    span = now - start
    before = [start - pd.Timedelta(days=float(d)) for d in rng.uniform(1, 300, count)]
    since = [start + span * float(f) for f in rng.uniform(0.05, 0.8, count)]
    return [(s if r < young else b).floor("s") for s, b, r in zip(since, before, rng.random(count), strict=True)]


def where_else_none(chosen: Frame, values: list[str]) -> Frame:
    """``values`` where ``chosen``, None elsewhere."""
    return np.where(chosen, np.array(values, dtype=object), np.array(None, dtype=object))


def owners(rng: np.random.Generator, people: Frame, count: int) -> Frame:
    """``count`` people who own something; whoever has left owns nothing new."""
    return people.iloc[rng.integers(0, 59, count)]
