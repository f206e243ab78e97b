"""The organisation's rhythm: weekdays, month ends, growth, office hours; and random generators of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

MONTHS = 13
DAY = 86400
BATCH = 250_000  # rows that are inserted at once at most, unless one month has more
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Frame = Any  # a pandas frame, whose columns the docstring names


def generator(seed: int, *salt: int) -> np.random.Generator:
    """A random generator of its own for each use, so that one family's draws never shift another's."""
    return np.random.Generator(np.random.PCG64([seed, *salt]))


def first_day(now: dt.datetime) -> dt.date:
    """The first day of data: 13 months before ``now``, on the first of a month."""
    index = now.year * 12 + now.month - 1 - MONTHS
    return dt.date(index // 12, index % 12 + 1, 1)


def days(now: dt.datetime, last: int | None = None) -> pd.DatetimeIndex:
    """Every UTC day from the first to today, or the ``last`` of them."""
    every = pd.date_range(first_day(now), now.date(), freq="D", tz="UTC")
    return every[-last:] if last else every


def hours(now: dt.datetime) -> pd.DatetimeIndex:
    """Every full UTC hour from the first day to ``now``."""
    return pd.date_range(pd.Timestamp(first_day(now), tz="UTC"), pd.Timestamp(now).floor("h"), freq="1h")


def seconds(times: Any) -> Ints:
    """Times (index or series, UTC) as whole seconds since 1970."""
    made: Ints = pd.DatetimeIndex(times).tz_convert(None).to_numpy().astype("datetime64[s]").astype("int64")
    return made


def moments(at: Any) -> pd.DatetimeIndex:
    """Seconds since 1970 as times, UTC."""
    return pd.DatetimeIndex(pd.to_datetime(np.asarray(at, dtype="int64"), unit="s", utc=True))


def level(times: pd.DatetimeIndex, weekend: float = 0.35, month_end: float = 1.3, growth: float = 0.25) -> Floats:
    """Activity at ``times``, about 1: less at weekends, more in the last two days of a month, growing by ``growth`` a
    year."""
    week = np.where(times.day_of_week >= 5, weekend, 1.0)
    close = np.where((times + pd.Timedelta(days=2)).month != times.month, month_end, 1.0)
    years = (seconds(times) - seconds(times[:1])) / (365 * DAY) if len(times) else np.zeros(0)
    made: Floats = week * close * (1 + growth * years)
    return made


def office(times: pd.DatetimeIndex) -> Floats:
    """Share of the people at work in each hour (UTC): a hump from 7 to 18, little at night."""
    hour = times.hour.to_numpy()
    made: Floats = np.where((hour >= 7) & (hour < 18), 1.0, 0.08) * np.where(hour == 12, 0.6, 1.0)
    return made


def working_times(rng: np.random.Generator, every: pd.DatetimeIndex, rate: float, weekend: float = 0.15) -> Ints:
    """Random office-hour moments on the days ``every``, about ``rate`` a working day, in order; seconds since 1970."""
    counts = rng.poisson(rate * level(every, weekend))
    made: Ints = np.repeat(seconds(every), counts) + rng.integers(int(6.5 * 3600), int(18.5 * 3600), int(counts.sum()))
    return np.sort(made)


def by_hour(frame: Frame) -> Frame:
    """Each row (with ``start`` and ``seconds``) once per clock hour it touches: adds ``period_start``, ``period_end``
    (seconds since 1970) and ``last``, whether this is its last hour."""
    begin = frame.start.to_numpy()
    end = begin + np.maximum(frame.seconds.to_numpy().round().astype("int64"), 1)
    first_hour, last_hour = begin // 3600, (end - 1) // 3600
    times = last_hour - first_hour + 1
    index = np.repeat(np.arange(len(frame)), times)
    hour = first_hour[index] + (np.arange(len(index)) - np.repeat(np.cumsum(times) - times, times))
    made = frame.iloc[index].reset_index(drop=True)
    made["period_start"] = np.maximum(begin[index], hour * 3600)
    made["period_end"] = np.minimum(end[index], (hour + 1) * 3600)
    made["last"] = hour == last_hour[index]
    return made


def by_month(frame: Frame, column: str) -> Iterator[Frame]:
    """The frame's rows in batches of whole months, ``column`` being seconds since 1970: bounds the memory of inserts."""
    if len(frame) <= BATCH:
        yield frame
        return
    months = frame[column].to_numpy().astype("datetime64[s]").astype("datetime64[M]")
    for month in np.unique(months):
        yield frame[months == month]
