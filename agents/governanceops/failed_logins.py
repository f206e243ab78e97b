"""Tells those who look after governance of failed sign-ins far above what is usual for somebody and for others."""

from __future__ import annotations

import datetime as dt

from agents.capability import Frames, Observation
from agents.governanceops.burst_messages import Words, capability, told

WORDS = Words(
    what="failed sign-ins",
    harmless="a program may still have a password or token that has run out",
    worst="somebody may guess a password",
    do="Ask them whether it was they; if not, have the address blocked and the password changed.",
    check="GovernanceOps › Attempts has their days; the audit log of that hour has the addresses, and what came after.",
)


def failed_logins(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per person who tried it within a week: ``attempts`` are rows of ``governanceops.attempts``. Pure."""
    return told(CAPABILITY, "FAILED_SIGN_IN", WORDS, frames, now)


CAPABILITY = capability("governanceops.failed_logins", failed_logins)
