"""What every value of the room is: frozen, strict, without unknown fields; and what its JSON may hold."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

Json = dict[str, Any]  # of JSON values only: text, whole numbers, true/false, null, lists and objects of them


class Value(BaseModel):
    """An immutable value; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
