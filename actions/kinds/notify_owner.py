"""Tell the owner of something about it."""

from __future__ import annotations

from actions.kinds.shared.messages import Message, Note
from approvals.values.proposal import Target


class NotifyOwner(Message[Note]):
    """Message to an owner."""

    name, dimension, channel = "notify.owner", "userops", "notify"

    def title(self, target: Target, params: Note) -> str:
        return f"Tell `{params.recipient}` about {target.type} `{target.name or target.id}`: `{params.subject}`"

    def recipient(self, params: Note) -> str:
        return params.recipient
