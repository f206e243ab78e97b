"""Who claims a proposal and who first releases a kill switch is kept by the id that the directory knows them by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NEW = (("proposals", "claimed_by_id"), ("switches", "release_by_id"))


def upgrade() -> None:
    for table, column in _NEW:
        op.add_column(table, sa.Column(column, sa.String(128), server_default="", nullable=False))


def downgrade() -> None:
    for table, column in _NEW:
        op.drop_column(table, column)
