"""The risk of a miss: bounds, direction, and calibration on generated series."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import pytest

from agents.detectors.miss_risk import Past, miss_probability

HOUR = 3600.0
STEADY = [Past(HOUR * (1 + 0.1 * math.sin(n)), n % 7) for n in range(60)]


def test_it_is_certain_after_the_deadline_and_near_nothing_long_before_it() -> None:
    assert miss_probability(STEADY, HOUR, HOUR, 0) == 1.0
    assert miss_probability(STEADY, 60, 3 * HOUR, 0) < 0.02
    assert miss_probability(STEADY, 60, 0.5 * HOUR, 0) > 0.95


def test_a_run_that_is_overdue_is_more_and_more_likely_to_miss() -> None:
    risks = [miss_probability(STEADY, share * HOUR, 1.3 * HOUR, 0) for share in (0.1, 1.0, 1.15, 1.25)]
    assert risks == sorted(risks) and risks[-1] > 3 * risks[0]


def test_mondays_are_judged_by_mondays() -> None:
    slow_mondays = [Past(HOUR * (2 if n % 7 == 0 else 1) * (1 + 0.05 * math.sin(n)), n % 7) for n in range(70)]
    monday, tuesday = (miss_probability(slow_mondays, 600, 1.5 * HOUR, day) for day in (0, 1))
    assert monday > 0.25 > tuesday


def test_what_was_broken_off_is_no_short_run() -> None:
    stopped = [*STEADY, *(Past(2 * HOUR, n % 7, censored=True) for n in range(20))]
    assert miss_probability(stopped, 600, 1.5 * HOUR, 0) > miss_probability(STEADY, 600, 1.5 * HOUR, 0)


@pytest.mark.parametrize(("runs", "expected"), [([], 0.5), ([HOUR] * 3, 0.125), ([3 * HOUR] * 3, 0.875)])
def test_few_runs_lean_on_the_prior(runs: list[float], expected: float) -> None:
    assert miss_probability([Past(one, 0) for one in runs], 600, 2 * HOUR, 0) == expected


def checkpoints(seed: int) -> Iterator[tuple[float, float, bool]]:
    """The risk, what somebody who knows how the series was made would say, and the outcome, at a random moment of runs
    whose times have weekdays, drift, heavy tails and jobs of their own."""
    rnd = random.Random(seed)
    for _ in range(120):
        scale, sigma, drift = math.exp(rnd.gauss(7, 1)), rnd.uniform(0.1, 0.6), rnd.gauss(0, 0.002)
        weekdays = [rnd.gauss(0, 0.3) for _ in range(7)]
        times = [
            scale * math.exp(weekdays[n % 7] + drift * n + sigma * rnd.gauss(0, 1) * (3 if rnd.random() < 0.03 else 1))
            for n in range(90)
        ]
        deadline = sorted(times[:60])[rnd.randint(40, 56)]
        for n in range(60, 90):
            elapsed = deadline * rnd.uniform(0.05, 0.95)
            if times[n] > elapsed:
                history = [Past(one, m % 7) for m, one in enumerate(times[:n])]
                known = math.log(scale) + weekdays[n % 7] + drift * n
                best = beyond(deadline, known, sigma) / beyond(elapsed, known, sigma)
                yield miss_probability(history, elapsed, deadline, n % 7), best, times[n] > deadline


def beyond(seconds: float, centre: float, sigma: float) -> float:
    z = (math.log(seconds) - centre) / sigma / math.sqrt(2)
    return 0.97 * 0.5 * math.erfc(z) + 0.03 * 0.5 * math.erfc(z / 3)


def brier(pairs: list[tuple[float, bool]]) -> float:
    return sum((risk - missed) ** 2 for risk, missed in pairs) / len(pairs)


def test_risks_are_calibrated_and_better_than_a_constant() -> None:
    made = list(checkpoints(3))
    found = [(risk, missed) for risk, _, missed in made]
    base = sum(missed for _, missed in found) / len(found)
    best = brier([(risk, missed) for _, risk, missed in made])
    assert brier(found) <= 0.85 * base * (1 - base)
    assert brier(found) <= 1.1 * best  # what can be known at all
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in found:
        bins.setdefault(min(9, int(one[0] * 10)), []).append(one)
    error = sum(abs(sum(r for r, _ in one) - sum(m for _, m in one)) for one in bins.values()) / len(found)
    assert error <= 0.04
    ranked = sorted(found)
    places = [place for place, (_, missed) in enumerate(ranked, 1) if missed]
    auc = (sum(places) - len(places) * (len(places) + 1) / 2) / (len(places) * (len(found) - len(places)))
    assert auc >= 0.72
