"""The organisation's rhythm: weekdays, month ends, growth, office hours."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pandas as pd

MONTHS = 13
Floats = npt.NDArray[np.float64]


def generator(seed: int, *salt: int) -> np.random.Generator:
    """A random generator of its own for each use, so that one family's draws never shift another's."""
    return np.random.Generator(np.random.PCG64([seed, *salt]))


def first_day(now: dt.datetime) -> dt.date:
    """The first day of data: 13 months before ``now``, on the first of a month."""
    index = now.year * 12 + now.month - 1 - MONTHS
    return dt.date(index // 12, index % 12 + 1, 1)


def days(now: dt.datetime) -> pd.DatetimeIndex:
    """Every UTC day from the first to today."""
    return pd.date_range(first_day(now), now.date(), freq="D", tz="UTC")


def level(times: pd.DatetimeIndex, weekend: float = 0.35, month_end: float = 1.3, growth: float = 0.25) -> Floats:
    """Activity at ``times``, about 1: less at weekends, more in the last two days of a month, growing by ``growth`` a
    year."""
    week = np.where(times.dayofweek >= 5, weekend, 1.0)
    close = np.where((times + pd.Timedelta(days=2)).month != times.month, month_end, 1.0)
    years = (times - times[0]).total_seconds().to_numpy() / (365 * 86400) if len(times) else np.zeros(0)
    made: Floats = week * close * (1 + growth * years)
    return made


def office(times: pd.DatetimeIndex) -> Floats:
    """Share of the people at work in each hour (UTC): a hump from 7 to 18, little at night."""
    hour = times.hour.to_numpy()
    made: Floats = np.where((hour >= 7) & (hour < 18), 1.0, 0.08) * np.where(hour == 12, 0.6, 1.0)
    return made
