"""Which settled proposals the trace store was told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "proposal_traces",
        sa.Column("proposal_id", sa.String(64), sa.ForeignKey("proposals.proposal_id"), primary_key=True),
        sa.Column("trace_id", sa.String(128), nullable=False, server_default=""),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("proposal_traces")
