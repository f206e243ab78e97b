"""The ledger as files: one entry a line, and a manifest that says what the file should hold.

The lines are written from the columns as they stand, so whatever was changed in the database shows when they are
verified. The same chain gives the same bytes at every export.
"""

from __future__ import annotations

import dataclasses
import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from approvals.ledger.checkpoint_line import Checkpoint
from approvals.ledger.checkpoints import marks, trusted
from approvals.ledger.ledger import Head, head
from approvals.ledger.ledger_file import FORMAT, Manifest
from approvals.ledger.ledger_line import entry_bytes, genesis, hashes_of, line, seq_of
from approvals.ledger.ledger_replay import Replay
from approvals.ledger.ledger_verify import BROKEN, INCOMPARABLE, REWRITTEN, Progress, Report, verify
from approvals.ledger.second_place import PlaceAway
from approvals.reading.ledger_tables import differences
from approvals.store.store import Store, Tx
from approvals.store.tables import LEDGER
from settings import Settings

PAGE = 2_000  # rows read at once
MOST = 20  # differences that are told
LINES, MANIFEST = "ledger.jsonl", "ledger.manifest.json"


class UnreadableRow(Exception):
    """A row of the ledger holds what it never held when it was written. ``after`` is the last entry that could be read."""

    def __init__(self, after: int) -> None:
        super().__init__(f"the row after entry {after} cannot be read")
        self.after = after


def lines(tx: Tx, upto: int, proposal_id: str | None = None) -> Iterator[bytes]:
    """The entries up to number ``upto`` (of one proposal) as lines, oldest first, read page by page. Raises
    :class:`UnreadableRow`."""
    seen = 0
    order = sa.select(LEDGER).where(LEDGER.c.seq <= upto).order_by(LEDGER.c.seq).limit(PAGE)
    if proposal_id is not None:
        order = order.where(LEDGER.c.proposal_id == proposal_id)
    while True:
        try:
            rows = tx.connection.execute(order.where(LEDGER.c.seq > seen)).all()
        except ValueError as error:  # a time that is none
            raise UnreadableRow(seen) from error
        for row in rows:
            try:
                made = line(entry_bytes(row._asdict()), row.hash, row.prev_hash)
            except (ValueError, TypeError, AttributeError) as error:
                raise UnreadableRow(seen) from error
            seen = row.seq
            yield made
        if len(rows) < PAGE:
            return


