"""The statements that let a principal read what the questions read, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from queries.needs import Need, dotted, needs, quoted
from queries.own_tables import called

GIVER = "somebody who is both account admin and metastore admin"


def statements(principal: str, wanted: Iterable[Need] | None = None) -> list[str]:
    """GRANT statements for ``wanted`` (by default what the whole catalogue reads), catalog first, for :data:`GIVER` to run.
    Raises ``ValueError`` for a principal that cannot be."""
    to = quoted(principal)
    granted = (one for one in (needs() if wanted is None else wanted) if one.granted)
    tables = [called(one.table) for one in granted]
    schemas = sorted({one.rpartition(".")[0] for one in tables})
    made = [
        f"GRANT USE CATALOG ON CATALOG {quoted(one)} TO {to};" for one in sorted({s.split(".")[0] for s in schemas})
    ]
    made += [f"GRANT USE SCHEMA ON SCHEMA {dotted(one)} TO {to};" for one in schemas]
    return made + [f"GRANT SELECT ON TABLE {dotted(one)} TO {to};" for one in tables]


def mending(table: str, principal: str) -> str:
    """The three statements that make one table readable, on one line."""
    return " ".join(statements(principal, [Need(table, (), False)]))
