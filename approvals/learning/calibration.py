"""From how sure an agent says it is to how often it is right: Platt's logistic curve over the logit of what was stated. Pure.

It is fitted on those with the same agent and kind where there are :data:`ENOUGH` of them, else on the kind's, else on all; below
:data:`FEWEST` nothing is changed, as the curve would only show chance. The curve is drawn to "as stated" as if
:data:`DRAWN` decisions said so, and counts only where it tells the newer third of the decisions better than what was stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

FEWEST, ENOUGH = 50, 200
DRAWN = 4.0  # pseudo-decisions for slope 1 and offset 0
LEAST, MOST = 0.02, 0.98  # nobody is surer than that, in either direction


@dataclass(frozen=True)
class Curve:
    """``offset`` and ``slope`` over the logit of what was stated, of ``n`` decisions."""

    offset: float
    slope: float
    n: int

    def __call__(self, stated: float) -> float:
        return min(max(_share(self.offset + self.slope * _logit(stated)), LEAST), MOST)


@dataclass(frozen=True)
class Seen:
    """A proposal that is through: who made it, how sure they were, and whether they were ``right``."""

    agent: str
    kind: str
    stated: float
    right: bool


def curve_of(seen: Sequence[Seen], agent: str, kind: str) -> Curve | None:
    """The curve for ``agent`` and ``kind`` from all that was ``seen``, the oldest first; None where what is stated stands."""
    own = [one for one in seen if one.kind == kind]
    for like, least in (([one for one in own if one.agent == agent], ENOUGH), (own, FEWEST), (seen, FEWEST)):
        if len(like) >= least:
            return _better(like)
    return None


def _better(seen: Sequence[Seen]) -> Curve | None:
    """A curve over all of ``seen``, where one over the older two thirds tells the newer third no worse than the agents did."""
    cut = len(seen) * 2 // 3
    tried = fitted(seen[:cut])
    newer = seen[cut:]
    said = sum(_loss(min(max(one.stated, LEAST), MOST), one.right) for one in newer)
    told = sum(_loss(tried(one.stated), one.right) for one in newer)
    return fitted(seen) if told < said else None


def fitted(seen: Sequence[Seen]) -> Curve:
    """The curve of the largest penalised likelihood, by Newton's method with halved steps."""
    at = [(_logit(one.stated), float(one.right)) for one in seen]
    offset, slope = 0.0, 1.0
    best = _cost(at, offset, slope)
    for _ in range(40):
        step = _newton(at, offset, slope)
        while (cost := _cost(at, offset - step[0], slope - step[1])) > best and max(map(abs, step)) > 1e-9:
            step = (step[0] / 2, step[1] / 2)
        if max(map(abs, step)) <= 1e-9:
            break
        offset, slope, best = offset - step[0], slope - step[1], cost
    return Curve(offset, slope, len(seen))


def _newton(at: Sequence[tuple[float, float]], offset: float, slope: float) -> tuple[float, float]:
    g0, g1 = DRAWN * offset, DRAWN * (slope - 1)
    h00, h01, h11 = DRAWN, 0.0, DRAWN
    for x, y in at:
        p = _share(offset + slope * x)
        w = p * (1 - p)
        g0, g1 = g0 + p - y, g1 + (p - y) * x
        h00, h01, h11 = h00 + w, h01 + w * x, h11 + w * x * x
    whole = h00 * h11 - h01 * h01
    return (h11 * g0 - h01 * g1) / whole, (h00 * g1 - h01 * g0) / whole


def _cost(at: Sequence[tuple[float, float]], offset: float, slope: float) -> float:
    drawn = DRAWN / 2 * (offset**2 + (slope - 1) ** 2)
    return drawn + sum(_loss(_share(offset + slope * x), y >= 0.5) for x, y in at)


def _loss(share: float, right: bool) -> float:
    return -log(max(share if right else 1 - share, 1e-12))


def _share(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


def _logit(stated: float) -> float:
    inside = min(max(stated, LEAST), MOST)
    return log(inside / (1 - inside))
