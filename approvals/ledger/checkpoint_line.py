"""A checkpoint as it is written: where the ledger stood, signed. Kept where the app cannot delete it, it shows what a
chain alone cannot: a tail that was cut off, or a whole chain written anew.

Reading needs only the standard library; checking a signature needs ``cryptography``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from approvals.ledger.ledger_line import written

SIGNED = "checkpoint.signed"  # the ledger's entry about a checkpoint that lies in the second place
_PURPOSE = b"lakehelm ledger checkpoint 1\n"  # so that a signature made for something else can never pass as one


class BadCheckpoint(Exception):
    """A line that is not a checkpoint as this app writes them, or whose signature is not its key's."""


@dataclass(frozen=True)
class Checkpoint:
    """``hash`` is that of entry ``seq``; ``key`` is the public ed25519 key, all of them hexadecimal."""

    at: str
    hash: str
    install_id: str
    key: str
    seq: int
    signature: str = ""

    @property
    def statement(self) -> bytes:
        """The bytes that are signed: everything but the signature."""
        said = asdict(self)
        del said["signature"]
        return _PURPOSE + written(said).encode()

    @property
    def line(self) -> bytes:
        """As it stands in a file, with its line break."""
        return written(asdict(self)).encode() + b"\n"


def parsed(line: bytes) -> Checkpoint:
    """The checkpoint in one line; raises :class:`BadCheckpoint` unless it is written in exactly one way."""
    try:
        said = json.loads(line)
        made = Checkpoint(**said)
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCheckpoint("not a checkpoint") from error
    texts = (made.at, made.hash, made.install_id, made.key, made.signature)
    if type(made.seq) is not int or made.seq < 1 or not all(isinstance(text, str) for text in texts):
        raise BadCheckpoint("not a checkpoint")
    lengths = (len(made.hash), len(made.key), len(made.signature))
    if lengths != (64, 64, 128) or not set(made.hash + made.key + made.signature) <= set("0123456789abcdef"):
        raise BadCheckpoint("not a checkpoint")
    if written(said).encode("utf-8", "surrogatepass") != line.removesuffix(b"\n"):
        raise BadCheckpoint("not written in the one form")
    return made


def read(place: Path) -> list[Checkpoint]:
    """The checkpoints in a file (one a line) or in the files of a folder; raises ``OSError`` and
    :class:`BadCheckpoint`, naming the file."""
    files = sorted(file for file in place.iterdir() if file.suffix == ".json") if place.is_dir() else [place]
    return [one for file in files for one in _read(file)]


def _read(file: Path) -> list[Checkpoint]:
    try:
        return [parsed(line) for line in file.read_bytes().splitlines()]
    except BadCheckpoint as error:
        raise BadCheckpoint(f"{file.name}: {error}") from error


def check(checkpoints: Iterable[Checkpoint], keys: frozenset[str]) -> None:
    """Raises :class:`BadCheckpoint` for one whose key is not among ``keys`` or whose signature is not that key's."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    for one in checkpoints:
        if one.key not in keys:
            raise BadCheckpoint(f"the checkpoint at entry {one.seq} is signed with a key that is not trusted here")
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(one.key)).verify(
                bytes.fromhex(one.signature), one.statement
            )
        except (InvalidSignature, ValueError) as error:
            raise BadCheckpoint(f"the checkpoint at entry {one.seq} does not carry its key's signature") from error
