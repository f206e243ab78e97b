"""Tells those who look after governance of somebody who was denied far more often than they and others usually are."""

from __future__ import annotations

import datetime as dt

from agents.capability import Frames, Observation
from agents.governanceops.burst_messages import Words, capability, told

WORDS = Words(
    what="denied requests",
    harmless="somebody may look for a table by its name, or a tool of theirs may list what they may not see",
    worst="somebody may try what an identity that is not theirs can open",
    do="Ask them what they were looking for; if they do not know of it, end their sessions and tokens.",
    check="GovernanceOps › Attempts has their days; the audit log of that hour has what they asked for.",
)


def denied_bursts(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who tried it within a week: ``attempts`` are rows of ``governanceops.attempts``. Pure."""
    return told(CAPABILITY, "DENIED_REQUEST", WORDS, frames, now)


CAPABILITY = capability("governanceops.denied_burst", denied_bursts)
