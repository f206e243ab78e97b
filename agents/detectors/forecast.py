"""Daily spend to the end of a month, with a fan: same-weekday medians and a weekly-block bootstrap of their errors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Matrix = npt.NDArray[np.float64]

WEEKS, BLOCK_WEEKS = 6, 8  # weeks behind the medians, weeks the error blocks are drawn from
BACK_TESTS, GAP = 3, 28  # earlier origins that measure the level's own error, and days between them
DRAWS, SEED = 2000, 11
BANDS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Forecast:
    """``days``: day, p10, p50, p90 (money per day). ``total``: p10, p50, p90 of the month, spend to date included.
    ``spent``: the month to date. ``back_tests``: origin, forecast, low, high, actual of earlier months' remainders."""

    days: pd.DataFrame
    total: tuple[float, float, float]
    spent: float
    back_tests: pd.DataFrame

    @property
    def wape(self) -> float:
        """Weighted absolute percentage error of the back-tests' remainders (0.04 = 4 %); NaN without any."""
        actual = self.back_tests["actual"].sum()
        return (
            float((self.back_tests["forecast"] - self.back_tests["actual"]).abs().sum() / actual)
            if actual
            else float("nan")
        )


def _weekday_medians(history: Matrix, length: int) -> Matrix:
    """The next ``length`` days by the median of the same weekday over the last WEEKS weeks."""
    recent = history[-7 * WEEKS :]
    medians = np.array([np.median(recent[(len(recent) + d) % 7 :: 7]) for d in range(7)])
    return medians[np.arange(length) % 7]


def _draws(history: Matrix, length: int, level_errors: Matrix, rng: np.random.Generator) -> Matrix:
    """DRAWS paths of the next ``length`` days."""
    base = _weekday_medians(history, length)
    recent = history[-7 * min(BLOCK_WEEKS, len(history) // 7) :]
    fitted = _weekday_medians(history, len(recent))  # len(recent) is whole weeks, so weekdays agree
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(fitted > 0, recent / fitted, 1.0).reshape(-1, 7)
    weeks = -(-length // 7)
    blocks = ratios[rng.integers(0, len(ratios), (DRAWS, weeks))].reshape(DRAWS, -1)[:, :length]
    spread = float(np.sqrt(np.mean(np.square(level_errors)))) if level_errors.size else 0.05
    level = np.exp(rng.normal(0.0, spread, (DRAWS, 1)))
    return base * blocks * level


def _level_error(history: Matrix, length: int) -> float:
    """log(actual / forecast) of the last ``length`` days seen from their eve."""
    past, actual = history[:-length], history[-length:].sum()
    expected = _weekday_medians(past, length).sum()
    return float(np.log(actual / expected)) if actual > 0 and expected > 0 else 0.0


def _paths(history: Matrix, length: int) -> Matrix:
    errors = [
        _level_error(history[: len(history) - GAP * k], length)
        for k in range(BACK_TESTS)
        if len(history) - GAP * k >= length + 7 * WEEKS
    ]
    return _draws(history, length, np.array(errors), np.random.default_rng(SEED))


def month_end(daily: pd.DataFrame) -> Forecast:
    """Forecast of the month of the day after the last complete one.

    ``daily``: usage_date (consecutive days, complete ones only), cost (one currency and basis); at least 7 weeks, else
    ``ValueError``. Method and figures: same-weekday medians of 6 weeks x weekly-block bootstrap of 8 weeks x the level
    error of 3 back-tests.
    """
    frame = daily.sort_values("usage_date")
    history = frame["cost"].to_numpy(dtype=float)
    if len(history) < 7 * (WEEKS + 1):
        raise ValueError(f"a forecast needs {7 * (WEEKS + 1)} complete days, not {len(history)}")
    last = pd.Timestamp(frame["usage_date"].iloc[-1]).date()
    following = last + dt.timedelta(days=1)
    end = (pd.Timestamp(following) + pd.offsets.MonthBegin(0 if following.day == 1 else 1)).date()
    if following.day == 1:
        end = (pd.Timestamp(following) + pd.offsets.MonthBegin(1)).date()
    length = (end - following).days
    spent = float(history[-(following.day - 1) :].sum()) if following.day > 1 else 0.0
    paths = _paths(history, length)
    fan = np.quantile(paths, BANDS, axis=0)
    days = pd.DataFrame({"day": pd.date_range(following, periods=length), "p10": fan[0], "p50": fan[1], "p90": fan[2]})
    low, middle, high = (spent + float(q) for q in np.quantile(paths.sum(axis=1), BANDS))
    return Forecast(days, (low, middle, high), spent, _back_tests(history, last, length))


def _back_tests(history: Matrix, last: dt.date, length: int) -> pd.DataFrame:
    """The same forecast made ``GAP`` days apart in the past, beside what really came."""
    rows = []
    for k in range(1, 7):
        cut = len(history) - GAP * k
        if cut < 7 * (WEEKS + 1) or cut + length > len(history):
            continue
        total = _paths(history[:cut], length).sum(axis=1)
        low, middle, high = np.quantile(total, BANDS)
        rows.append(
            {
                "origin": last - dt.timedelta(days=GAP * k),
                "forecast": middle,
                "low": low,
                "high": high,
                "actual": history[cut : cut + length].sum(),
            }
        )
    return pd.DataFrame(rows, columns=["origin", "forecast", "low", "high", "actual"])
