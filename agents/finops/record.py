"""How sure an agent may be of a kind of change: what became of such changes, from a prior that is said."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Record:
    """Changes of a kind that were ``verified`` and that were taken back (``regressions``) in the last 90 days, and a
    ``prior`` of both that is credited before any is counted."""

    prior: tuple[int, int]
    verified: int = 0
    regressions: int = 0

    @classmethod
    def of(cls, tracks: pd.DataFrame | None, kind: str, prior: tuple[int, int]) -> Record:
        """From rows of :func:`approvals.reading.track.frame`; the prior alone where there are none."""
        mine = pd.DataFrame() if tracks is None else tracks[tracks["kind"] == kind]
        if mine.empty:
            return cls(prior)
        return cls(prior, int(mine["verified"].sum()), int(mine["regressions"].sum()))

    @property
    def chance(self) -> float:
        """That the next one holds: the mean of a Beta distribution."""
        good, bad = self.prior
        return (good + self.verified) / (good + bad + self.verified + self.regressions)

    def __str__(self) -> str:
        good, bad = self.prior
        return (
            f"the record of such changes in 90 days ({self.verified} verified, {self.regressions} taken back; "
            f"{good} of {good + bad} assumed before)"
        )
