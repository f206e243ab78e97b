"""Whether what somebody tried within an hour is out of the ordinary: against their own days, against all others who tried the
same, and by the hour of the day. Pure; for rows of ``governanceops.attempts``."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from statistics import median

import pandas as pd

from agents.cells import Row, day, moment, rows
from spelling import UUID

RECENT = dt.timedelta(days=7)  # what is longer ago was seen then, or needs nobody now
OWN = 5.0  # times the usual of one's own days
FAR = 4.0  # robust deviations above the others' highest hours, by the root, as counts vary
EXTREME = 8.0  # deviations from which on that alone is enough
RARE = 0.05  # of the hours of others: at such a time hardly anybody does it
LEAST_OTHERS = 5  # who tried the same: fewer are nothing to compare with
LEAST_SPREAD = 1.0  # of twice these roots: as counts vary by chance alone


@dataclass(frozen=True)
class Burst:
    """The highest hour of a subject within :data:`RECENT`: ``usual`` is the median of their other days (None: there is none),
    ``others`` how many tried the same and ``middle`` their median, ``far`` how far above them it is, ``rare`` the share of
    others' hours about that time of day. ``signs`` says in words what is out of the ordinary."""

    row: Row
    usual: float | None
    days: int
    others: int
    middle: float
    far: float
    rare: float
    signs: tuple[str, ...]

    @property
    def is_odd(self) -> bool:
        """Many, by one's own usual or the others', and no more than chance: with two kinds of evidence, or one that is extreme."""
        own = self.usual is None or self.row.peak >= OWN * max(self.usual, 1)
        above = 2 * math.sqrt(self.row.peak) - 2 * math.sqrt(self.usual) if self.usual is not None else 0.0
        many = above >= FAR or (self.far >= FAR and self.others >= LEAST_OTHERS)
        return own and many and (len(self.signs) >= 2 or (self.far >= EXTREME and self.others >= LEAST_OTHERS))


def bursts(attempts: pd.DataFrame, attempt: str, now: dt.datetime) -> list[Burst]:
    """Each subject that tried ``attempt`` lately, whatever came of it; who tried most first."""
    by: dict[str, list[Row]] = {}
    for row in rows(attempts[attempts["attempt"] == attempt]):
        by.setdefault(row.subject, []).append(row)
    tops = {subject: max(int(row.peak) for row in own) for subject, own in by.items()}
    found = []
    for subject, own in by.items():
        lately = [row for row in own if (on := day(row.day)) is not None and now.date() - on <= RECENT]
        if lately:
            row = max(lately, key=lambda one: (one.peak, one.day))
            rest = [one.peak for one in own if one.day != row.day]
            found.append(
                _compared(row, rest, [top for other, top in tops.items() if other != subject], _hours(by, subject))
            )
    return sorted(found, key=lambda one: (-one.row.peak, one.row.subject))


def _hours(by: dict[str, list[Row]], subject: str) -> list[float]:
    """The hours of the day (UTC) at which the highest hours of the others ended."""
    ended = [moment(row.peak_at) for other, own in by.items() if other != subject for row in own]
    return [at.hour + at.minute / 60 for at in ended if at is not None]


def _compared(row: Row, rest: list[int], tops: list[int], hours: list[float]) -> Burst:
    usual = float(median(rest)) if rest else None
    roots = [2 * math.sqrt(top) for top in tops]
    middle = median(roots) if roots else 0.0
    spread = max(1.4826 * median(abs(root - middle) for root in roots) if roots else 0.0, LEAST_SPREAD)
    far, at = (2 * math.sqrt(row.peak) - middle) / spread, moment(row.peak_at)
    hour = at.hour + at.minute / 60 if at is not None else None
    near = [one for one in hours if hour is not None and min(abs(one - hour), 24 - abs(one - hour)) <= 1.5]
    rare = len(near) / len(hours) if hours and hour is not None else 1.0
    signs = []
    if usual is None:
        signs.append("they never tried it on another of these days")
    elif row.peak >= OWN * max(usual, 1):
        signs.append(f"their usual highest hour has {usual:g}, on {len(rest)} other days")
    if far >= FAR and len(tops) >= LEAST_OTHERS:
        signs.append(f"of {len(tops)} others who tried it the usual highest hour has {median(tops):.0f}")
    if len(hours) >= LEAST_OTHERS and rare <= RARE:
        signs.append(f"{rare:.0%} of the others' highest hours end about {at:%H:%M} UTC")
    return Burst(row, usual, len(rest), len(tops), (middle / 2) ** 2, far, rare, tuple(signs))


def why_not(one: Burst) -> str:
    """The first reason to say nothing; empty when there is none."""
    if UUID.fullmatch(str(one.row.subject)) or "@" not in str(one.row.subject):
        return "a service: what it tries is its job's to mend"
    if not one.is_odd:
        return f"at most {one.row.peak} within an hour: " + (
            f"only {one.signs[0]}" if one.signs else "as they and others usually do"
        )
    return ""
