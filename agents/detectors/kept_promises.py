"""Did promises hold: job days kept against the days before, those not started as missed, and those not judged apart."""

from __future__ import annotations

import pandas as pd

from agents.detectors.service_level import OPEN

KEPT, LATE, FAILED, ABSENT, APART = "kept", "late", "failed", "not started", "not judged"
WAYS = (KEPT, LATE, FAILED, ABSENT, APART)
SUMS = ["source", "days", "kept", "absent", "apart", "days_before", "kept_before", "absent_before", "apart_before"]


def kept_promises(now: pd.DataFrame, before: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Of days (rows of :func:`agents.detectors.service_level.job_days`) ``now`` and ``before``: ``held``, one row of :data:`SUMS`
    for each source of a deadline, declared ones first, in which ``days`` are those that are judged; ``ways``, how many job days
    ended in each of :data:`WAYS` by ``day``."""
    told = {name: rows.assign(way=rows["state"].map(_way)) for name, rows in (("now", now), ("before", before))}
    sources = sorted({*now["source"], *before["source"]})
    sums = [
        (source, *(n for rows in told.values() for n in _sums(rows[rows["source"] == source]))) for source in sources
    ]
    ways = told["now"].groupby(["day", "way"], as_index=False).size().rename(columns={"size": "job_days"})
    return {"held": pd.DataFrame(sums, columns=SUMS), "ways": ways[["day", "way", "job_days"]]}


def _way(state: str) -> str:
    if state in OPEN:
        return APART
    return {"met": KEPT, "late": LATE, "missing": ABSENT}.get(state, FAILED)


def _sums(rows: pd.DataFrame) -> tuple[int, int, int, int]:
    counted = rows["way"].value_counts()
    apart = int(counted.get(APART, 0))
    return len(rows) - apart, int(counted.get(KEPT, 0)), int(counted.get(ABSENT, 0)), apart
