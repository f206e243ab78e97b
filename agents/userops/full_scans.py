"""Suggests to people who read whole tables for a few rows how filters skip files."""

from __future__ import annotations

import datetime as dt

from agents.capability import Frames, Observation
from agents.userops.habits import Habit, capability, judged

SCANS = Habit(
    called="READS_ALL",
    what="read whole tables for a few rows",
    why="Nothing was skipped: without a filter that the files know, each question reads everything.",
    advice="Filter by the columns that the table is clustered or partitioned by; a LIMIT is no filter, nor is a function around one.",
    topic="Filters that prune",
    size="read_bytes",
)


def full_scans(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who has it: ``habits`` are rows of ``userops.costly_habits``. Pure."""
    return judged(CAPABILITY, SCANS, frames, now)


CAPABILITY = capability("userops.full_scans", full_scans)
