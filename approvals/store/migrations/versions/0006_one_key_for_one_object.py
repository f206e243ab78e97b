"""Objects of Unity Catalog have one key, whatever the capitals of their names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TYPES = ("catalog", "schema", "table", "volume", "function", "model", "index", "column")


def upgrade() -> None:
    from approvals.values.machines import EXECUTION
    from approvals.values.proposal import Content

    connection = op.get_bind()
    p = sa.table("proposals", *map(sa.column, ("proposal_id", "revision", "state", "resource_key", "dedup_key")))
    e = sa.table("executions", *map(sa.column, ("execution_id", "state", "resource_key")))
    r = sa.table("revisions", *map(sa.column, ("proposal_id", "revision", "content")))
    for found in connection.execute(sa.select(p.c.proposal_id, p.c.resource_key)).all():
        mine = p.c.proposal_id == found.proposal_id
        connection.execute(sa.update(p).where(mine).values(resource_key=_lowered(found.resource_key)))
    running = connection.execute(sa.select(e).where(e.c.state.not_in(sorted(EXECUTION.final)))).all()
    locked = {found.resource_key for found in running}  # one that is locked already keeps its key until it has ended
    for one in running:
        if (made := _lowered(one.resource_key)) not in locked:
            locked.add(made)
            connection.execute(sa.update(e).where(e.c.execution_id == one.execution_id).values(resource_key=made))
    taken = set(connection.execute(sa.select(p.c.dedup_key).where(p.c.state == "open")).scalars())
    order = sa.select(p.c.proposal_id, p.c.dedup_key, r.c.content).where(
        p.c.state.in_(("open", "approved")), r.c.proposal_id == p.c.proposal_id, r.c.revision == p.c.revision
    )
    for wish in connection.execute(order.order_by(p.c.proposal_id)).all():
        made = Content.model_validate_json(wish.content).dedup_key
        if made not in taken:  # a second one that wants the same keeps the key it has: it joins nobody
            taken.add(made)
            connection.execute(sa.update(p).where(p.c.proposal_id == wish.proposal_id).values(dedup_key=made))


def downgrade() -> None:
    """Keys in small letters are keys of the older version, too."""


def _lowered(key: Any) -> str:
    workspace, _, rest = str(key).partition("/")
    kind, _, name = rest.partition("/")
    return f"{workspace}/{kind}/{name.lower()}" if kind in _TYPES else str(key)
