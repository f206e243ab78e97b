"""The forecast of a month holds its gates: on every shape of spend, from every day, and with a short history."""

from __future__ import annotations

import datetime as dt
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from agents.detectors import cost_frames, forecast
from agents.detectors.month_ends import month_ends
from bench.forecasting import GENERATORS, covered_young, judged
from bench.series import months, months_calendar, months_usage
from tests.support.tiers import deep

FIRST_DAY = months.FIRST_DAY
STEADY = ("flat", "noisy", "weekly", "counts")  # what weekday medians are made for
ABRUPT = ("saturating", "odd_days")  # growth that ends and days far above the others move the middle


def series(rng: np.random.Generator, days: int = 240) -> np.ndarray:
    noise = np.zeros(days)
    for i in range(1, days):
        noise[i] = 0.35 * noise[i - 1] + rng.normal(0, rng.uniform(0.04, 0.12) * 0.94)
    weekend = np.exp(-rng.uniform(0.4, 1.2))
    t = np.arange(days)
    return np.exp(rng.uniform(5, 8) + rng.uniform(0, 0.0015) * t + noise) * np.where(t % 7 < 5, 1, weekend)


@pytest.mark.parametrize("draws", [14, deep(40)])
def test_month_end_seen_from_day_ten(draws: int) -> None:
    rng = np.random.default_rng(3)
    days = pd.date_range("2026-01-05", periods=240)
    errors, actual, covered = [], [], []
    for _ in range(draws):
        y = series(rng)
        for month in (6, 7, 8):
            cut = int(np.nonzero((days.day == 10) & (days.month == month))[0][0]) + 1
            made = forecast.month_end(pd.DataFrame({"usage_date": days[:cut].date, "cost": y[:cut]}))
            truth = y[days.month == month].sum()
            errors.append(abs(made.total[1] - truth))
            actual.append(truth)
            covered.append(made.total[0] <= truth <= made.total[2])
    wape, coverage = sum(errors) / sum(actual), float(np.mean(covered))
    print(f"month-end forecast from day 10: WAPE {wape:.3f}, 80 % interval covers {coverage:.2f}")
    assert wape <= 0.05
    assert 0.72 <= coverage <= 0.88


@pytest.mark.parametrize(
    ("name", "shape"), [(name, shape) for name, made in GENERATORS.items() for shape in made.SHAPES]
)
def test_the_band_holds_from_every_day_of_the_month(name: str, shape: str) -> None:
    made = GENERATORS[name]
    figures = judged(np.concatenate([made.spend(shape, seed) for seed in (1, 2, 3)], axis=1), made.FIRST_DAY)
    print(name, shape, figures)
    parts = [value for figure, value in figures.items() if figure.startswith("covers_from")]
    assert 0.72 <= figures["covers"] <= 0.88
    assert all(0.70 <= part <= 0.91 for part in parts)  # 120 series, three months: some .03 by chance
    assert abs(figures["bias"]) <= (0.02 if shape in ABRUPT else 0.01)
    assert figures["wape"] <= (1.03 if shape in STEADY else 1.25) * figures["wape_of_weekday_medians"]


