"""What the daily cost detector finds, and how often it is wrong, by the share of series that are faulty."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.detectors import robust_holt_winters as rhw
from bench.series import counts, families, jobs
from bench.series.corpus import counted

GENERATORS = {"families": families.corpus, "counts": counts.corpus, "jobs": jobs.corpus}
SHARES = (0.0, 0.02, 0.1, 0.5)


def detecting(seeds: int) -> dict[str, Any]:
    """Per generator and share, means over ``seeds`` corpora of 600 series x 180 days: recall, precision, false alerts per
    1,000 series-days, recall by kind of fault."""
    figures: dict[str, Any] = {}
    for name, corpus in GENERATORS.items():
        for share in SHARES:
            results = []
            for seed in range(seeds):
                made = corpus(1000 + seed, share)
                results.append(counted(rhw.score(made.values, made.first_day).alerts(made.values), made))
            kinds = sorted({kind for one in results for kind in one.by_kind})
            figures[f"{name} {share:.0%}"] = {
                **({"recall": round(float(np.mean([one.recall for one in results])), 3)} if share else {}),
                **({"precision": round(float(np.mean([one.precision for one in results])), 3)} if share else {}),
                "false_per_1000": round(float(np.mean([one.false_per_1000 for one in results])), 2),
                **{
                    kind: round(float(np.nanmean([one.by_kind.get(kind, np.nan) for one in results])), 2)
                    for kind in kinds
                },
            }
    return figures
