"""What one proposal that is through teaches of its proposer: whether people agreed, and whether the change held. Pure.

Two things that are never mixed: **agreement** (people took it as it was) and **outcome** (the change was verified and not taken
back). A rejection says that the proposer was wrong only where its reason does: bad timing says nothing about the diagnosis.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from approvals.learning.beliefs import Label

# Reasons against a proposal that do not say that it was wrong.
NOT_WRONG = frozenset({"bad_timing", "business_exception", "duplicate", "not_my_call", "policy", "too_small"})
GLANCE, GLANCED = 5.0, 0.25  # seconds: an acceptance after fewer weighs so much
HARMED = frozenset({"rolled_back", "rollback_failed"})


@dataclass(frozen=True)
class Ended:
    """A proposal of ``agent`` that is decided. ``state`` is how (approved, rejected, overridden), ``reason`` why not;
    ``execution`` the state of what was done (empty: nothing), ``undone`` whether a later proposal took it back. ``stated`` is
    the confidence that the agent named, ``looked`` the seconds that voters had it open, ``saving`` the ends of what it was to save
    in a month in ``currency`` (None: it was not for money)."""

    agent: str
    kind: str
    at: dt.datetime
    state: str
    stated: float
    version: str = ""
    env: str = ""
    risk: int = 0
    reason: str = ""
    execution: str = ""
    undone: bool = False
    edited: bool = False
    by_itself: bool = False
    looked: float = GLANCE
    saving: tuple[float, float] | None = None
    currency: str = ""

    @property
    def agreed(self) -> Label | None:
        """Whether people took it as it was; None where their decision does not say, or nobody was asked."""
        if self.state == "approved":
            if self.by_itself:
                return None
            return Label(float(not self.edited), 1.0 if self.edited or self.looked >= GLANCE else GLANCED)
        return None if self.reason in NOT_WRONG else Label(0.0)

    @property
    def held(self) -> Label | None:
        """Whether the change was verified and stayed; None where nothing was done or nobody can say."""
        if self.execution in HARMED or self.undone:
            return Label(0.0)
        return Label(1.0) if self.execution == "verified" else None

    @property
    def right(self) -> bool | None:
        """Whether the proposer was right: by the outcome where there is one, else by agreement."""
        told = self.held or self.agreed
        return None if told is None else told.value >= 0.5


def labels(found: Iterable[Label | None]) -> list[Label]:
    """Those that say something."""
    return [one for one in found if one is not None]


def major(version: str) -> str:
    """The part of a version that says whether it is another agent."""
    return version.partition(".")[0]
