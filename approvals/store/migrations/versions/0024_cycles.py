"""Rounds of the agents that the trace store is yet to be told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "cycles",
        sa.Column("cycle_id", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("cycles")
