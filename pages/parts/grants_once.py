"""What is derived of all grants alone, once for all tiles that show it: an estate has thousands of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from agents.detectors.reach import Members
from components.tiles.derived import derived_once

Derive = Callable[[Mapping[str, pd.DataFrame], Members], Mapping[str, pd.DataFrame]]  # of agents.detectors.reach_*


def of_grants(derive: Derive, frames: Mapping[str, pd.DataFrame], members: Members) -> Mapping[str, pd.DataFrame]:
    """``frames`` and what ``derive`` makes of the rows of ``governanceops.grants`` among them; as they are without those."""
    if (grants := frames.get("grants")) is None:
        return frames
    return {**frames, **derived_once([grants], (derive, members.digest), lambda: derive({"grants": grants}, members))}
