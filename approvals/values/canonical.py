"""One way to write a value as bytes, so that equal values have equal digests on every machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel


class NotCanonical(ValueError):
    """A value that has no single written form: a float that is no number, a time without a zone, two equal keys."""


def as_it_is(text: str) -> str:
    """Text as it was given: two names that look alike stay two."""
    return text


def canonical(value: Any, text: Callable[[str], str] = as_it_is) -> str:
    """``value`` as canonical JSON: sorted keys, no spaces, decimals as text, times as UTC microseconds. ``text`` is done to
    every text and key (the ledger composes what it holds)."""
    return json.dumps(_plain(value, text), ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


def digest(value: Any) -> str:
    """SHA-256 of :func:`canonical`, 64 hexadecimal characters."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def moment(at: dt.datetime) -> str:
    """``2026-11-25T08:00:00.000000Z``; raises :class:`NotCanonical` where the zone is missing."""
    if at.tzinfo is None:
        raise NotCanonical("a time without a zone")
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, BaseModel):
        return _plain({name: getattr(value, name) for name in type(value).model_fields}, text)
    if isinstance(value, Mapping):
        made = {text(str(key)): _plain(one, text) for key, one in value.items()}
        if len(made) != len(value):
            raise NotCanonical("two keys that are the same text")
        return made
    if isinstance(value, list | tuple):
        return [_plain(one, text) for one in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(one, text) for one in value), key=str)
    if isinstance(value, Enum):
        return _plain(value.value, text)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise NotCanonical("a decimal that is no number")
        return format(value.normalize() + 0, "f")
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise NotCanonical("a number that is none")
    if value is None or isinstance(value, bool | int | float):
        return value
    raise NotCanonical(f"a {type(value).__name__}")
