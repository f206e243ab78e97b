"""How likely a run that has been going for a while is to miss its deadline, from the job's own history.

Conditional survival P(T > deadline | T > elapsed) with a kernel estimate of the time T: newer runs and those of the same
weekday weigh more; cancelled and timed-out runs are censored (Kaplan and Meier 1958, weighted); kernels on the log scale
are normal with Silverman's width, one part in ten Student's t with 3 degrees of freedom for heavy tails.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

HALF_LIFE = 15  # runs after which one counts half
SAME_WEEKDAY = 1.5  # times the weight of another
SHRINK = 2  # runs that a weekday needs before its own length counts for half
FEW = 8  # runs below which there is no shape to estimate
NARROWEST = 0.02  # kernel width on the log scale: two in a hundred
HEAVY = 0.1  # share of the heavy-tailed kernel


@dataclass(frozen=True)
class Past:
    """A run that ended: its ``seconds`` from start to end, ``weekday`` of its start (Monday 0), and whether it was
    ``censored``: stopped before the work was done."""

    seconds: float
    weekday: int
    censored: bool = False


def miss_probability(history: Sequence[Past], elapsed: float, deadline: float, weekday: int) -> float:
    """P(T > ``deadline`` | T > ``elapsed``), all in seconds since the start, for a run that started on ``weekday``.

    ``history`` is in order of time, the newest last. With few runs that took longer than ``elapsed`` the answer leans on
    Jeffreys' prior; with none at all it is 0.5.
    """
    if elapsed >= deadline:
        return 1.0
    done = [run for run in history if run.seconds > 0]
    if sum(not run.censored for run in done) < FEW:
        going = [run for run in done if run.seconds > elapsed and not (run.censored and run.seconds < deadline)]
        return (sum(run.seconds > deadline for run in going) + 0.5) / (len(going) + 1)
    done = _as_on(weekday, done)
    masses = _masses(done, _weights(done, weekday))
    width = _width(masses)
    still = _survival(masses, width, elapsed)
    return min(1.0, _survival(masses, width, deadline) / still) if still > 1e-12 else 1.0


def _as_on(weekday: int, done: Sequence[Past]) -> list[Past]:
    """The runs as long as they would have been on ``weekday``: what its days take more than others, by the median on the
    log scale, shrunk where it has few runs."""
    middle = median(math.log(run.seconds) for run in done)
    extra = [0.0] * 7
    for day in range(7):
        own = [math.log(run.seconds) - middle for run in done if run.weekday == day]
        extra[day] = median(own) * len(own) / (len(own) + SHRINK) if own else 0.0
    return [
        Past(run.seconds * math.exp(extra[weekday] - extra[run.weekday]), run.weekday, run.censored) for run in done
    ]


def _weights(done: Sequence[Past], weekday: int) -> list[float]:
    newest = len(done) - 1
    return [
        0.5 ** ((newest - place) / HALF_LIFE) * (SAME_WEEKDAY if run.weekday == weekday else 1.0)
        for place, run in enumerate(done)
    ]


def _masses(done: Sequence[Past], weights: Sequence[float]) -> list[tuple[float, float]]:
    """(log seconds, probability) of each run that was not censored; what censored runs leave over is spread over the
    longer ones, and what is left at the end lies at the longest."""
    left, survival = sum(weights), 1.0
    found: list[tuple[float, float]] = []
    for run, weight in sorted(zip(done, weights, strict=True), key=lambda one: (one[0].seconds, one[0].censored)):
        if not run.censored:
            found.append((math.log(run.seconds), survival * weight / left))
            survival *= 1 - weight / left
        left -= weight
        if left <= 0:
            break
    return [*found, (math.log(max(run.seconds for run in done)), survival)] if survival > 1e-9 else found


def _width(masses: Sequence[tuple[float, float]]) -> float:
    """Silverman's rule of thumb with the effective number of runs."""
    mean = sum(at * mass for at, mass in masses)
    spread = math.sqrt(sum(mass * (at - mean) ** 2 for at, mass in masses))
    ordered = sorted(masses)
    quarter = (_quantile(ordered, 0.75) - _quantile(ordered, 0.25)) / 1.349
    effective = 1 / sum(mass**2 for _, mass in masses)
    return max(NARROWEST, 0.9 * min(spread, quarter or spread) * math.pow(effective, -0.2))


def _quantile(ordered: Sequence[tuple[float, float]], share: float) -> float:
    passed = 0.0
    for at, mass in ordered:
        passed += mass
        if passed >= share:
            return at
    return ordered[-1][0]


def _survival(masses: Sequence[tuple[float, float]], width: float, seconds: float) -> float:
    if seconds <= 0:
        return 1.0
    at = math.log(seconds)
    return sum(mass * _beyond((at - centre) / width) for centre, mass in masses)


def _beyond(z: float) -> float:
    """P(Z > z) of the kernel."""
    normal = 0.5 * math.erfc(z / math.sqrt(2))
    x = z / math.sqrt(3)
    student = 0.5 - (x / (1 + x * x) + math.atan(x)) / math.pi
    return (1 - HEAVY) * normal + HEAVY * student
