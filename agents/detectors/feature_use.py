"""Who uses what: the share of people by feature and month, and which teams are surely left out of one.

A feature is known from the first day of the sources that tell it: before that nobody is said not to use it. The share of a
team is drawn towards that of all teams, the more the smaller it is (a beta prior by the moments of the teams); a team is left
out where even the upper bound of its share is below half of the middle team's. Teams below :data:`FLOOR` people are not judged.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from types import MappingProxyType

import pandas as pd

from agents.cells import day
from agents.detectors.reach import Members, principal

FLOOR = 5  # people: of fewer nothing is said
SURE = 0.98  # that a share is not above its bound
SPAN = 0.90  # of the interval that is shown
LEAST = 1.0  # people that the prior weighs at least
LATE = 3  # days that a month may have begun before a source does
# Features by the column of userops.person_months: what they are called, and the sources that tell them.
FEATURES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType({
    "sql": ("Own SQL", ("history",)),
    "dashboards": ("Dashboards", ("audit", "history")),
    "genie": ("Genie", ("audit", "history")),
    "notebooks": ("Notebooks", ("audit",)),
    "jobs": ("Jobs and pipelines", ("audit",)),
    "catalog": ("Unity Catalog", ("audit",)),
    "ml": ("Experiments and models", ("audit",)),
    "apps": ("Apps", ("audit",)),
    "ai": ("Models by gateway", ("gateway",)),
    "serverless": ("Serverless", ("usage",)),
    "photon": ("Photon", ("usage",)),
})  # fmt: skip
NO_TEAM = "no team"


@dataclass(frozen=True)
class Teams:
    """The teams of people: groups whose names fit ``pattern``, by their ``members``."""

    members: Members
    pattern: str

    def of(self, person: str) -> str:
        """The team of somebody; the first of several."""
        return self._known.get(principal(person), NO_TEAM)

    @cached_property
    def _known(self) -> Mapping[str, str]:
        teams = sorted((one for one in self.members.direct if fnmatchcase(one, self.pattern)), reverse=True)
        return {who: team for team in teams for who in self.members.direct[team]}


def known_from(rows: pd.DataFrame, sources: Sequence[str]) -> dt.date | None:
    """The day from which all ``sources`` speak, of rows of userops.person_months; None where one has nothing."""
    days = [day(rows[f"{one}_from"].iloc[0]) if len(rows) else None for one in sources]
    return None if None in days else max(one for one in days if one is not None)


def people(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of people: services are none."""
    return rows[rows["person"].astype(str).str.contains("@", regex=False)]


