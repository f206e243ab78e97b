"""Whether an agent has become worse than it may be: a one-sided sum of log-likelihood ratios (Page 1954). Pure.

Each wrong one adds log(.20/.05), each right one takes log(.80/.95) away, never below nothing. At :data:`LIMIT` the agent is one
of which four of five are right rather than nineteen of twenty, and is trusted one level less, at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log

GOOD, BAD, LIMIT = 0.95, 0.80, 4.0
FAILED, HELD = log((1 - BAD) / (1 - GOOD)), log(BAD / GOOD)


def sums(right: Iterable[bool]) -> list[float]:
    """The sum after each, from the first on; it begins anew after each alarm."""
    found, now = [], 0.0
    for one in right:
        now = max(0.0, (0.0 if now >= LIMIT else now) + (HELD if one else FAILED))
        found.append(now)
    return found


def alarm(right: Iterable[bool]) -> int | None:
    """The number (from 1) of the first one at which the sum reaches :data:`LIMIT`; None: it never does."""
    return next((place for place, now in enumerate(sums(right), 1) if now >= LIMIT), None)
