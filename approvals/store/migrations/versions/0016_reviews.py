"""Reviews of access: a campaign, and the rights that it has people decide on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.String(64), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("roster_digest", sa.String(64), nullable=False),
        sa.Column("opened_by", sa.String(256), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(256), nullable=False, server_default=""),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "review_lines",
        sa.Column("review_id", sa.String(64), sa.ForeignKey("reviews.review_id"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("place", sa.String(1024), nullable=False),
        sa.Column("grantee", sa.String(256), nullable=False),
        sa.Column("privilege", sa.String(64), nullable=False),
        sa.Column("reviewer", sa.String(256), nullable=False),
        sa.Column("evidence", sa.String(1024), nullable=False),
        sa.Column("decision", sa.String(8), nullable=False, server_default=""),
        sa.Column("why", sa.String(512), nullable=False, server_default=""),
        sa.Column("decided_by", sa.String(256), nullable=False, server_default=""),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("proposal_id", sa.String(64), nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_table("review_lines")
    op.drop_table("reviews")
