"""What people say of unusual costs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "cost_marks",
        sa.Column("workspace_id", sa.String(64), primary_key=True),
        sa.Column("product", sa.String(128), primary_key=True),
        sa.Column("resource_id", sa.String(512), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("why", sa.String(512), nullable=False),
        sa.Column("marked_by", sa.String(256), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("cost_marks")