@pytest.mark.parametrize(
    ("made", "shape"),
    [(months, "flat"), (months_usage, "counts"), *((months_calendar, shape) for shape in ("flat", "noisy", "weekly"))],
)
def test_the_band_of_a_short_steady_history_is_no_wider_than_it_says(
    made: ModuleType, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, begins = [], made.FIRST_DAY
    for later in (0, 42, 77, 112, 161, 203):  # the same spend in other parts of the year
        monkeypatch.setattr(made, "FIRST_DAY", begins + dt.timedelta(days=later))
        held.append(covered_young(made.spend(shape, 4), made.FIRST_DAY))
    print(made.__name__, shape, held)
    assert 0.72 <= float(np.mean(held)) <= 0.88


def test_the_band_of_a_short_history_holds_on_average_on_moving_spend() -> None:
    held = [covered_young(months.spend(shape, 4)) for shape in ("growth", "decline", "walk", "steps")]
    assert 0.72 <= float(np.mean(held)) <= 0.88


def test_last_working_days_hold_the_band_whatever_day_of_the_week_months_ended_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, held = months_calendar, []
    begins = made.FIRST_DAY
    for later in (0, 56, 119):
        monkeypatch.setattr(made, "FIRST_DAY", begins + dt.timedelta(days=later))
        values = np.concatenate([made.spend("last_business_day", seed) for seed in (5, 6)], axis=1)
        held.append(judged(values, made.FIRST_DAY)["covers"])
    print(held)
    assert all(0.72 <= one <= 0.88 for one in held)


def raised(days: pd.DatetimeIndex, ends: pd.Series | np.ndarray) -> pd.DataFrame:
    """100 a day and a little noise; twice as much on ``ends``."""
    noise = np.exp(np.random.default_rng(8).normal(0, 0.02, len(days)))
    return pd.DataFrame({"usage_date": days.date, "cost": np.where(ends, 200.0, 100.0) * noise})


def test_the_first_end_is_a_quarters_and_the_next_months_are_expected_like_it() -> None:
    days = pd.date_range("2026-06-05", "2026-07-30")
    made = forecast.month_end(raised(days, days.is_month_end))
    assert made.days["p50"].tolist() == pytest.approx([200], rel=0.1)
    assert made.unseen == "end of a month"  # a quarter's was


def test_a_quarters_end_met_first_is_told_apart_once_a_months_own_was_met() -> None:
    days = pd.date_range("2026-06-05", "2026-12-30")  # both of 30 September and 31 December are working days
    quarters = forecast.month_end(raised(days, days.is_quarter_end))
    every = forecast.month_end(raised(days, days.is_month_end))
    assert quarters.days["p50"].tolist() == pytest.approx([200], rel=0.15)
    assert every.days["p50"].tolist() == pytest.approx([200], rel=0.1)
    assert quarters.unseen == every.unseen == ""


def test_before_an_end_that_was_never_met_the_band_reaches_as_far_as_those_that_were() -> None:
    days = pd.date_range("2026-04-06", "2026-06-28")
    ends = np.is_busday(days.to_numpy(dtype="datetime64[D]")) & days.is_month_end
    raising, flat = (forecast.month_end(raised(days, one)) for one in (ends, ends & False))
    assert raising.unseen == flat.unseen == "end of a quarter"
    assert (raising.total[2] - raising.spent) / 2 > 1.2 * (flat.total[2] - flat.spent) / 2
    assert flat.total[2] - flat.spent < 225  # two days of 100: nothing of the kind was ever met


@pytest.mark.parametrize(
    ("first", "last", "unseen"),
    [
        ("2025-01-01", "2026-08-10", ""),
        ("2026-07-02", "2026-09-10", "end of a quarter"),
        ("2026-07-02", "2026-09-30", "start of a quarter or end of a month"),  # and the first at a weekend
        ("2026-01-05", "2026-05-10", "end of a month"),  # the first that ends on a Sunday
    ],
)
def test_what_was_never_met_is_said(first: str, last: str, unseen: str) -> None:
    days = pd.date_range(first, last)
    daily = raised(days, np.zeros(len(days), dtype=bool)).assign(complete=True)
    assert cost_frames.forecast_frames(daily)["forecast_total"]["unseen"].tolist() == [unseen]


def test_days_away_from_the_level_widen_the_band_to_their_side_only() -> None:
    values = months.spend("flat", 3)[:300]
    usual = month_ends(values, FIRST_DAY).outlook(299)
    values[-2:] *= 1.5
    unsettled = month_ends(values, FIRST_DAY).outlook(299)
    assert np.median(np.log(unsettled.high / usual.high)) > 0.15
    assert abs(np.median(np.log(unsettled.low / usual.low))) < 0.05


def test_a_step_of_a_week_ago_is_believed() -> None:
    values = months.spend("flat", 3)[:300]
    values[-6:] *= 1.5
    known = month_ends(values, FIRST_DAY)
    usual = month_ends(values[:-6], FIRST_DAY)
    raised = known.filtered.ahead(299, 7).sum(axis=0) / usual.filtered.ahead(293, 7).sum(axis=0)
    assert 1.35 <= float(np.median(raised)) <= 1.65


@pytest.mark.parametrize(
    ("last", "length", "spent_days"),
    [
        (dt.date(2026, 8, 10), 21, 10),
        (dt.date(2026, 8, 30), 1, 30),
        (dt.date(2026, 8, 31), 30, 0),
    ],
)
def test_a_forecast_covers_the_rest_of_its_month(last: dt.date, length: int, spent_days: int) -> None:
    days = pd.date_range(end=last, periods=100)
    made = forecast.month_end(pd.DataFrame({"usage_date": days.date, "cost": 10.0}))
    assert len(made.days) == length
    assert made.spent == pytest.approx(10 * spent_days)
    assert made.total[1] == pytest.approx(10 * (length + spent_days), rel=0.02)


def test_too_little_history_says_so() -> None:
    days = pd.date_range("2026-01-01", periods=20)
    with pytest.raises(ValueError, match="needs 49 complete days"):
        forecast.month_end(pd.DataFrame({"usage_date": days.date, "cost": 1.0}))
