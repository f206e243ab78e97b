"""Hours of the week as the baseline of telemetry: better than a z-score, and causal."""

from __future__ import annotations

import numpy as np

from agents.detectors import telemetry

PER_DAY, DAYS = 24, 56
BEGIN = 21 * PER_DAY


def load(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Hourly load with office hours and quiet weekends; eight hours of it at night-time as busy as noon."""
    t = np.arange(PER_DAY * DAYS)
    office = (t % 24 >= 8) & (t % 24 < 18) & (t // 24 % 7 < 5)
    values = np.where(office, 60.0, 10.0) + rng.normal(0, 3, t.size)
    odd = rng.choice(np.nonzero(~office & (t > BEGIN))[0], 8, replace=False)
    values[odd] += 35
    return values, np.isin(t, odd)


def z_scores(values: np.ndarray) -> np.ndarray:
    out = np.zeros(len(values))
    for t in range(7 * PER_DAY, len(values)):
        past = values[t - 7 * PER_DAY : t]
        out[t] = abs(values[t] - past.mean()) / past.std()
    return out


def found(scores: np.ndarray, odd: np.ndarray) -> float:
    """Share of the odd hours among as many highest scores as there are odd hours."""
    top = np.argsort(np.where(np.arange(len(scores)) > BEGIN, scores, 0))[-odd.sum() :]
    return float(odd[top].mean())


def test_it_finds_busy_nights_that_a_z_score_takes_for_noon() -> None:
    made = [load(np.random.default_rng(seed)) for seed in range(5)]
    ours = np.mean([found(telemetry.scores(values, PER_DAY), odd) for values, odd in made])
    usual = np.mean([found(z_scores(values), odd) for values, odd in made])
    assert ours >= 0.9
    assert usual <= 0.5


def test_a_prefix_gives_the_same_scores() -> None:
    values, _ = load(np.random.default_rng(9))
    whole, prefix = telemetry.scores(values, PER_DAY), telemetry.scores(values[:900], PER_DAY)
    np.testing.assert_array_equal(whole[:900], prefix)


def test_unknown_readings_score_nothing() -> None:
    values, _ = load(np.random.default_rng(4))
    values[700:760] = np.nan
    assert not telemetry.scores(values, PER_DAY)[700:760].any()
    assert not telemetry.scores(values[: 2 * 7 * PER_DAY], PER_DAY).any()
