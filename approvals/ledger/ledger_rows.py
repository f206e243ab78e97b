"""What an entry of the ledger says of the row it moved: a digest of everything in it that decides or is shown as decided.

So a row that somebody changes, adds or takes away beside the ledger is found: by the verifier, and before an action runs.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from approvals.store.tables import DimensionKey
from approvals.values.canonical import digest
from approvals.values.machines import EXECUTION, NEEDS_A_LOOK
from dimensions import stored

# Columns that change without an entry, because they decide nothing: when a worker looks again, who holds the lease, who
# looks at a card, how often it was seen; and what is worked out from the content and compared with that.
PASSING: dict[str, frozenset[str]] = {
    "proposals": frozenset({
        "version", "updated_at", "occurrences", "claimed_by", "claimed_by_id", "claim_until", "escalate_at", "seats_filled",
        "evidence_at", "dedup_key", "group_key",
    }),
    "revisions": frozenset(),
    "votes": frozenset({"client", "void_at", "void_because"}),
    "executions": frozenset({
        "version", "updated_at", "fence", "worker", "lease_until", "heartbeat_at", "due_at", "holds", "passes", "fails",
        "verify_until",
    }),
    "intents": frozenset({"fence", "intended_at", "called_at", "ended_at", "result"}),
}  # fmt: skip
_UNDER_WAY = frozenset({"before", "checks", "effect_unknown"})  # of an execution: they settle when it comes to rest
_AT_REST = EXECUTION.final | NEEDS_A_LOOK


def row_digest(table: sa.Table, row: sa.Row[Any]) -> str:
    """The digest of a row's lasting columns, 64 hexadecimal characters. The row is as read back from the store."""
    but = PASSING[table.name]
    if table.name == "executions" and row.state not in _AT_REST:
        but |= _UNDER_WAY
    lasting = (column for column in table.columns if column.name not in but)
    return digest({column.name: _as_stored(column, row._mapping[column.name]) for column in lasting})


def _as_stored(column: sa.Column[Any], value: Any) -> Any:
    return stored(value) if isinstance(column.type, DimensionKey) else value


def row_of(tx: Any, table: sa.Table, **key: Any) -> str:
    """:func:`row_digest` of the row with this key, read in the transaction ``tx``."""
    where = (table.c[name] == value for name, value in key.items())
    return row_digest(table, tx.connection.execute(sa.select(table).where(*where)).one())
