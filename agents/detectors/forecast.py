"""Daily spend to the end of a month with its band: level, slope, weekdays and month ends, judged by its own past."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from agents.detectors.month_ends import MonthEnds, month_ends

Matrix = npt.NDArray[np.float64]

LEAST = 49  # days of history
BACK_TESTS = 6  # earlier months that are shown
DAYS_JUDGED, AHEAD = 56, 7  # days whose single errors make the fan of days, and how far ahead they were said
BANDS = (0.1, 0.9)


@dataclass(frozen=True)
class Forecast:
    """``days``: day, p10, p50, p90 (money per day). ``total``: p10, p50, p90 of the month, spend to date included.
    ``spent``: the month to date. ``back_tests``: origin, forecast, low, high, actual of earlier months' remainders.
    ``unseen``: what lies ahead and was never met, such as "end of a quarter"; "" for none."""

    days: pd.DataFrame
    total: tuple[float, float, float]
    spent: float
    back_tests: pd.DataFrame
    unseen: str

    @property
    def wape(self) -> float:
        """Weighted absolute percentage error of the back-tests' remainders (0.04 = 4 %); NaN without any."""
        actual = self.back_tests["actual"].sum()
        return (
            float((self.back_tests["forecast"] - self.back_tests["actual"]).abs().sum() / actual)
            if actual
            else float("nan")
        )


def month_end(daily: pd.DataFrame) -> Forecast:
    """Forecast of the month of the day after the last complete one.

    ``daily``: usage_date (consecutive days, complete ones only), cost (one currency and basis); at least 7 weeks, else
    ``ValueError``. Method and figures: :mod:`agents.detectors.month_ends`, ``python -m bench forecasting``.
    """
    frame = daily.sort_values("usage_date")
    history = np.maximum(frame["cost"].to_numpy(dtype=float), 0.0)
    if len(history) < LEAST:
        raise ValueError(f"a forecast needs {LEAST} complete days, not {len(history)}")
    first, last = (pd.Timestamp(frame["usage_date"].iloc[i]).date() for i in (0, -1))
    following = last + dt.timedelta(days=1)
    known, t = month_ends(history[:, None], first), len(history) - 1
    low, middle, high = _rest(known, t)
    spent = float(frame["cost"].to_numpy(dtype=float)[len(history) - following.day + 1 :].sum())
    total = (spent + low, spent + middle, spent + high)
    unseen = known.ends.unseen(t, int(known.length[t]))
    return Forecast(_days(known, history, t, following), total, spent, _back_tests(known, t, last), unseen)


def _rest(known: MonthEnds, t: int) -> tuple[float, float, float]:
    """p10, p50, p90 of the rest of the month, seen at the end of day ``t``."""
    outlook = known.outlook(t)
    plain = known.rest(t)[0]
    return float(plain * outlook.low[0]), float(plain * outlook.middle[0]), float(plain * outlook.high[0])


def _days(known: MonthEnds, history: Matrix, t: int, following: dt.date) -> pd.DataFrame:
    outlook, length = known.outlook(t), int(known.length[t])
    middle = known.filtered.ahead(t, length)[:, 0] * outlook.middle[0]
    origins = range(max(t - DAYS_JUDGED, DAYS_JUDGED // 2), t - AHEAD + 1)
    said = np.array([known.said[origin, AHEAD, 0] - known.said[origin, AHEAD - 1, 0] for origin in origins])
    came = history[[origin + AHEAD for origin in origins]]
    seen = (said > 0) & (came > 0)
    errors = np.log(came[seen] / said[seen]) if seen.any() else np.zeros(1)
    low, high = (
        np.exp(np.minimum(np.quantile(errors, BANDS[0]), 0)),
        np.exp(np.maximum(np.quantile(errors, BANDS[1]), 0)),
    )
    return pd.DataFrame(
        {"day": pd.date_range(following, periods=length), "p10": middle * low, "p50": middle, "p90": middle * high}
    )


def _back_tests(known: MonthEnds, t: int, last: dt.date) -> pd.DataFrame:
    """The same forecast with as many days to go in earlier months, as it would have been made then, beside what came."""
    rows: list[dict[str, object]] = []
    for origin in range(t - 1, LEAST - 1, -1):
        if known.length[origin] == known.length[t] and origin + known.length[origin] <= t and len(rows) < BACK_TESTS:
            low, middle, high = _rest(known, origin)
            day = last - dt.timedelta(days=t - origin)
            rows.append(
                {"origin": day, "forecast": middle, "low": low, "high": high, "actual": float(known.came(origin)[0])}
            )
    return pd.DataFrame(rows, columns=["origin", "forecast", "low", "high", "actual"])
