"""Checkpoints: now and then the ledger's head is signed and put in a second place.

The second place is a folder on a volume. WRITE VOLUME lets its holder delete and change files as well: against the app's
own principal only a copy that another principal keeps protects; the ledger says at which entry it was last signed, so
that a checkpoint that was taken away shows. On a laptop it is a folder beside the database, which is weaker still. The
private key is given (a secret) or lies in the home folder, readable by its owner alone, never in the database.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization import load_pem_private_key as load_pem

from approvals.checkpoint_line import Checkpoint, read
from approvals.ledger import Head, head
from approvals.ledger_line import stamp
from approvals.store import Store, Tx
from approvals.tables import LEDGER, LEDGER_HEAD
from settings import Settings

EVERY_ENTRIES = 1_000
EVERY = dt.timedelta(hours=1)
KEY_FILE = "ledger.key"
NO_KEY = (
    "there is no key to sign the ledger with: give one as LAKEHELM_LEDGER_KEY (from a secret) or as {file}; "
    "docs/deploy.md says how it is made"
)


class NoKey(Exception):
    """No signing key was given, and none is made here: only a laptop makes its own."""


class KeyNotPrivate(Exception):
    """The signing key can be read by others, or is no ed25519 key."""


class ChainRewritten(Exception):
    """The newest checkpoint saw another chain than the database now holds; nothing is signed."""


def kept(chosen: Settings) -> tuple[list[Checkpoint], frozenset[str]]:
    """The checkpoints of this process and its public key to hold them against, as far as there are any. Raises
    :class:`BadCheckpoint`, :class:`KeyNotPrivate` and, where the app may only add to the folder, ``PermissionError``."""
    marks = read(chosen.checkpoint_folder) if chosen.checkpoint_folder.is_dir() else []
    there = chosen.ledger_key or (chosen.home / KEY_FILE).exists()
    return marks, frozenset({public_key(own_key(chosen))} if there else ())


def own_key(chosen: Settings) -> Ed25519PrivateKey:
    """The key that this process signs with: as it was given, else from the home folder, where a laptop makes one.
    Raises :class:`NoKey` and :class:`KeyNotPrivate`."""
    if chosen.ledger_key:
        return _loaded(chosen.ledger_key.encode(), "LAKEHELM_LEDGER_KEY")
    if not chosen.makes_its_key and not (chosen.home / KEY_FILE).exists():
        raise NoKey(NO_KEY.format(file=chosen.home / KEY_FILE))
    return signing_key(chosen.home)


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The key in ``home``, made at its first use. Raises :class:`KeyNotPrivate`."""
    file = home / KEY_FILE
    if not file.exists():
        _make(file)
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise KeyNotPrivate(f"{file} can be read by others; run: chmod 600 {file}")
    return _loaded(file.read_bytes(), str(file))


def _loaded(pem: bytes, where: str) -> Ed25519PrivateKey:
    try:
        made = load_pem(pem, None)
    except (ValueError, TypeError):
        made = None  # what it holds is not told
    if not isinstance(made, Ed25519PrivateKey):
        raise KeyNotPrivate(f"{where} is no ed25519 key")
    return made


def _make(file: Path) -> None:
    """Write a new key, readable by its owner alone; of two processes that do so at once, both use the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    secret = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, half = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".half")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(secret)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(half)
    finally:
        Path(half).unlink()


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, 64 hexadecimal characters: what a verifier is told to trust."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def write_due(
    store: Store, folder: Path, key: Ed25519PrivateKey, now: dt.datetime, *, at_once: bool = False
) -> int | None:
    """Write a checkpoint when 1,000 entries or an hour with entries have gone by since the last one (``at_once``: when
    there is any new entry); returns its entry's number, None when none is due. Nobody who writes to the ledger waits
    for it. Raises :class:`ChainRewritten` and ``OSError``."""
    with store.reading() as tx:
        stand = head(tx)
        if stand is None or not _due(stand, now, at_once):
            return None
        _still_there(tx, folder, stand)
    _write(folder, stand, key, now)
    with store.writing() as tx:
        tx.connection.execute(
            sa.update(LEDGER_HEAD)
            .where(sa.func.coalesce(LEDGER_HEAD.c.checkpoint_seq, 0) < stand.seq)
            .values(checkpoint_seq=stand.seq, checkpoint_at=now)
        )
    return stand.seq


def _due(stand: Head, now: dt.datetime, at_once: bool) -> bool:
    new = stand.seq - (stand.checkpoint_seq or 0)
    old = stand.checkpoint_at is None or now - stand.checkpoint_at >= EVERY
    return new >= EVERY_ENTRIES or (new > 0 and (old or at_once))


def newest(folder: Path, install_id: str) -> Checkpoint | None:
    """The newest checkpoint of an installation in ``folder``; raises :class:`BadCheckpoint`."""
    for file in sorted(folder.glob(f"{install_id}-*.json"), reverse=True):
        if found := read(file):  # an empty file is one that a crash left behind
            return found[-1]
    return None


def _still_there(tx: Tx, folder: Path, stand: Head) -> None:
    """Raises :class:`ChainRewritten` unless the database still holds what the newest checkpoint saw."""
    last = newest(folder, stand.install_id)
    if last is None:
        return
    there = tx.connection.execute(sa.select(LEDGER.c.hash).where(LEDGER.c.seq == last.seq)).scalar_one_or_none()
    if there != last.hash or stand.seq < last.seq:
        raise ChainRewritten(f"entry {last.seq} is not what the checkpoint of {last.at} saw")


def _write(folder: Path, stand: Head, key: Ed25519PrivateKey, now: dt.datetime) -> None:
    bare = Checkpoint(stamp(now), stand.hash, stand.install_id, public_key(key), stand.seq)
    signed = replace(bare, signature=key.sign(bare.statement).hex())
    file = folder / f"{stand.install_id}-{stand.seq:012d}.json"
    folder.mkdir(parents=True, exist_ok=True)
    try:  # made in place: where nothing can be deleted, nothing can be renamed either
        with file.open("xb") as out:
            out.write(signed.line)
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:
        if any(one.hash != stand.hash for one in read(file)):
            raise ChainRewritten(f"another entry {stand.seq} was signed before") from None
