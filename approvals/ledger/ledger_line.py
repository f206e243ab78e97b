"""How an entry of the ledger is written, byte for byte: what is hashed, exported and verified is the same text.

``hash = SHA-256(0x00 ‖ previous hash ‖ entry)``. A line of an export is ``{"entry":…,"hash":"…","prev_hash":"…"}``, in
canonical JSON as a whole. Only the standard library is needed here, so that a verifier needs nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

FIELDS = (
    "action_digest", "actor", "actor_type", "at", "body", "event", "on_behalf_of", "proposal_id", "revision", "seq",
)  # fmt: skip
ACTOR_TYPES = frozenset({"human", "agent", "policy", "executor", "system"})
_BEFORE, _AFTER = FIELDS[:4], FIELDS[5:]
HEAD = b'{"entry":'
TAIL = len(b',"hash":"","prev_hash":""}\n') + 128
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


def written(value: Any) -> str:
    """A plain JSON value as canonical JSON. Text is written as it is: whoever makes it composes it first (NFC)."""
    return _ENCODER.encode(value)


def composed(text: str) -> str:
    """``text`` in the one form it is stored in (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def stamp(at: dt.datetime) -> str:
    """``2026-11-25T08:00:00.000000Z``."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry_bytes(entry: Mapping[str, Any]) -> bytes:
    """The entry as it is hashed. ``entry`` has :data:`FIELDS`, ``at`` as a time with zone, ``body`` as canonical JSON
    text, which goes in as it stands. Raises ``ValueError`` for text that is no Unicode."""
    first: dict[str, Any] = {name: entry[name] for name in _BEFORE}
    first["at"] = stamp(entry["at"])
    rest = {name: entry[name] for name in _AFTER}
    return f'{written(first)[:-1]},"body":{entry["body"]},{written(rest)[1:]}'.encode()


def chained(previous: str, entry: bytes) -> str:
    """The hash of ``entry`` after ``previous``, 64 hexadecimal characters."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(previous) + entry).hexdigest()


def genesis(install_id: str) -> str:
    """The hash before the first entry: every installation has its own chain."""
    return hashlib.sha256(b"\x00" + install_id.encode()).hexdigest()


def line(entry: bytes, this: str, previous: str) -> bytes:
    """One line of an export, with its line break."""
    return HEAD + entry + f',"hash":"{this}","prev_hash":"{previous}"}}\n'.encode()


def hashes_of(made: bytes) -> tuple[str, str]:
    """The hash and the previous hash that a line states, where they stand in every line."""
    return made[-146:-82].decode("ascii", "replace"), made[-67:-3].decode("ascii", "replace")


def seq_of(made: bytes) -> int:
    """The number of the entry in a line: its last field."""
    return int(made[:-TAIL].rpartition(b'"seq":')[2][:-1])
