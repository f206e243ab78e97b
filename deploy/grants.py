"""The statements that let a principal read what the questions read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from actions.registry import KINDS
from approvals.policy.policy_file import kind_enabled
from approvals.policy.rules import Policy
from deploy.needs import Need, dotted, needs, quoted


def statements(principal: str, wanted: Iterable[Need] | None = None) -> list[str]:
    """GRANT statements for ``wanted`` (by default what the whole catalogue reads), catalog first, for a metastore admin
    to run. Raises ``ValueError`` for a principal that cannot be."""
    to = quoted(principal)
    tables = [one for one in (needs() if wanted is None else wanted) if one.granted]
    schemas = sorted({one.schema for one in tables})
    made = [
        f"GRANT USE CATALOG ON CATALOG {quoted(one)} TO {to};" for one in sorted({s.split(".")[0] for s in schemas})
    ]
    made += [f"GRANT USE SCHEMA ON SCHEMA {dotted(one)} TO {to};" for one in schemas]
    return made + [f"GRANT SELECT ON TABLE {dotted(one.table)} TO {to};" for one in tables]


def mending(table: str, principal: str) -> str:
    """The three statements that make one table readable, on one line."""
    return " ".join(statements(principal, [Need(table, (), False)]))


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
