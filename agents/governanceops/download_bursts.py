"""Tells those who look after governance of somebody who took out far more results than they and others usually do."""

from __future__ import annotations

import datetime as dt

from agents.capability import Frames, Observation
from agents.governanceops.burst_messages import Words, capability, told

WORDS = Words(
    what="downloads of results and exports",
    harmless="a report may be due that takes many files",
    worst="data may leave the house under their name",
    do="Ask them what it was for; if they do not know of it, end their sessions and tokens and keep the log.",
    check="GovernanceOps › Attempts has their days; the audit log of that hour has what they took.",
)


def download_bursts(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who tried it within a week: ``attempts`` are rows of ``governanceops.attempts``. Pure."""
    return told(CAPABILITY, "DOWNLOAD", WORDS, frames, now)


CAPABILITY = capability("governanceops.download_burst", download_bursts)
