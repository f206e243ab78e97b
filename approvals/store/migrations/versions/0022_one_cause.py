"""Why something is part of an incident, and how its first owner is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("incidents", sa.Column("owner_from", sa.String(32), nullable=False, server_default=""))
    op.add_column("incidents", sa.Column("apart", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("incident_findings", sa.Column("sort", sa.String(16), nullable=False, server_default=""))
    op.add_column("incident_findings", sa.Column("began_at", sa.DateTime(timezone=True)))
    op.add_column("incident_findings", sa.Column("because", sa.String(512), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("because", "began_at", "sort"):
        op.drop_column("incident_findings", name)
    for name in ("apart", "owner_from"):
        op.drop_column("incidents", name)
