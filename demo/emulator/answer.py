"""What goes back over HTTP, and what the server lets in where."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What goes back: a body, a status, its type."""

    body: bytes
    status: int = 200
    kind: str = "application/json"


# A door: method, pattern of the path, whether it opens without a token, what answers (the body, the pattern's groups).
Door = tuple[str, str, bool, Callable[..., Answer]]


def as_json(value: Any, status: int = 200) -> Answer:
    """``value`` as JSON."""
    return Answer(json.dumps(value).encode(), status)


def refused(status: int, code: str, message: str) -> Answer:
    """What the platform says when it says no."""
    return as_json({"error_code": code, "message": message, "details": []}, status)
