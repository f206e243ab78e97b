"""Postgres, too, refuses an entry of the ledger that does not follow the newest one."""

from __future__ import annotations

from alembic import op

from approvals.store.guards import guards

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    guards(op.get_bind())


def downgrade() -> None:
    """The guard refuses nothing that the older version writes."""
