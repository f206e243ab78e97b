"""What a generator of labelled daily series gives, and how alerts on it are counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WARM_UP = 49  # days in which nothing is judged
QUIET = 14  # days in which a second false alert of a series is the same one
LATE = 3  # days after a fault's window in which an alert still counts as found

Window = tuple[int, int]


@dataclass(frozen=True)
class Corpus:
    """``values`` (days x series, from ``first_day``) with the days [t0, t1) of each series' fault, None without one, and
    the kind of each fault."""

    first_day: dt.date
    values: npt.NDArray[np.float64]
    windows: list[Window | None]
    faults: list[str]


@dataclass(frozen=True)
class Counted:
    """Recall over faults (NaN without any), precision over alerts, false alerts per 1,000 series-days, recall by kind."""

    recall: float
    precision: float
    false_per_1000: float
    by_kind: dict[str, float]


def counted(alerts: npt.NDArray[np.bool_], corpus: Corpus) -> Counted:
    """``alerts`` (days x series) against the faults of ``corpus``. What rings after a fault began is not false."""
    false, clean = 0, 0
    found: dict[str, list[bool]] = {}
    for i, window in enumerate(corpus.windows):
        last = -QUIET
        begin = window[0] if window else len(alerts)
        clean += len(alerts) - WARM_UP - (window[1] - window[0] if window else 0)
        for t in np.nonzero(alerts[:begin, i])[0].tolist():
            if t - last >= QUIET:
                false, last = false + 1, t
        if window:
            hit = bool(alerts[window[0] : window[1] + LATE, i].any())
            found.setdefault(corpus.faults[i], []).append(hit)
    hits = [hit for one in found.values() for hit in one]
    true = sum(hits)
    recall = true / len(hits) if hits else float("nan")
    by_kind = {kind: sum(one) / len(one) for kind, one in sorted(found.items())}
    return Counted(recall, true / max(true + false, 1), 1000 * false / clean, by_kind)
