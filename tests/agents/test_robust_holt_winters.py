"""The daily detector against its gates: causal, few false alerts whatever share of the series is faulty, enough found."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from agents.detectors import regular_days
from agents.detectors import robust_holt_winters as rhw
from agents.detectors.calendar_lift import Term, term_of
from bench.detecting import GENERATORS
from bench.series import families
from bench.series.corpus import Corpus, Counted, counted

SEEDS = (1, 2, 11)
FIRST_DAY = families.FIRST_DAY
RECALL = {"families": 0.48, "counts": 0.44, "jobs": 0.35}  # with half of the series faulty
Judged = list[tuple[rhw.Scores, Corpus]]


def judged(name: str, share: float, seeds: tuple[int, ...] = SEEDS) -> Judged:
    made = [GENERATORS[name](seed, share) for seed in seeds]
    return [(rhw.score(one.values, one.first_day), one) for one in made]


def mean(results: list[Counted], figure: str) -> float:
    return float(np.mean([getattr(one, figure) for one in results]))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.5])
@pytest.mark.parametrize("name", GENERATORS)
def test_false_alerts_are_few_whatever_share_is_faulty(name: str, share: float) -> None:
    results = [counted(scores.alerts(corpus.values), corpus) for scores, corpus in judged(name, share)]
    print(name, share, "false", mean(results, "false_per_1000"), "recall", mean(results, "recall"))
    assert mean(results, "false_per_1000") <= 1.2
    if share == 0.5:
        assert mean(results, "recall") >= RECALL[name]


def test_discoveries_over_the_series_of_a_day_are_nearly_all_true() -> None:
    results = [
        counted(np.stack([rhw.discoveries(day) for day in scores.p]), corpus)
        for scores, corpus in judged("families", 0.49)
    ]
    assert mean(results, "precision") >= 0.93
    assert mean(results, "recall") >= 0.45


@pytest.mark.parametrize("mutant", ["always quiet", "random"])
def test_a_detector_that_does_not_look_fails_the_gate(mutant: str) -> None:
    rng = np.random.default_rng(5)
    corpus = families.corpus(1)
    p = np.ones_like(corpus.values) if mutant == "always quiet" else rng.random(corpus.values.shape)
    result = counted(p <= rhw.ALERT_P, corpus)
    assert result.recall < 0.5 or result.false_per_1000 > 1.2


def test_a_prefix_gives_the_same_scores() -> None:
    values = families.corpus(7, series=40, days=150).values
    whole, prefix = rhw.score(values, FIRST_DAY), rhw.score(values[:120], FIRST_DAY)
    np.testing.assert_array_equal(whole.p[:120], prefix.p)
    np.testing.assert_array_equal(whole.score[:120], prefix.score)


def test_short_or_empty_history_is_never_an_alert() -> None:
    for values in (np.zeros((10, 3)), np.zeros((100, 3)), np.ones((28, 2))):
        assert (rhw.score(values, FIRST_DAY).p == 1).all() or not values.any()


def test_benjamini_hochberg_by_hand() -> None:
    # 4 tests, q = 0.1: limits .025 .05 .075 .1; .04 <= .05 stands, and so does the smaller .01; .08 > .075 falls
    assert rhw.discoveries(np.array([0.04, 0.5, 0.01, 0.08]), 0.1).tolist() == [True, False, True, False]


# Days that recur


def quiet(days: int, series: int, seed: int = 9) -> np.ndarray:
    return np.asarray(200 * np.exp(np.random.default_rng(seed).normal(0, 0.06, (days, series))))


def last_days(days: int, first: dt.date, every: int) -> list[int]:
    """Positions of the last days of the months whose number ``every`` divides."""
    dates = [first + dt.timedelta(days=t) for t in range(days)]
    return [t for t, day in enumerate(dates) if (day + dt.timedelta(days=1)).day == 1 and day.month % every == 0]


def test_a_recurring_month_end_is_expected_at_what_it_costs() -> None:
    values, ends = quiet(400, 30), last_days(400, FIRST_DAY, 1)
    recurring = [t for end in ends for t in (end - 1, end) if t >= 0]
    values[recurring, 0] *= 2
    expected = rhw.score(values, FIRST_DAY).expected[recurring[-8:], 0]
    assert (np.abs(expected / 400 - 1) < 0.15).all(), expected


@pytest.mark.parametrize(("every", "factor"), [(1, 2), (1, 3), (3, 5)])
@pytest.mark.parametrize("days", [180, 400])
def test_the_ends_of_months_and_quarters_do_not_ring(every: int, factor: float, days: int) -> None:
    values = quiet(days, 60)
    values[last_days(days, FIRST_DAY, every), :12] *= factor
    assert (rhw.score(values, FIRST_DAY).p[:, :12] <= rhw.ALERT_P).mean() <= 0.0012


@pytest.mark.parametrize("days", [180, 400])
def test_the_last_working_days_of_months_do_not_ring(days: int) -> None:
    values, dates = quiet(days, 60), np.datetime64(FIRST_DAY) + np.arange(days)
    last = (dates.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    values[dates == np.busday_offset(last, 0, roll="backward"), :12] *= 2
    scores = rhw.score(values, FIRST_DAY)
    assert scores.alerts(values)[:, :12].mean() <= 0.0012


@pytest.mark.parametrize(
    ("day", "term"),
    [
        ("2026-07-31", Term.LAST),  # a Friday
        ("2026-10-31", Term.WEEKEND_LAST),
        ("2026-10-30", Term.FRIDAY_BUT_ONE),
        ("2026-08-30", Term.LAST_BUT_ONE),  # a Sunday
        ("2026-05-29", Term.FRIDAY_BUT_TWO),
        ("2026-07-29", None),
        ("2026-08-01", Term.FIRST),
    ],
)
def test_the_ends_of_a_month_by_hand(day: str, term: Term | None) -> None:
    assert term_of(np.datetime64(day))[0] == term


def test_a_weekly_job_that_did_not_run_is_found() -> None:
    values, missed = quiet(180, 60), 7 * 20
    for series in range(12):
        values[np.arange(180) % 7 != series % 7, series] = 0
        values[missed + series % 7, series] = 0
    p = rhw.score(values, FIRST_DAY).p[:, :12]
    assert [p[missed + series % 7, series] <= rhw.ALERT_P for series in range(12)] == [True] * 12
    assert (p[:missed] > rhw.ALERT_P).all()


def test_days_without_a_pattern_are_no_misses() -> None:
    rng = np.random.default_rng(3)
    values = quiet(200, 40) * (rng.random((200, 40)) < 0.6)
    assert (regular_days.missing(values) == 1).all()


def test_one_series_alone_is_judged_by_a_plain_function() -> None:
    values = quiet(160, 1)[:, 0]
    values[120] *= 3
    scores = rhw.series_score(values, FIRST_DAY)
    assert scores.shape == (160,)
    assert scores[120] > -np.log10(rhw.ALERT_P)
    assert int(np.argmax(scores)) == 120
