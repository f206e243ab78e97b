"""Whether what a model is asked with agrees with what it was trained on: mean and share of nulls of each column.

A mean differs where it is off by a tenth of a deviation at least, and by three standard errors, in three windows running (a
weekend is two); a share of nulls by one in a hundred and three errors. What has the mean and the deviation of the other side
times a factor between two units is served in another unit; what is off by whole hours with its deviation kept, in another time
zone: both are no drift, and are mended where the column is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from agents.detectors.drift import NEVER

FEW = 100  # rows of either side below which nothing is said
ERRORS, RUNNING = 3.0, 3  # standard errors; windows one after the other: a weekend is two
SHIFT, NULLS = 0.1, 0.01  # deviations, and share: what differs by less does not matter
NEAR = 0.05  # of a factor, of a deviation that is kept
# Factors between units that are mistaken for each other, and what they are.
UNITS: Mapping[float, str] = {
    7.0: "days and weeks", 12.0: "months and years", 24.0: "hours and days", 30.4: "days and months", 60.0: "minutes and hours",
    100.0: "shares and percent", 365.25: "days and years", 1000.0: "thousands", 3600.0: "seconds and hours",
}  # fmt: skip
# What of a column's name says in which unit it counts time, and how many of these an hour has.
HOURS = ((r"(?:^|_)hours?(?:_|$)", 1.0), (r"(?:^|_)min(?:ute)?s?$", 60.0), (r"_s(?:ec(?:ond)?s?)?$", 3600.0))
MOST_HOURS = 14.0  # between two time zones
COLUMN = ["workspace_id", "model", "column_name"]
WRONG = ("unit", "zone", "mean", "nulls")
STATES = (*WRONG, "alike", "not known")


def skew_frames(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """``skew``: the newest window of each column of the rows of ``skew_by_column``, with ``shift`` (of the mean, in deviations of
    the other side) from ``low`` to ``high``, the ``state`` (STATES), ``factor`` (of a unit), ``units``, ``hours`` (of a zone),
    whether it is ``wrong``, whether ``skewed`` (in :data:`RUNNING` windows up to now) and since when; those first."""
    windows = judged(frames["skew_by_column"])
    newest = windows.drop_duplicates(COLUMN, keep="last")
    place = newest["state"].map(STATES.index)
    most = newest["shift"].abs().fillna(0.0) + (newest["nulls_now"] - newest["nulls_then"]).abs().fillna(0.0)
    order = newest.assign(place=place, most=most).sort_values(
        ["skewed", "place", "most", "model", "column_name"], ascending=[False, True, False, True, True], kind="stable"
    )
    return {"skew": order.drop(columns=["place", "most"]).reset_index(drop=True)}


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Every window of every column with what it comes to, in the order of time."""
    found = rows.sort_values([*COLUMN, "measured", "run_id"], kind="stable", ignore_index=True)
    now, then = (found[f"rows_{side}"] * (1 - found[f"nulls_{side}"].fillna(0.0)) for side in ("now", "then"))
    known = (
        now.ge(FEW) & then.ge(FEW) & found["std_then"].gt(0) & found["mean_now"].notna() & found["mean_then"].notna()
    )
    shift = ((found["mean_now"] - found["mean_then"]) / found["std_then"]).where(known)
    spread = found["std_now"].fillna(found["std_then"]) / found["std_then"]
    error = ERRORS * np.sqrt(spread**2 / now + 1 / then)
    off = shift.abs().gt(np.maximum(SHIFT, error))
    blank, counted = _nulls(found)
    factor, units = _units(found)
    hours = _hours(found)
    state = np.select(
        [off & factor.notna(), off & hours.notna(), off, blank, known | counted], [*WRONG, "alike"], "not known"
    )
    told = found.assign(
        shift=shift, low=shift - error, high=shift + error, state=state, factor=factor, units=units, hours=hours
    )
    return _running(told)


def _nulls(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Which rows differ in their share of nulls, and of which it is known."""
    now, then, n, m = (rows[name] for name in ("nulls_now", "nulls_then", "rows_now", "rows_then"))
    whole = (now * n + then * m) / (n + m)
    error = ERRORS * np.sqrt(whole * (1 - whole) * (1 / n + 1 / m))
    known = n.ge(FEW) & m.ge(FEW) & now.notna() & then.notna()
    return known & (now - then).abs().gt(np.maximum(NULLS, error)), known


def _units(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The factor between two units by which both mean and deviation differ, and between which; NaN and None where none does."""
    mean, spread = rows["mean_now"] / rows["mean_then"], rows["std_now"] / rows["std_then"]
    factor, words = pd.Series(np.nan, rows.index), pd.Series(None, rows.index, dtype=object)
    for one, said in UNITS.items():
        for times in (one, 1 / one):
            fits = (mean / times - 1).abs().le(NEAR) & (spread / times - 1).abs().le(NEAR)
            factor, words = factor.mask(fits, times), words.mask(fits, said)
    return factor, words


def _hours(rows: pd.DataFrame) -> pd.Series:
    """Whole hours by which a column of times is off with its deviation kept; NaN of others."""
    names, found = rows["column_name"].astype(str).str.lower(), pd.Series(np.nan, rows.index)
    kept = (rows["std_now"] / rows["std_then"] - 1).abs().le(2 * NEAR)
    for pattern, an_hour in HOURS:
        off = (rows["mean_now"] - rows["mean_then"]) / an_hour
        whole = off.round()
        fits = names.str.contains(pattern) & kept & (off - whole).abs().le(2 * NEAR)
        found = found.mask(fits & whole.abs().between(1, MOST_HOURS), whole)
    return found


def _running(rows: pd.DataFrame) -> pd.DataFrame:
    """With ``wrong``, ``skewed`` and ``since``: of the windows that are wrong up to the newest one without a break."""
    skewed, since = np.zeros(len(rows), dtype=bool), np.full(len(rows), NEVER)
    wrong, when = rows["state"].isin(WRONG).to_numpy(), pd.to_datetime(rows["measured"]).dt.tz_localize(None).to_numpy()
    for places in rows.groupby(COLUMN, sort=False).indices.values():
        run: list[Any] = []
        for place in places:
            run = [*run, place] if wrong[place] else []
            if len(run) >= RUNNING:
                skewed[place], since[place] = True, when[run[0]]
    return rows.assign(wrong=wrong, skewed=skewed, since=since)
