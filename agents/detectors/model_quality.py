"""Whether a model became worse: its quality window by window against the limits of its own earlier windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from agents.detectors.drift import NEVER

SMALLER_IS_BETTER = frozenset({"rmse", "mse", "mae", "mape", "log_loss"})
EARLIER = 7  # windows at least that say what is usual: the first half of all
WIDE = 3.0  # deviations
RUNNING = 2  # windows beyond a limit, one after the other
SPREAD = 0.954  # median of the difference of two normal values, in deviations of one
MODEL = ["workspace_id", "model", "metric"]


def quality_limits(quality: pd.DataFrame) -> pd.DataFrame:
    """One row for each of MODEL and ``day`` of ``quality`` (also ``slice``, ``version``, ``value``), of the whole model: with
    ``usual``, ``low`` and ``high`` (NaN where too few windows say what is usual), ``worse`` (beyond the bad limit in windows
    running up to now), ``lost`` (how much, in the direction that is bad) and ``worse_since``.

    The limits are those of a chart of single values: the median of the earlier half, and three deviations as neighbours differ.
    Where two versions were measured in one window, the one measured in most windows is the model in service.
    """
    whole = quality[quality["slice"].eq("")]
    whole = whole.assign(smaller_is_better=whole["metric"].isin(SMALLER_IS_BETTER))
    if whole.empty:
        return whole.assign(usual=0.0, low=0.0, high=0.0, worse=False, lost=0.0, worse_since=NEVER)
    named = whole.assign(version=whole["version"].fillna(""))
    often = named.groupby([*MODEL, "version"])["day"].transform("size")
    ordered = named.assign(often=often).sort_values([*MODEL, "day", "often", "version"], kind="stable")
    rows = ordered.drop_duplicates([*MODEL, "day"], keep="last").drop(columns="often")
    parts = [_limited(one, str(key[-1])) for key, one in rows.groupby(MODEL, sort=False)]
    return pd.concat(parts, ignore_index=True)


def _limited(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    values = rows["value"].to_numpy(dtype=float)
    first = values[: max(EARLIER, len(values) // 2)]
    if len(values) < EARLIER + RUNNING:
        return rows.assign(usual=np.nan, low=np.nan, high=np.nan, worse=False, lost=np.nan, worse_since=NEVER)
    usual, deviation = float(np.median(first)), float(np.median(np.abs(np.diff(first)))) / SPREAD
    low, high = usual - WIDE * deviation, usual + WIDE * deviation
    bad = values > high if metric in SMALLER_IS_BETTER else values < low
    running = _running_to_the_end(bad)
    since = rows["day"].iloc[-running] if running >= RUNNING else NEVER
    lost = abs(float(np.median(values[-running:])) - usual) if running >= RUNNING else np.nan
    return rows.assign(usual=usual, low=low, high=high, worse=running >= RUNNING, lost=lost, worse_since=since)


def _running_to_the_end(bad: Sequence[bool] | np.ndarray) -> int:
    """How many of the newest windows are bad without a break."""
    good = np.flatnonzero(~np.asarray(bad))
    return len(bad) - 1 - int(good[-1]) if len(good) else len(bad)
