"""What an executor sees of a change when it looks back at the target, and whether it may take the change back by itself."""

from __future__ import annotations

import hashlib
from typing import Any

from actions.desk import Desk
from actions.kinds.shared.kind import AnyKind, Params
from approvals.deciding.transitions import Row
from approvals.values.proposal import Check, Content


def checks_of(desk: Desk, row: Row, content: Content, kind: AnyKind, params: Params) -> tuple[Check, ...]:
    """The target against what was approved, read anew. A message has none: it is on its way."""
    if kind.sends:
        return (Check(id="outbox", expected="the message is on its way", observed="in the outbox", ok=True),)
    read = desk.place(content.target, kind.scope).read
    return kind.verify(read, content.target, params, row.before, row.refs)


def image_of(desk: Desk, content: Content, kind: AnyKind, params: Params) -> dict[str, Any]:
    """The target as it is now; empty for a message."""
    if kind.sends:
        return {}
    return kind.snapshot(desk.place(content.target, kind.scope).read, content.target, params)


def undoable(row: Row, content: Content, kind: AnyKind, params: Params) -> bool:
    """Whether it is undone by itself: only where the kind is reversible and the approved plan says so."""
    inverse = kind.inverse(content.target, params, row.before, row.refs)
    return kind.reversibility == "auto" and inverse is not None and bool(content.rollback and content.rollback.auto)


def key_of(row: Row, phase: str = "act") -> str:
    """The idempotency key, 64 characters: the same for every attempt of this revision, so that a token works."""
    return hashlib.sha256(f"{row.proposal_id}/{row.revision}/{phase}".encode()).hexdigest()
