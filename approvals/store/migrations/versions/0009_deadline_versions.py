"""Every declaration of a deadline is kept: a day is judged by the one that was in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "deadline_versions",
        sa.Column("workspace_id", sa.String(64), primary_key=True),
        sa.Column("job_id", sa.String(64), primary_key=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("due_time", sa.String(5), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("declared_by", sa.String(256), nullable=False),
    )
    op.execute(
        "INSERT INTO deadline_versions (workspace_id, job_id, declared_at, due_time, zone, declared_by) "
        "SELECT workspace_id, job_id, declared_at, due_time, zone, declared_by FROM deadlines"
    )


def downgrade() -> None:
    op.drop_table("deadline_versions")
