"""Whether stated confidence comes true, as the frames of a panel. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from approvals.learning.reliability import reliability


def reliability_frames(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """``frames`` with, where ``through`` is known (``confidence`` and ``right`` of each proposal), ``groups`` and ``reliability``:
    ``off``, ``noise`` and ``n``, no row where there are too few."""
    if "through" not in frames:
        return dict(frames)
    found = reliability(frames["through"]["confidence"].tolist(), frames["through"]["right"].tolist())
    groups = pd.DataFrame(
        [vars(one) for one in found.groups] if found else [], columns=["stated", "right", "n", "noise"]
    )
    sums = pd.DataFrame([(found.off, found.noise, found.n)] if found else [], columns=["off", "noise", "n"])
    return {**frames, "groups": groups, "reliability": sums}
