"""How much of a proposal the trace store was told, so that one is told of at its birth."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("proposal_traces", sa.Column("stage", sa.String(16), nullable=False, server_default="settled"))


def downgrade() -> None:
    op.drop_column("proposal_traces", "stage")
