"""What people who asked to be told may see now: they may have left, or lost what they were allowed then."""

from __future__ import annotations

from pathlib import Path

from agents.notices.round import Sees
from approvals.people.people import Directory
from approvals.people.roles import RowLimits, policy_at, roles_of
from settings import Settings


def sees_of(chosen: Settings, directory: Directory) -> Sees:
    """Looked up anew for each round by the directory and the policy; the local user of a laptop sees everything."""

    def found(person_id: str) -> RowLimits | None:
        if chosen.local_user:
            return RowLimits()
        person = directory.person(person_id)
        roles = roles_of(policy_at(Path(chosen.policy)), person) if person is not None else None
        return roles.limits if roles is not None and roles.looks else None

    return found
