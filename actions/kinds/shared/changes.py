"""The diff of kinds that set the parts of an image to values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from approvals.values.proposal import Change
from approvals.values.value import Json


def changed(image: Json, wanted: Mapping[str, Any], under: str = "") -> tuple[Change, ...]:
    """A line for each part of ``image`` that is not as ``wanted``; its path stands ``under`` another one, if that is said."""
    return tuple(
        Change(path=f"{under}.{name}" if under else name, before=image[name], after=value)
        for name, value in wanted.items()
        if image[name] != value
    )
