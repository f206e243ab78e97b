"""One way to write a value as bytes, so that equal values have equal digests on every machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel


class NotCanonical(ValueError):
    """A value that has no single written form: a float that is no number, a time without a zone, two equal keys."""


def canonical(value: Any) -> str:
    """``value`` as canonical JSON: NFC text, sorted keys, no spaces, decimals as text, times as UTC microseconds."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


def digest(value: Any) -> str:
    """SHA-256 of :func:`canonical`, 64 hexadecimal characters."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def moment(at: dt.datetime) -> str:
    """``2026-11-25T08:00:00.000000Z``; raises :class:`NotCanonical` where the zone is missing."""
    if at.tzinfo is None:
        raise NotCanonical("a time without a zone")
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _plain({name: getattr(value, name) for name in type(value).model_fields})
    if isinstance(value, Mapping):
        made = {unicodedata.normalize("NFC", str(key)): _plain(one) for key, one in value.items()}
        if len(made) != len(value):
            raise NotCanonical("two keys that are the same text")
        return made
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
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
