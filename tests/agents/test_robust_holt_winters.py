"""The daily detector against its gates: causal, few false alerts, enough faults found, fast."""

from __future__ import annotations

import numpy as np
import pytest

from agents.detectors import robust_holt_winters as rhw
from tests.agents.daily_corpus import FIRST_DAY, corpus, judge

SEEDS = (1, 2, 3, 11, 12, 13, 101, 102, 103)
Judged = list[tuple[rhw.Scores, list[tuple[int, int] | None]]]


@pytest.fixture(scope="module")
def judged() -> Judged:
    made = [corpus(seed) for seed in SEEDS]
    return [(rhw.score(values, FIRST_DAY), windows) for values, windows, _ in made]


def _mean(results: list[dict[str, float]]) -> dict[str, float]:
    return {key: float(np.mean([r[key] for r in results])) for key in results[0]}


def test_default_threshold_finds_half_the_faults_at_about_one_false_alert_per_thousand(judged: Judged) -> None:
    result = _mean([judge(scores.p <= rhw.ALERT_P, windows) for scores, windows in judged])
    print("daily corpus", result)
    assert result["recall"] >= 0.50
    assert result["false_per_1000"] <= 1.2


def test_discoveries_over_the_series_of_a_day_are_nearly_all_true(judged: Judged) -> None:
    results = [judge(np.stack([rhw.discoveries(day) for day in scores.p]), windows) for scores, windows in judged]
    assert _mean(results)["precision"] >= 0.9


@pytest.mark.parametrize("mutant", ["always quiet", "random"])
def test_a_detector_that_does_not_look_fails_the_gate(judged: Judged, mutant: str) -> None:
    rng = np.random.default_rng(5)
    results = []
    for scores, windows in judged:
        p = np.ones_like(scores.p) if mutant == "always quiet" else rng.random(scores.p.shape)
        results.append(judge(p <= rhw.ALERT_P, windows))
    result = _mean(results)
    assert result["recall"] < 0.5 or result["false_per_1000"] > 1.2


def test_a_prefix_gives_the_same_scores() -> None:
    values, _, _ = corpus(7, series=40, days=150)
    whole, prefix = rhw.score(values, FIRST_DAY), rhw.score(values[:120], FIRST_DAY)
    np.testing.assert_array_equal(whole.p[:120], prefix.p)
    np.testing.assert_array_equal(whole.score[:120], prefix.score)


def test_short_or_empty_history_is_never_an_alert() -> None:
    for values in (np.zeros((10, 3)), np.zeros((100, 3)), np.ones((28, 2))):
        assert (rhw.score(values, FIRST_DAY).p == 1).all() or not values.any()


def test_benjamini_hochberg_by_hand() -> None:
    # 4 tests, q = 0.1: limits .025 .05 .075 .1; .04 <= .05 stands, and so does the smaller .01; .08 > .075 falls
    assert rhw.discoveries(np.array([0.04, 0.5, 0.01, 0.08]), 0.1).tolist() == [True, False, True, False]
