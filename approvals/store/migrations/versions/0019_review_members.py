"""Reviews of access ask about rights that somebody has through a group, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
COLUMNS = ("member", "leaves")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("review_lines", sa.Column(name, sa.String(256), nullable=False, server_default=""))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("review_lines", name)
