"""Where and how often a person is told, and what waits for their message of the day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "notice_choices",
        sa.Column("person_id", sa.String(128), primary_key=True),
        sa.Column("person", sa.String(256), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("hour", sa.Integer),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
    )
    op.add_column("notices_told", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("notices_told", "waits")
    op.drop_table("notice_choices")