def export(
    store: Store,
    target: Path,
    *,
    proposal_id: str | None = None,
    checkpoints: Iterable[Checkpoint] = (),
    keys: Iterable[str] = (),
    progress: Progress | None = None,
) -> Manifest:
    """Write the ledger (or one proposal's entries) to ``target``, a ``.jsonl`` with its manifest beside it or a ``.zip``
    of both. ``keys`` are the public keys that sign checkpoints here. Returns the manifest. What is not complete never
    has the final name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".half")
    try:
        with store.reading() as tx:
            stand = _stand(tx)
            entries = lines(tx, stand.seq, proposal_id)
            if target.suffix == ".zip":
                with zipfile.ZipFile(half, "w") as packed:
                    with packed.open(_named(LINES), "w", force_zip64=True) as out:
                        made = _copied(entries, out, stand, proposal_id, checkpoints, keys, progress)
                    packed.writestr(_named(MANIFEST), made.text())
            else:
                with half.open("wb") as out:
                    made = _copied(entries, out, stand, proposal_id, checkpoints, keys, progress)
                target.with_suffix(".manifest.json").write_bytes(made.text().encode())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return made


def _named(name: str) -> zipfile.ZipInfo:
    """A file of the zip without the time of day, so that equal chains give equal zips."""
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def _stand(tx: Tx) -> Head:
    """Where the chain stands; an installation that has written nothing yet has no name either."""
    return head(tx) or Head("", 0, genesis(""))


def _copied(
    entries: Iterable[bytes],
    out: IO[bytes],
    stand: Head,
    proposal_id: str | None,
    checkpoints: Iterable[Checkpoint],
    keys: Iterable[str],
    progress: Progress | None,
) -> Manifest:
    digest, count, first, last = hashlib.sha256(), 0, b"", b""
    for made in entries:
        out.write(made)
        digest.update(made)
        count, first, last = count + 1, first or made, made
        if progress is not None and count % PAGE == 0:
            progress(count, stand.seq)
    partial = proposal_id is not None
    return Manifest(
        checkpoints=tuple(one.line.decode().rstrip("\n") for one in checkpoints if one.install_id == stand.install_id),
        count=count,
        first_seq=seq_of(first) if first else 0,
        format=FORMAT,
        install_id=stand.install_id,
        last_hash=_last_hash(last, stand) if partial else stand.hash,
        last_seq=(seq_of(last) if last else 0) if partial else stand.seq,
        proposal_id=proposal_id,
        public_keys=tuple(sorted(set(keys))),
        sha256=digest.hexdigest(),
    )


def _last_hash(last: bytes, stand: Head) -> str:
    return hashes_of(last)[0] if last else genesis(stand.install_id)


def verify_store(
    store: Store,
    *,
    checkpoints: Iterable[Checkpoint] | None = None,
    keys: Iterable[str] = (),
    progress: Progress | None = None,
    tables: bool = True,
) -> Report:
    """The verifier over the living chain, as an export of this moment would hold it, and over the ``tables`` that it
    tells of, all at one moment. ``checkpoints`` are what the second place holds: where they are given, the one that the
    ledger was last signed at has to be among them (None: the second place is not asked)."""
    known, replay = frozenset(keys), Replay(keep=True)
    with store.snapshot() as tx:
        stand = _stand(tx)
        first = min(stand.seq, 1)
        announced = Manifest((), stand.seq, first, FORMAT, stand.install_id, stand.hash, stand.seq, None, (), "")
        try:
            there = list(checkpoints or ()) if known or not stand.checkpoint_seq else []
            report = verify(lines(tx, stand.seq), announced, there, known, progress, replay)
            if tables and not report.code:
                report = _with_tables(report, tx, replay)
            return report if report.code or checkpoints is None else _compared(report, stand, bool(known))
        except UnreadableRow as error:
            return Report(BROKEN, str(error), error.after + 1, install_id=stand.install_id, last_seq=error.after)


def verify_all(
    store: Store, chosen: Settings, keys: frozenset[str] = frozenset(), progress: Progress | None = None
) -> Report:
    """:func:`verify_store` against the second place that the settings name; where that does not answer, what is here is
    verified and it is said. Raises :class:`approvals.ledger.checkpoint_line.BadCheckpoint` and ``OSError``."""
    keys = keys or trusted(chosen)
    try:
        there = marks(chosen)
    except PlaceAway as why:
        report = verify_store(store, keys=keys, progress=progress)
        return report if report.code else dataclasses.replace(report, code=INCOMPARABLE, problem=str(why))
    return verify_store(store, checkpoints=there, keys=keys, progress=progress)


def _with_tables(report: Report, tx: Tx, replay: Replay) -> Report:
    """``report`` of an intact chain, unless the tables hold something else."""
    found = tuple(islice(differences(tx, replay), MOST))
    if not found:
        return report
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return dataclasses.replace(
        report,
        code=BROKEN,
        problem=f"the tables differ from the ledger: {found[0]}{more}",
        warnings=(*report.warnings, *found[1:]),
    )


def _compared(report: Report, stand: Head, key: bool) -> Report:
    """``report`` of an intact ledger, unless the second place lacks what the ledger was last signed at."""
    signed = max(stand.checkpoint_seq or 0, report.told_seq or 0)
    if (report.checkpoint_seq or 0) >= signed:
        return report
    if not key:
        why = "the key that signed the checkpoints is not here: name its public half with --key"
    elif report.checkpoint_seq is None:
        why = f"the ledger was signed at entry {signed}, and the second place holds no checkpoint: name it with --checkpoint"
    else:
        why = f"the checkpoint at entry {signed}, the newest, is gone from the second place"
    code = REWRITTEN if key and report.checkpoint_seq else INCOMPARABLE
    return dataclasses.replace(report, code=code, problem=why)
