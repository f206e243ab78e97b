"""What somebody works as, from what they do: rules that are written out, and explained to everybody about themselves.

Each rule looks at on how many of the days on which somebody was active they did something. Nobody is forced into a class: who
fits two of them alike, or none, or was seen on few days, is unclear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from agents.detectors.feature_use import FLOOR, NO_TEAM, Teams, known_from

ENGINEER, SCIENTIST, ANALYST, BUSINESS, SERVICE, UNCLEAR = (
    "engineer", "scientist", "analyst", "business", "service", "unclear",
)  # fmt: skip
CLASSES = (ENGINEER, SCIENTIST, ANALYST, BUSINESS, SERVICE, UNCLEAR)
MONTHS = 3  # the newest ones that are looked at, the running one among them
LEAST_DAYS = 10  # active, from which on somebody can be told
CLEARLY = 1.5  # times as far above its line as the next class
ALL_HOURS = 18  # of the day, as a mean of the active days: only a machine has so many
SMALL = "smaller teams"


@dataclass(frozen=True)
class Rule:
    """On which share of the active days (``least``) who is of a class ``does`` one of the ``columns``."""

    does: str
    columns: tuple[str, ...]
    least: float


RULES: Mapping[str, Rule] = MappingProxyType({
    ENGINEER: Rule("changes jobs and pipelines, writes tables, or runs dbt", ("jobs", "writes"), 0.25),
    SCIENTIST: Rule("works in notebooks, or on experiments and models", ("notebooks", "ml"), 0.40),
    ANALYST: Rule("sends statements of their own", ("sql",), 0.40),
})  # fmt: skip
READS = Rule("looks at dashboards, or asks Genie", ("dashboards", "genie"), 0.40)  # of who does none of the above


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each person and service of userops.person_months in its newest months: ``person``, ``persona``, ``days`` active,
    ``why`` in words, and for each rule the share of days, called as its class. Without an audit log nobody can be told."""
    columns = ["person", "persona", "days", "why", *RULES, BUSINESS]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    newest = sorted({*rows["month"]})[-MONTHS:]
    own = rows[rows["month"].isin(newest)]
    blind = known_from(rows, ("audit",)) is None
    sums = own.groupby("person", sort=True)[
        ["days", "hours", "sql", "writes", "dashboards", "genie", "notebooks", "jobs", "ml"]
    ].sum()
    return pd.DataFrame([_one(row, blind) for row in sums.itertuples()], columns=columns)


def rules() -> pd.DataFrame:
    """The rules as people read them: ``persona``, what who counts as it ``does``, and from which share of the days on (``least``)."""
    every = [*RULES.items(), (BUSINESS, READS)]
    return pd.DataFrame([(name, rule.does, rule.least) for name, rule in every], columns=["persona", "does", "least"])


def by_team(rows: pd.DataFrame, teams: Teams) -> pd.DataFrame:
    """How many of each ``persona`` each ``team`` has, of rows of :func:`told`; teams below :data:`FLOOR` together."""
    own = rows.assign(team=[teams.of(one) for one in rows["person"]])
    sizes = own["team"].value_counts()
    small = [team for team, size in sizes.items() if size < FLOOR and team != NO_TEAM]
    own.loc[own["team"].isin(small), "team"] = SMALL
    counted = own.groupby(["team", "persona"], as_index=False).size().rename(columns={"size": "people"})
    last = counted["team"].isin((SMALL, NO_TEAM))
    return counted.assign(last=last).sort_values(["last", "team", "persona"], kind="stable").drop(columns="last")


def _one(row: Any, blind: bool) -> tuple[object, ...]:
    person, days = str(row.Index), int(row.days)
    shares = {name: max(getattr(row, one) for one in rule.columns) / days for name, rule in RULES.items()}
    reads = max(getattr(row, one) for one in READS.columns) / days
    machine = days >= LEAST_DAYS and row.hours >= ALL_HOURS * days
    persona, why = _judged(person, days, shares, reads, machine, blind)
    return (person, persona, days, why, *shares.values(), reads)


def _judged(
    person: str, days: int, shares: Mapping[str, float], reads: float, machine: bool, blind: bool
) -> tuple[str, str]:
    if "@" not in person:
        return SERVICE, "a service principal"
    if machine:
        return SERVICE, f"active in {ALL_HOURS} hours of a day or more"
    if blind:
        return UNCLEAR, "without an audit log only statements are known"
    if days < LEAST_DAYS:
        return UNCLEAR, f"active on {days} days, fewer than {LEAST_DAYS}"
    above = sorted(((share / RULES[name].least, name) for name, share in shares.items()), reverse=True)
    (first, name), (second, other) = above[:2]
    if first >= 1 and (second < 1 or first >= CLEARLY * second):
        return name, f"{RULES[name].does} on {shares[name]:.0%} of the days"
    if first >= 1:
        return UNCLEAR, f"as much {name} as {other}"
    if reads >= READS.least:
        return BUSINESS, f"{READS.does} on {reads:.0%} of the days, and little else"
    return UNCLEAR, "nothing often enough"
