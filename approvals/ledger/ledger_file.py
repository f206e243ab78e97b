"""An export of the ledger as a file: its manifest and its lines, from a .jsonl or a .zip."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from approvals.ledger.ledger_line import written

FORMAT = 1
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Unreadable(Exception):
    """What was handed over is not an export, or not one of a format known here."""


@dataclass(frozen=True)
class Manifest:
    """What an export says of itself. ``proposal_id`` is set where it holds one proposal's entries only; ``sha256`` of the
    lines is empty only where no file was written."""

    checkpoints: tuple[str, ...]
    count: int
    first_seq: int
    format: int
    install_id: str
    last_hash: str
    last_seq: int
    proposal_id: str | None
    public_keys: tuple[str, ...]
    sha256: str

    def text(self) -> str:
        """As it stands in its file."""
        return written(asdict(self)) + "\n"


def manifest_of(text: bytes) -> Manifest:
    """The manifest in ``text``; raises :class:`Unreadable`."""
    try:
        said: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(text).items()}
        made = Manifest(**said)
        same = made.text().encode() == text
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable("the manifest cannot be read") from error
    numbers = (made.count, made.first_seq, made.last_seq, made.format)
    words = (made.install_id, *made.checkpoints, *made.public_keys)
    if not same or any(type(n) is not int for n in numbers) or not all(isinstance(w, str) for w in words):
        raise Unreadable("the manifest is not written in the one form")
    if not all(isinstance(w, str) and DIGEST.fullmatch(w) for w in (made.last_hash, made.sha256)):
        raise Unreadable("the manifest is not written in the one form")
    if made.format != FORMAT:
        raise Unreadable(f"the export has format {made.format}; this verifier knows {FORMAT}")
    return made


# What a file that was damaged on its way may raise, before and while it is read.
_DAMAGED = (OSError, EOFError, KeyError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error, struct.error)


@contextmanager
def opened(export: Path) -> Iterator[tuple[Iterable[bytes], Manifest]]:
    """The lines and the manifest of an export: a ``.jsonl`` file with its ``.manifest.json`` beside it, or a ``.zip`` of
    the two. Raises :class:`Unreadable`, also while the lines are read."""
    with ExitStack() as held:
        try:
            lines, manifest = _parts(export, held)
        except _DAMAGED as error:
            raise Unreadable(f"{export.name}: {error}") from error
        yield _read(lines, export.name), manifest_of(manifest)


def _parts(export: Path, held: ExitStack) -> tuple[Iterable[bytes], bytes]:
    if zipfile.is_zipfile(export):
        packed = held.enter_context(zipfile.ZipFile(export))
        return held.enter_context(packed.open("ledger.jsonl")), packed.read("ledger.manifest.json")
    return held.enter_context(export.open("rb")), export.with_suffix(".manifest.json").read_bytes()


def _read(lines: Iterable[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from lines
    except _DAMAGED as error:
        raise Unreadable(f"{name}: {error}") from error
