"""When an agent has shown enough to be trusted one level more with a kind of action: what it still lacks. Pure.

Both lower bounds of :mod:`approvals.learning.beliefs`, of how often people take its proposals as they are and of how often its changes
hold, must reach :data:`BOUND`, over at least :data:`ENOUGH` changes (so many successes in a row reach it from an even start where
nothing fades; 56 as it does) and :data:`SPAN`, without one that was taken back; and it must not say that it is surer than it is
right, beyond chance (:mod:`approvals.learning.reliability`), as the policy lets it act by how sure it is. Who says less only asks
people more often. All of it since the last step, up or down. People decide all the same.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from approvals.learning.beliefs import KEPT, STRENGTH, Belief
from approvals.learning.labels import Ended
from approvals.learning.reliability import reliability
from approvals.learning.standing import Standing

BOUND, ENOUGH, SPAN = 0.90, 43, dt.timedelta(days=14)
MOST = 500  # decisions that are counted ahead


@dataclass(frozen=True)
class Lacking:
    """What is missing to a step up: about so many good ``decisions`` in a row, so many ``days``; the ``harmed`` changes that
    stand against it, whatever comes after them; and how far its confidence is ``over`` what comes true (0: by chance at most)."""

    decisions: int
    days: int
    harmed: int
    over: float = 0.0

    @property
    def nothing(self) -> bool:
        """Whether a step up may be proposed."""
        return not (self.decisions or self.days or self.harmed or self.over)

    def __str__(self) -> str:
        if self.harmed:
            return f"{self.harmed} taken back since the last step"
        wanted = ((self.decisions, "decision"), (self.days, "day"))
        said = [f"{n:,} more {word}{'' if n == 1 else 's'}" for n, word in wanted if n]
        if self.over:
            said.append(f"confidence that comes true: {self.over:.2f} too high")
        return " and ".join(said) or "nothing"


def lacking(since: Sequence[Ended], standing: Standing, now: dt.datetime) -> Lacking:
    """What an agent lacks with a kind at ``now`` (UTC), of what is through ``since`` its last step, the oldest first, and what is
    believed of that."""
    told = [one for one in since if one.right is not None]
    fewest = max(ENOUGH - standing.outcome.n, 0)
    more = max(fewest, _until(standing.agreement, fewest), _until(standing.outcome, fewest))
    gone = now - told[0].at if told else dt.timedelta(0)
    sure = reliability([one.stated for one in told], [bool(one.right) for one in told])
    over = sure.over if sure is not None and sure.claims_too_much else 0.0
    return Lacking(more, max(-(-(SPAN - gone) // dt.timedelta(days=1)), 0), standing.harmed, over)


def _until(belief: Belief, least: int) -> int:
    """After about how many good ones, at least ``least``, the lower bound of ``belief`` is there; :data:`MOST` where that is far."""

    def after(many: int) -> float:
        left, even = KEPT**many, STRENGTH / 2  # of what is known now; and what it fades to
        good, bad = (even + left * (one - even) for one in (belief.good, belief.bad))
        return Belief(good + (1 - left) / (1 - KEPT), bad).low

    return max(bisect_left(range(MOST), BOUND, key=after), least)
