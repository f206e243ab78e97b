"""The statements that let a principal read what the questions read, and what acting needs, as a script."""

from __future__ import annotations

from actions.registry import KINDS
from approvals.policy.policy_file import kind_enabled
from approvals.policy.rules import Policy
from queries.grants import statements


def script(principal: str, policy: Policy | None = None) -> str:
    """The statements, and as comments what the kinds of action that ``policy`` lets propose need on their objects."""
    lines = [
        "-- Reading: run as a metastore admin. Tables that an account lacks may be left out; the cockpit says so.",
        *statements(principal),
    ]
    if policy is not None:
        lines += [
            "",
            "-- Acting: given object by object, by the owner of the object, for the kinds you want carried out.",
        ]
        for name, kind in KINDS.items():
            if kind_enabled(policy, name, kind.enabled):
                lines.append(f"--   {name:<28} {kind.right.said}")
    return "\n".join(lines) + "\n"
