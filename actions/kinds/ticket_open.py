"""Open a ticket about something in the ticket system."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from actions.kinds.shared.identifiers import EntityName
from actions.kinds.shared.kind import Params
from actions.kinds.shared.messages import Line, Message, Words
from approvals.values.proposal import Target


class Ticket(Params):
    """``queue`` is the team's queue in the ticket system."""

    words = frozenset({"subject", "text"})
    queue: EntityName = Field(title="Queue")
    subject: Line = Field(title="Subject")
    text: Words = Field(default="", title="Text")
    priority: Literal["low", "normal", "high"] = Field(default="normal", title="Priority")


class OpenTicket(Message[Ticket]):
    """Ticket in another system."""

    name, dimension, channel = "ticket.open", "userops", "ticket"

    def title(self, target: Target, params: Ticket) -> str:
        return (
            f"Open a ticket for `{params.queue}` about {target.type} `{target.name or target.id}`: `{params.subject}`"
        )

    def recipient(self, params: Ticket) -> str:
        return params.queue
