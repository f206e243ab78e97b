"""Words that make a click count once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "nonces",
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=128), server_default="", nullable=False),
        sa.Column("proposal_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("action_digest", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=16), server_default="", nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_nonces")),
    )
    op.create_index("ix_nonces_expires", "nonces", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_nonces_expires", table_name="nonces")
    op.drop_table("nonces")
