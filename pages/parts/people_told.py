"""What the views of UserOps know of people by team: who is in which, and what an answer by month comes to. It is no page itself."""

from __future__ import annotations

from pathlib import Path

from agents.detectors.feature_use import Teams
from agents.detectors.members import members_of
from approvals.people import identities
from approvals.people.roles import policy_at
from settings import settings


def teams() -> tuple[Teams, str]:
    """The groups that the policy calls teams, with a word that is another where they are others."""
    members = members_of(identities.known())
    pattern = policy_at(Path(settings().policy)).groups.team.replace("{team}", "*")
    return Teams(members, pattern), f"{members.digest} {pattern}"
