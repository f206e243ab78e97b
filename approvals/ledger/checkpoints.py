"""Checkpoints: now and then the ledger's head is signed and put in a second place.

The second place (:mod:`approvals.ledger.second_place`) is a volume, or a folder. WRITE VOLUME lets its holder delete and change
files as well: against the app's own principal only a copy that another principal keeps protects. Each checkpoint that lies
there leaves an entry in the ledger (``checkpoint.signed``), so that one that was taken away shows. On a laptop it is a
folder beside the database, which is weaker still. The private key is given (a secret) or lies in the home folder, readable
by its owner alone, never in the database.
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

from approvals.ledger.checkpoint_line import SIGNED, BadCheckpoint, Checkpoint, parsed, read
from approvals.ledger.ledger import Actor, Head, append, head
from approvals.ledger.ledger_line import stamp
from approvals.ledger.second_place import Folder, Place, place_of
from approvals.store.store import Store, Tx
from approvals.store.tables import LEDGER, LEDGER_HEAD
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


def marks(chosen: Settings) -> list[Checkpoint]:
    """What the second place holds; of a volume the newest of each installation, which says what all before it say. Raises
    :class:`BadCheckpoint`, :class:`approvals.ledger.second_place.PlaceAway` and, where the app may only add to a folder,
    ``PermissionError``."""
    place = place_of(chosen)
    if isinstance(place, Folder):
        return read(chosen.checkpoint_folder) if chosen.checkpoint_folder.is_dir() else []
    installs = sorted({name.rpartition("-")[0] for name in place.names() if name.endswith(".json")})
    return [one for install_id in installs if install_id and (one := newest(place, install_id))]


def trusted(chosen: Settings) -> frozenset[str]:
    """The public key of this process, as far as it has one. Raises :class:`KeyNotPrivate`."""
    there = chosen.ledger_key or (chosen.home / KEY_FILE).exists()
    return frozenset({public_key(own_key(chosen))} if there else ())


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
    store: Store, place: Place | Path, key: Ed25519PrivateKey, now: dt.datetime, *, at_once: bool = False
) -> int | None:
    """Write a checkpoint when 1,000 entries or an hour with entries have gone by since the last one (``at_once``: when
    there is any new entry), and an entry that tells of it; returns the number of the entry that was signed, None when none
    is due. Nobody who writes to the ledger waits for the place. Raises :class:`ChainRewritten` and ``OSError``
    (:class:`approvals.ledger.second_place.PlaceAway`): then nothing was signed."""
    place = _place(place)
    with store.reading() as tx:
        stand = head(tx)
        if stand is None or not _due(tx, stand, now, at_once):
            return None
    last = newest(place, stand.install_id)
    if last is not None:
        with store.reading() as tx:
            _still_there(tx, last, stand)
    mark = _write(place, stand, key, now)
    with store.writing() as tx:
        moved = tx.connection.execute(
            sa.update(LEDGER_HEAD)
            .where(sa.func.coalesce(LEDGER_HEAD.c.checkpoint_seq, 0) < stand.seq)
            .values(checkpoint_seq=stand.seq, checkpoint_at=now)
        ).rowcount
        if moved:  # else another one has told of it
            append(tx, SIGNED, Actor("system", "checkpoints"), mark=mark.line.decode().rstrip(), place=str(place))
    return stand.seq


def _place(given: Place | Path) -> Place:
    return Folder(given) if isinstance(given, Path) else given


def _due(tx: Tx, stand: Head, now: dt.datetime, at_once: bool) -> bool:
    """What tells of a signature is no reason for another one."""
    before = stand.checkpoint_seq or 0
    old = stand.checkpoint_at is None or now - stand.checkpoint_at >= EVERY
    if stand.seq <= before or not (old or at_once or stand.seq - before > EVERY_ENTRIES):
        return False
    order = sa.select(LEDGER.c.seq).where(LEDGER.c.seq > before, LEDGER.c.event != SIGNED)
    return tx.connection.execute(order.limit(1)).first() is not None


def newest(place: Place | Path, install_id: str) -> Checkpoint | None:
    """The newest checkpoint of an installation in ``place``; raises :class:`BadCheckpoint` and ``OSError``."""
    place = _place(place)
    own = (name for name in place.names() if name.startswith(f"{install_id}-") and name.endswith(".json"))
    for name in sorted(own, reverse=True):
        if not (found := _read(place, name)):
            continue  # an empty file is one that a crash left behind
        if name != _named(install_id, found[-1].seq):
            raise BadCheckpoint(f"{name}: it holds the checkpoint of entry {found[-1].seq}")
        return found[-1]
    return None


def _named(install_id: str, seq: int) -> str:
    return f"{install_id}-{seq:012d}.json"


def _read(place: Place, name: str) -> list[Checkpoint]:
    try:
        return [parsed(line) for line in place.read(name).splitlines()]
    except BadCheckpoint as error:
        raise BadCheckpoint(f"{name}: {error}") from error


def _still_there(tx: Tx, last: Checkpoint, stand: Head) -> None:
    """Raises :class:`ChainRewritten` unless the database still holds what the newest checkpoint saw."""
    there = tx.connection.execute(sa.select(LEDGER.c.hash).where(LEDGER.c.seq == last.seq)).scalar_one_or_none()
    if there != last.hash or stand.seq < last.seq:
        raise ChainRewritten(f"entry {last.seq} is not what the checkpoint of {last.at} saw")


def _write(place: Place | Path, stand: Head, key: Ed25519PrivateKey, now: dt.datetime) -> Checkpoint:
    """The mark that is in the place now: this one, or one of the same entry that was there before."""
    place, name = _place(place), _named(stand.install_id, stand.seq)
    bare = Checkpoint(stamp(now), stand.hash, stand.install_id, public_key(key), stand.seq)
    signed = replace(bare, signature=key.sign(bare.statement).hex())
    try:
        place.put(name, signed.line)
    except FileExistsError:
        there = _read(place, name)
        if any(one.hash != stand.hash for one in there):
            raise ChainRewritten(f"another entry {stand.seq} was signed before") from None
        return there[-1] if there else signed
    return signed
