"""Two versions compared on the same hours: how much more often one fails than the other, and how sure that is.

Each slot (an hour in which both were asked, or an hour of the week) is a stratum: a version that is asked at night only
is compared with nights. The difference is that of Mantel and Haenszel, its variance Sato's (1989), which holds for many
slots with few requests each as for few slots with many.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

FEW = 50  # requests of either version, of fewer of which nothing is said
MATTERS = 0.01  # of the requests: what differs by less is no harm
Z = 2.576  # of a 99 % interval: it is looked at every day
ENDPOINT = ["workspace_id", "endpoint_id"]
SAME_HOUR = "SAME_HOUR"
STATES = ("worse", "better", "alike", "not known")


def compared(slots: pd.DataFrame) -> pd.DataFrame:
    """One row an endpoint of the rows of ``mlops.versions_matched``: the shares that failed, weighted alike (``share``,
    ``share_before``), their ``difference`` from ``low`` to ``high``, ``hours`` matched, the requests in them, ``same_hours`` (both
    were asked in them) and the ``state`` (STATES); those that are surely worse come first, the largest harm first."""
    made: list[dict[str, Any]] = []
    for _, rows in slots.groupby(ENDPOINT, sort=False):
        best = rows[rows["matched_by"].eq(SAME_HOUR)]
        enough = len(best) and min(best["requests"].sum(), best["requests_before"].sum()) >= FEW
        own = best if enough else rows
        first = {str(name): value for name, value in own.iloc[0].items()}
        made.append(first | _difference(own) | {"same_hours": bool(enough), "hours": len(own)})
    found = pd.DataFrame(made, columns=[*slots.columns, *ADDED])
    order = found.assign(place=found["state"].map({name: at for at, name in enumerate(STATES)}))
    order = order.sort_values(["place", "difference"], ascending=[True, False], kind="stable")
    return order.drop(columns="place").reset_index(drop=True)


ADDED = ["share", "share_before", "difference", "low", "high", "same_hours", "hours", "state"]


def _difference(own: pd.DataFrame) -> dict[str, Any]:
    new, old = (own[name].to_numpy(dtype=float) for name in ("requests", "requests_before"))
    bad, bad_before = (own[name].to_numpy(dtype=float) for name in ("failed", "failed_before"))
    both = new + old
    weight = (new * old / both).sum()
    share, before = (bad * old / both).sum() / weight, (bad_before * new / both).sum() / weight
    difference = share - before
    slope = (new**2 * bad_before - old**2 * bad + new * old * (old - new) / 2) / both**2
    level = (bad * (old - bad_before) + bad_before * (new - bad)) / (2 * both)
    error = float(np.sqrt(max(difference * slope.sum() + level.sum(), 0.0)) / weight)
    low, high = difference - Z * error, difference + Z * error
    known = min(new.sum(), old.sum()) >= FEW
    state = (
        "not known"
        if not known
        else "worse"
        if low > 0 and difference >= MATTERS
        else "better"
        if high < 0
        else "alike"
    )
    sums = {name: int(own[name].sum()) for name in ("requests", "failed", "requests_before", "failed_before")}
    return sums | {
        "share": share, "share_before": before, "difference": difference, "low": low, "high": high, "state": state,
    }  # fmt: skip
