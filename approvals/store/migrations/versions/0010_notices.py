"""What people asked to be told of, and what they were told."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
LIVING = sa.text("ended_at IS NULL")


def _words(name: str, size: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=False, server_default="")


def _time(name: str, nullable: bool = True) -> sa.Column[dt.datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        _words("person", 256),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("thing_kind", sa.String(16), nullable=False),
        _words("workspace_id", 64),
        sa.Column("thing_id", sa.String(400), nullable=False),
        _words("name", 512),
        sa.Column("budget", sa.Numeric(18, 4)),
        _words("currency", 8),
        _time("created_at", False),
        _time("muted_until"),
        _time("ended_at"),
        _time("checked_at"),
        _words("could_not", 512),
        _words("standing", 128),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    op.create_index(
        "uq_notices_person",
        "notices",
        ["person_id", "kind", "thing_kind", "workspace_id", "thing_id"],
        unique=True,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_table(
        "notices_told",
        sa.Column("notice_id", sa.String(64), sa.ForeignKey("notices.notice_id"), nullable=False),
        sa.Column("event", sa.String(128), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        _words("subject", 512),
        _words("text", 1024),
        _time("happened_at", False),
        _time("told_at", False),
        sa.PrimaryKeyConstraint("notice_id", "event", name=op.f("pk_notices_told")),
    )
    op.create_index("ix_notices_told_person", "notices_told", ["person_id", "told_at"])
    op.create_table(
        "notice_looks",
        sa.Column("person_id", sa.String(128), nullable=False),
        _time("looked_at", False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_looks")),
    )


def downgrade() -> None:
    for table in ("notice_looks", "notices_told", "notices"):
        op.drop_table(table)
