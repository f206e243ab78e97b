"""Which ends of months had been met by a day: what an end adds that was never met nobody can know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.detectors.calendar_lift import Term
from agents.detectors.daily_filter import term_of_day

Days = npt.NDArray[np.int64]
ORDINARY = -1


@dataclass(frozen=True)
class EndsMet:
    """Per day: ``term`` and ``kind`` (the term, a quarter's apart), the number of the day on which the same was met first;
    -1 for days like any other. ``quarter``: whether the day is a quarter's end or start, too. ``day``: its date."""

    term: Days
    kind: Days
    quarter: npt.NDArray[np.bool_]

    day: npt.NDArray[np.datetime64]

    @property
    def first(self) -> npt.NDArray[np.bool_]:
        """The days that are the first of their kind."""
        return np.asarray(self.kind == np.arange(len(self.kind)))

    def new(self, t: int, length: int) -> npt.NDArray[np.bool_]:
        """Which of the ``length`` days after day ``t`` are of a kind that was not met by then."""
        return np.asarray(self.kind[t + 1 : t + 1 + length] > t)

    def unseen(self, t: int, length: int) -> str:
        """Of the ``length`` days after day ``t``, what no earlier day was like, such as "end of a quarter"; "" for none."""
        names = []
        for day in self.day[t + 1 : t + 1 + length][self.new(t, length)]:
            term, quarter = term_of_day(day)
            names.append(f"{'start' if term is Term.FIRST else 'end'} of a {'quarter' if quarter else 'month'}")
        return " or ".join(dict.fromkeys(names))

    def unmet(self, t: int, length: int) -> tuple[int, int]:
        """On how many of the ``length`` days after day ``t`` nobody can know what a month's end adds, and on how many what
        a quarter's adds."""
        ahead = slice(t + 1, t + 1 + length)
        new, quarter = self.new(t, length), self.quarter[ahead]
        month_known = quarter & (self.term[ahead] <= t)
        return int((new & ~month_known).sum()), int((new & quarter).sum())


def ends_met(first_day: np.datetime64, days: int) -> EndsMet:
    """Of ``days`` days from ``first_day``."""
    every = first_day + np.arange(days)
    terms: dict[Term, int] = {}
    kinds: dict[tuple[Term, bool], int] = {}
    rows = []
    for i, day in enumerate(every):
        term, quarter = term_of_day(day)
        rows.append(
            (ORDINARY, ORDINARY, False)
            if term is None
            else (terms.setdefault(term, i), kinds.setdefault((term, quarter), i), quarter)
        )
    term_met, kind_met, quarters = zip(*rows, strict=True)
    return EndsMet(np.array(term_met), np.array(kind_met), np.array(quarters), every)
