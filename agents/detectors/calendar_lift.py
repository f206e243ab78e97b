"""What the ends of months and quarters add to a daily series: learned from the first time they are met, and unsure until
they were met often. All on the log scale; arrays are one value per series."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

UNSEEN, UNSEEN_QUARTER = 0.3, 0.7  # spread of a lift that was never met
SURE = 3  # times a lift is met before statistics of the level may rest on such a day


class Term(IntEnum):
    """A day that may differ from others of its weekday."""

    LAST = 0
    LAST_BUT_ONE = 1
    FIRST = 2
    WEEKEND_LAST = 3  # these of a month that ends at a weekend
    FRIDAY_BUT_ONE = 4
    FRIDAY_BUT_TWO = 5


LIKE = {
    Term.LAST: Term.WEEKEND_LAST,
    Term.WEEKEND_LAST: Term.LAST,
    Term.LAST_BUT_ONE: Term.FRIDAY_BUT_ONE,
    Term.FRIDAY_BUT_ONE: Term.LAST_BUT_ONE,
}  # what is assumed to add as much until the day itself was met


def term_of(day: np.datetime64) -> tuple[Term | None, bool]:
    """Which day of its month ``day`` is, and whether that month end is a quarter's, too."""
    month = day.astype("datetime64[M]")
    number = int(month.astype(int)) % 12  # 0 is January
    days_left = int(((month + 1).astype("datetime64[D]") - day).astype(int))
    quarter, working = number % 3 == 2, bool(np.is_busday(day))
    last_business = working and not np.is_busday(day + 1)
    if days_left == 1:
        return Term.LAST if working else Term.WEEKEND_LAST, quarter
    if days_left == 2:
        return Term.FRIDAY_BUT_ONE if last_business else Term.LAST_BUT_ONE, quarter
    if days_left == 3 and last_business:
        return Term.FRIDAY_BUT_TWO, quarter
    if day == month.astype("datetime64[D]"):
        return Term.FIRST, number % 3 == 0
    return None, False


@dataclass
class _Mean:
    """Mean effect per term and series, used n / (n + prior) of the way from what is assumed."""

    seen: Matrix
    effect: Matrix
    prior: float
    unseen: float

    def used(self, term: Term) -> Matrix:
        assumed = self._assumed(term)
        known = self.seen[term] / (self.seen[term] + self.prior)
        return np.asarray(assumed + known * (self.effect[term] - assumed))

    def unsure(self, term: Term) -> Matrix:
        shrunk_off = np.abs(self.effect[term] - self._assumed(term)) * self.prior / (self.seen[term] + self.prior)
        return np.where(self.seen[term] > 0, shrunk_off, self.unseen)

    def _assumed(self, term: Term) -> Matrix:
        like = LIKE.get(term, term)
        known = self.seen[like] / (self.seen[like] + self.prior)
        return known * self.effect[like] if like != term else np.zeros_like(self.effect[term])

    def learn(self, term: Term, excess: Matrix, known: npt.NDArray[np.bool_]) -> None:
        self.seen[term] += known
        share = 1.0 / np.maximum(self.seen[term], 1.0)
        self.effect[term] += np.where(known, share * (excess - self.effect[term]), 0.0)


def _nothing(series: int, prior: float, unseen: float) -> _Mean:
    return _Mean(np.zeros((len(Term), series)), np.zeros((len(Term), series)), prior, unseen)


@dataclass
class Lifts:
    """The lifts of ``series`` series: those of every month end, and what a quarter's end adds to them. ``prior`` counts as
    so many occasions on which they added nothing."""

    series: int
    prior: float = 1.0
    month: _Mean = field(init=False)
    quarter: _Mean = field(init=False)

    def __post_init__(self) -> None:
        self.month = _nothing(self.series, self.prior, UNSEEN)
        self.quarter = _nothing(self.series, self.prior, UNSEEN_QUARTER)

    def expected(self, term: Term, quarter: bool) -> tuple[Matrix, Matrix]:
        """The lift of such a day and how unsure it is (a standard deviation)."""
        lift, unsure = self.month.used(term), self.month.unsure(term)
        if quarter:
            lift, unsure = lift + self.quarter.used(term), np.hypot(unsure, self.quarter.unsure(term))
        return lift, unsure

    def young(self, term: Term, quarter: bool) -> npt.NDArray[np.bool_]:
        """Which series have met such a day too rarely for statistics of their level to rest on it."""
        mean = self.quarter if quarter else self.month
        return np.asarray(mean.seen[term] < SURE)

    def learn(self, term: Term, quarter: bool, lift: Matrix, known: npt.NDArray[np.bool_]) -> None:
        """Take in what such a day really added (``lift``), where it is ``known``."""
        if quarter:
            self.quarter.learn(term, lift - self.month.used(term), known)
        else:
            self.month.learn(term, lift, known)
