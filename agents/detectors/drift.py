"""Whether columns of models have drifted: effect and evidence, in two windows one after the other, compared like with like.

A PSI above .1 alone says nothing: of equal samples of 100 rows in ten bins 85 % have one. A column has drifted where the
distance is large enough to matter and too large to be chance among all columns read with it, and that in two windows running.
What is like every earlier window of its weekday is no drift; neither are columns of times and ids, whose bins always move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agents.detectors.distances import (
    Counts,
    adjusted,
    kolmogorov_tail,
    ks_of,
    psi_by_chance,
    psi_of,
    psi_of_js,
    psi_of_ks,
    psi_tail,
)

EFFECT = 0.1  # PSI, or its equal, from which on a change matters
EFFECT_KS = 0.125  # the D of a shift of that PSI
CHANCE = 0.002  # Benjamini and Hochberg's, across the columns of one window
FEW = 100  # rows of either side below which nothing is evidence, and ten for each bin
BINS = 10  # where nobody says how many
RUNNING = 2  # windows, one after the other
EARLIER = 2  # windows of the same weekdays from which on they say what is usual
DAY = pd.Timedelta(days=1)
NEVER = np.datetime64("NaT", "ns")

# What is judged apart: never are windows of one compared with those of another.
GROUP = ["source", "model", "compared", "slice"]
STATES = ("none", "effect", "evidence", "both", "usual", "not judged")
_TIME_OR_ID = r"(?:^|_)(?:id|uuid|guid|ts|at|timestamp|date|datetime|event_time)$"
_TIMES = r"^(?:timestamp|date)"


def decided(points: pd.DataFrame) -> pd.DataFrame:
    """``points`` with what they come to; one row for each of GROUP, ``column_name`` and ``day`` (of the window).

    They have ``psi``, ``ks``, ``js`` (distances, NaN where not measured), ``chi_square_p``, ``rows_now``, ``rows_then`` and
    ``bins`` (NaN where not known), ``data_type`` (None where not known) and ``compared_day`` (of the window compared with).
    Added are ``effect`` (PSI or its equal), ``chance`` (adjusted p value, NaN: no evidence can be had),
    ``noise`` (the PSI that equal distributions rarely exceed), ``decision`` (STATES),
    ``drifted`` and ``since`` (the first day of those windows running).
    """
    rows = points.sort_values([*GROUP, "column_name", "day"], kind="stable", ignore_index=True)
    if rows.empty:
        return rows.assign(effect=0.0, chance=0.0, noise=0.0, decision="none", drifted=False, since=NEVER)
    noise = psi_by_chance(rows["rows_now"], rows["rows_then"], rows["bins"].fillna(BINS), CHANCE)
    rows = rows.assign(effect=_effect(rows), chance=_chance(rows), noise=noise)
    judged = ~_not_judged(rows)
    rows["chance"] = rows["chance"].where(judged)
    rows["chance"] = rows.groupby([*GROUP, "day"], sort=False)["chance"].transform(adjusted)
    large = rows["effect"].ge(EFFECT) | rows["ks"].ge(EFFECT_KS)
    sure = rows["chance"].le(CHANCE)
    rows["decision"] = np.select(
        [~judged, large & sure, large, sure], ["not judged", "both", "effect", "evidence"], "none"
    )
    return _running(rows)


def measured(now: Counts, then: Counts) -> dict[str, float]:
    """What counts of two samples in the same bins, in their order, are as a point: distances, rows and bins."""
    both = sum(now) > 0 and sum(then) > 0
    return {
        "psi": psi_of(now, then) if both else np.nan,
        "ks": ks_of(now, then) if both else np.nan,
        "rows_now": float(sum(now)),
        "rows_then": float(sum(then)),
        "bins": float(len(now)),
    }


def _effect(rows: pd.DataFrame) -> pd.Series:
    """The PSI; of what has none, the PSI that equals its other distance."""
    return rows["psi"].fillna(_psi_of_js(rows)).fillna(pd.Series(psi_of_ks(rows["ks"]), rows.index))


def _psi_of_js(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(psi_of_js(rows["js"]), rows.index)


def _chance(rows: pd.DataFrame) -> pd.Series:
    """How often equal distributions would be as far apart; NaN where the rows are not known or too few. Where two tests
    speak of one column the smaller counts, twice."""
    bins = rows["bins"].fillna(BINS)
    few = np.maximum(FEW, 10 * bins)
    now, then = (rows[name].where(rows[name].ge(few)) for name in ("rows_now", "rows_then"))
    binned = pd.Series(psi_tail(rows["psi"].fillna(_psi_of_js(rows)), now, then, bins), rows.index)
    told = rows["chi_square_p"].where(now.notna() & then.notna())
    tests = pd.DataFrame({"binned": told.fillna(binned), "ks": kolmogorov_tail(rows["ks"], now, then)})
    return (tests.min(axis=1) * tests.notna().sum(axis=1)).where(tests.notna().any(axis=1)).clip(upper=1.0)


def _not_judged(rows: pd.DataFrame) -> pd.Series:
    """Times and ids; and a weekend day compared with the working day before it, or the other way."""
    name, kind = rows["column_name"].astype(str).str.lower(), rows["data_type"].fillna("").astype(str).str.lower()
    marks = kind.str.contains(_TIMES) | name.str.contains(_TIME_OR_ID)
    day, other = pd.to_datetime(rows["day"]), pd.to_datetime(rows["compared_day"])
    unlike = rows["compared"].eq("CONSECUTIVE") & (_weekend(day) != _weekend(other)) & other.notna()
    return marks | (unlike & (day - other).eq(DAY))


def _weekend(day: pd.Series) -> pd.Series:
    return pd.Series(day.dt.day_of_week >= 5)


def _running(rows: pd.DataFrame) -> pd.DataFrame:
    """With ``drifted`` and ``since``; what is usual on its weekday is decided so."""
    days, both = pd.to_datetime(rows["day"]), rows["decision"].eq("both").to_numpy()
    drifted, since = np.zeros(len(rows), dtype=bool), np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[ns]")
    decision = rows["decision"].to_numpy(dtype=object).copy()
    for places in rows.groupby([*GROUP, "column_name"], sort=False).indices.values():
        if not both[places].any():
            continue
        when = days.iloc[places].to_numpy()
        for first, last in _runs(both[places], when):
            usual = _usual(both[places], when, first, last)
            here = places[first : last + 1]
            if usual is True:
                decision[here] = "usual"
            elif usual is False and len(here) >= RUNNING:
                drifted[here], since[here] = True, when[first]
    return rows.assign(decision=decision, drifted=drifted, since=since)


def _runs(both: Any, when: Any) -> list[tuple[int, int]]:
    """First and last place of windows that are ``both`` and follow each other without a gap."""
    usual = np.median(np.diff(when)) if len(when) > 1 else np.timedelta64(1, "D")
    found: list[tuple[int, int]] = []
    for place in np.flatnonzero(both):
        if found and found[-1][1] == place - 1 and when[place] - when[place - 1] <= 2 * usual:
            found[-1] = (found[-1][0], int(place))
        else:
            found.append((int(place), int(place)))
    return found


def _usual(both: Any, when: Any, first: int, last: int) -> bool | None:
    """Whether a run is like its weekdays before it; None where it is a weekend and too few are known. Windows that are
    not days have no weekday."""
    if len(when) > 1 and np.median(np.diff(when)) != np.timedelta64(1, "D"):
        return False
    weekday = pd.DatetimeIndex(when).day_of_week
    alike = np.isin(weekday[:first], weekday[first : last + 1])
    if alike.sum() >= EARLIER:
        return bool(both[:first][alike].mean() > 0.5)
    return None if (weekday[first : last + 1] >= 5).all() else False
