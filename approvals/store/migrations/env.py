"""Alembic's entry: runs the revisions on the connection that :func:`approvals.store.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from approvals.store.store import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
