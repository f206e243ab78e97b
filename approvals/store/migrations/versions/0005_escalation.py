"""When somebody else is told that nobody decides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("proposals", sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE proposals SET escalate_at = due_at WHERE state = 'open'")
    op.create_index("ix_proposals_escalate", "proposals", ["state", "escalate_at"])


def downgrade() -> None:
    op.drop_index("ix_proposals_escalate", table_name="proposals")
    op.drop_column("proposals", "escalate_at")