def following(month: dt.date) -> dt.date:
    """The month after."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def whole_months(rows: pd.DataFrame) -> list[dt.date]:
    """The months that are over, and in which every source that says who is active at all had begun."""
    if rows.empty:
        return []
    begins = max((one for name in ("audit", "history") if (one := known_from(rows, (name,)))), default=None)
    until = day(rows["as_of"].iloc[0])
    months = sorted({*rows["month"]})
    return [one for one in months if begins and until and _covers(begins, one) and following(one) <= until]


def _covers(begins: dt.date | None, month: dt.date) -> bool:
    return begins is not None and begins <= month + dt.timedelta(days=LATE)


def adoption(rows: pd.DataFrame) -> pd.DataFrame:
    """``month``, ``people`` who were active in it, and for each of :data:`FEATURES`, as it is called, the share that used it; None
    where that is not known."""
    own, months = people(rows), whole_months(rows)
    told = []
    for month in months:
        active = own[own["month"] == month]
        shares = {
            called: float((active[name] > 0).mean()) if len(active) and _covers(known_from(rows, of), month) else None
            for name, (called, of) in FEATURES.items()
        }
        told.append({"month": month, "people": len(active), **shares})
    return pd.DataFrame(told, columns=["month", "people", *(called for called, _ in FEATURES.values())])


def by_team(rows: pd.DataFrame, teams: Teams) -> pd.DataFrame:
    """One row for each team of :data:`FLOOR` or more and feature that is known in the newest whole month: ``users`` of
    ``people``, the drawn ``share`` with ``low`` and ``high``, the ``middle`` team's share, and whether it is surely ``left_out``."""
    columns = ["month", "team", "feature", "users", "people", "share", "low", "high", "middle", "left_out"]
    months = whole_months(rows)
    if not months:
        return pd.DataFrame(columns=columns)
    own = people(rows)
    own = own[own["month"] == months[-1]]
    own = own.assign(team=[teams.of(one) for one in own["person"]])
    sizes = own[own["team"] != NO_TEAM].groupby("team").size()
    judged = sorted(sizes[sizes >= FLOOR].index)
    told: list[tuple[object, ...]] = []
    for name, (called, of) in FEATURES.items():
        if not _covers(known_from(rows, of), months[-1]) or not judged:
            continue
        users = [int((own.loc[own["team"] == team, name] > 0).sum()) for team in judged]
        found = shrunk(users, [int(sizes[team]) for team in judged])
        middle = sorted(share for share, *_ in found)[len(found) // 2]
        told += [
            (
                months[-1],
                team,
                called,
                used,
                int(sizes[team]),
                share,
                low,
                high,
                middle,
                bound < middle / 2 and len(found) > 2,
            )
            for team, used, (share, low, high, bound) in zip(judged, users, found, strict=True)
        ]
    return pd.DataFrame(told, columns=columns)


def not_judged(rows: pd.DataFrame, teams: Teams) -> pd.DataFrame:
    """One row: how many ``teams`` are below the ``floor`` of :func:`by_team` in the newest whole month, and how many ``people`` are in
    these or in no team."""
    months = whole_months(rows)
    own = people(rows)
    own = own[own["month"] == months[-1]] if months else own.head(0)
    found = pd.Series([teams.of(one) for one in own["person"]], dtype=object)
    sizes = found.value_counts()
    small = [team for team, size in sizes.items() if team != NO_TEAM and size < FLOOR]
    left = int(sizes[sizes.index.isin([*small, NO_TEAM])].sum())
    return pd.DataFrame([(len(small), left, FLOOR)], columns=["teams", "people", "floor"])


def silent(rows: pd.DataFrame, teams: Teams) -> pd.DataFrame:
    """The ``team``s of :data:`FLOOR` ``people`` or more of whom nobody did anything in the newest whole ``month``; in no other row of
    this file, which begin with who was active."""
    months = whole_months(rows)
    own = people(rows)
    active = {principal(one) for one in own.loc[own["month"] == months[-1], "person"]} if months else set[str]()
    told = []
    for team, inside in sorted(teams.members.direct.items()):
        known = [one for one in inside if "@" in one]
        if months and fnmatchcase(team, teams.pattern) and len(known) >= FLOOR and active.isdisjoint(known):
            told.append((months[-1], team, len(known)))
    return pd.DataFrame(told, columns=["month", "team", "people"])


def shrunk(users: Sequence[int], sizes: Sequence[int]) -> list[tuple[float, float, float, float]]:
    """Of each team (share, low, high, bound): its share drawn towards that of all, with :data:`SPAN` around it, and what it is
    :data:`SURE` not to be above."""
    whole = sum(users) / max(sum(sizes), 1)
    weight = _weight(users, sizes, whole)
    found = []
    for used, size in zip(users, sizes, strict=True):
        # A prior of nobody, or of everybody, is none: half a person each keeps it a distribution.
        a, b = used + max(weight * whole, 0.5), size - used + max(weight * (1 - whole), 0.5)
        tail = (1 - SPAN) / 2
        found.append((a / (a + b), beta_quantile(a, b, tail), beta_quantile(a, b, 1 - tail), beta_quantile(a, b, SURE)))
    return found


def _weight(users: Sequence[int], sizes: Sequence[int], whole: float) -> float:
    """How many people the prior weighs: few where teams differ more than chance lets them, many where they do not."""
    count, spread = len(sizes), whole * (1 - whole)
    if count < 2 or spread <= 0:
        return LEAST
    seen = sum(n * (k / n - whole) ** 2 for k, n in zip(users, sizes, strict=True)) / (count - 1)
    usual = (sum(sizes) - sum(n * n for n in sizes) / sum(sizes)) / (count - 1)
    between = max((seen - spread) / max(usual, 1e-9), 1e-9)
    return min(max(spread / between - 1, LEAST), 1_000.0)


def beta_quantile(a: float, b: float, p: float) -> float:
    """The value that a beta distribution is below with probability ``p``: by halving, to a millionth."""
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if beta_below(a, b, middle) < p else (low, middle)
    return (low + high) / 2


def beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function: its continued fraction, Abramowitz and Stegun 26.5.8, by Lentz."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    value, c, d = 1.0, 1.0, 0.0
    for step in range(400):
        m = step // 2
        part = (
            1.0 if step == 0
            else m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) if step % 2 == 0
            else -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        )  # fmt: skip
        d = 1 / ((1 + part * d) or 1e-30)
        c = (1 + part / c) or 1e-30
        value *= c * d
        if abs(1 - c * d) < 1e-10:
            break
    return min(front * (value - 1), 1.0) if value > 1 else 0.0
