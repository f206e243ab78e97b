"""Suggests to people whose statements spill how joins and sorts fit into memory."""

from __future__ import annotations

import datetime as dt

from agents.capability import Frames, Observation
from agents.userops.habits import Habit, capability, judged

SPILLS = Habit(
    called="SPILLS",
    what="spill to disk",
    why="What does not fit into memory is written to disk and read again, which takes many times as long.",
    advice="Filter and aggregate before you join, take the columns you need, and look at joins that multiply rows.",
    topic="Joins and sorts that fit",
    size="spilled_bytes",
)


def spills(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who has it: ``habits`` are rows of ``userops.costly_habits``. Pure."""
    return judged(CAPABILITY, SPILLS, frames, now)


CAPABILITY = capability("userops.spill", spills)
