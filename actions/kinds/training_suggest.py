"""Suggest a course or a guide to somebody whose queries show that it would help."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from actions.kinds.shared.messages import Line, Message, Note
from approvals.values.proposal import Target


class Suggestion(Note):
    """``topic`` names the course or guide."""

    words = frozenset({"subject", "text", "topic"})
    topic: Line = Field(title="Topic")


class SuggestTraining(Message):
    """Message that suggests training."""

    name, dimension, Params, channel = "training.suggest", "userops", Suggestion, "notify"

    def title(self, target: Target, params: Suggestion) -> str:
        return f"Suggest `{params.topic}` to `{params.recipient}`"

    def recipient(self, params: Suggestion) -> str:
        return params.recipient


KIND: Any = SuggestTraining()
