"""Suggest a course or a guide to somebody whose queries show that it would help."""

from __future__ import annotations

from pydantic import Field

from actions.kinds.shared.messages import Line, Message, Note
from approvals.values.proposal import Target


class Suggestion(Note):
    """``topic`` names the course or guide."""

    words = frozenset({"subject", "text", "topic"})
    topic: Line = Field(title="Topic")


class SuggestTraining(Message[Suggestion]):
    """Message that suggests training."""

    name, dimension, channel = "training.suggest", "userops", "notify"

    def title(self, target: Target, params: Suggestion) -> str:
        return f"Suggest `{params.topic}` to `{params.recipient}`"

    def recipient(self, params: Suggestion) -> str:
        return params.recipient
