"""The ledger's verifier: reads an export, believes nothing, and says whether the chain is whole.

It needs no database and, unless there are signatures to check, nothing beyond the standard library. A chain alone shows
edits, gaps and reorderings; that its tail was cut off or that all of it was written anew shows only a checkpoint.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from approvals.ledger.checkpoint_line import SIGNED, BadCheckpoint, Checkpoint, check, parsed
from approvals.ledger.ledger_file import DIGEST, Manifest
from approvals.ledger.ledger_line import ACTOR_TYPES, FIELDS, HEAD, TAIL, genesis, hashes_of, written
from approvals.ledger.ledger_replay import Replay

INTACT, BROKEN, REWRITTEN, UNREADABLE, INCOMPARABLE = 0, 1, 2, 3, 4
BACKWARDS = 60.0  # seconds: transactions that wait for their turn may be written after younger ones
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_FIELDS = frozenset(FIELDS)
_DECODER = json.JSONDecoder()
NEAR = 20_000  # entries: nobody needs longer from signing an entry to telling of it
_STEP = 1_000  # entries between two reports of progress


@dataclass(frozen=True)
class Report:
    """What was found. ``seq`` is the first bad entry; ``checkpoint_seq`` the newest checkpoint that agrees,
    ``told_seq`` the newest that the entries tell of; ``pinned``
    whether its key was named by the one who asked and not by the export itself."""

    code: int
    problem: str = ""
    seq: int | None = None
    entries: int = 0
    install_id: str = ""
    last_seq: int = 0
    last_hash: str = ""
    checkpoint_seq: int | None = None
    told_seq: int | None = None
    pinned: bool = False
    proposal_id: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def after_checkpoint(self) -> int:
        """How many entries came after the newest checkpoint that agrees, without the one that tells of it."""
        signed = self.checkpoint_seq or 0
        return max(self.last_seq - signed - (self.told_seq == signed), 0)


Progress = Callable[[int, int], None]


def verify(
    lines: Iterable[bytes],
    manifest: Manifest,
    checkpoints: Sequence[Checkpoint] = (),
    keys: frozenset[str] = frozenset(),
    progress: Progress | None = None,
    replay: Replay | None = None,
) -> Report:
    """Follow the chain in ``lines``. ``checkpoints`` come from the second place; ``keys`` are the public keys to trust,
    else those the manifest names. ``progress`` hears (entries done, entries announced); ``replay`` keeps what the entries
    tell."""
    known = {"install_id": manifest.install_id, "proposal_id": manifest.proposal_id, "pinned": bool(keys)}
    try:
        marks = _marks(manifest, checkpoints, keys)
    except BadCheckpoint as error:
        return Report(REWRITTEN, str(error), **known)  # type: ignore[arg-type]
    chain = _Chain(manifest, marks, replay or Replay(), keys)
    seen = hashlib.sha256()
    try:
        for count, line in enumerate(lines, 1):
            seen.update(line)
            chain.take(line)
            if progress is not None and count % _STEP == 0:
                progress(count, manifest.count)
        chain.end(seen.hexdigest())
        code, problem, seq = INTACT, "", None
    except _Bad as found:
        code, problem, seq = found.code, found.problem, found.seq
    return Report(
        code,
        problem,
        seq,
        chain.count,
        last_seq=chain.seq,
        last_hash=chain.hash,
        checkpoint_seq=chain.agreed,
        told_seq=max(chain.told, default=None),
        warnings=tuple(chain.warnings),
        **known,  # type: ignore[arg-type]
    )


def _marks(manifest: Manifest, checkpoints: Sequence[Checkpoint], keys: frozenset[str]) -> dict[int, str]:
    """The hash that each checkpoint saw, by entry."""
    if keys and not frozenset(manifest.public_keys) <= keys:
        raise BadCheckpoint("the manifest names a key that is not trusted here")
    own = [parsed(text.encode("utf-8", "surrogatepass")) for text in manifest.checkpoints]
    everything = [*checkpoints, *own]
    if everything:
        check(everything, keys or frozenset(manifest.public_keys))
    marks: dict[int, str] = {}
    for one in everything:
        if one.install_id != manifest.install_id:
            raise BadCheckpoint(f"the checkpoint at entry {one.seq} is another installation's")
        if marks.setdefault(one.seq, one.hash) != one.hash:
            raise BadCheckpoint(f"two checkpoints disagree about entry {one.seq}")
    return marks


class _Bad(Exception):
    def __init__(self, code: int, problem: str, seq: int | None) -> None:
        super().__init__(problem)
        self.code, self.problem, self.seq = code, problem, seq


class _Chain:
    """The chain as far as it was followed."""

    def __init__(
        self, manifest: Manifest, marks: Mapping[int, str], replay: Replay, keys: frozenset[str] = frozenset()
    ) -> None:
        self._keys, self._hashes = keys, dict[int, str]()  # of the last entries
        self.told: dict[int, str] = {}  # entries that were signed, as the chain tells, with the key
        self._manifest, self._marks, self._partial = manifest, marks, manifest.proposal_id is not None
        self.count, self.first, self.seq, self.hash = 0, 0, 0, genesis(manifest.install_id)
        self.agreed: int | None = None
        self.warnings: list[str] = []
        self._raw, self._at, self._replay = bytes.fromhex(self.hash), "", replay

    def take(self, line: bytes) -> None:
        """Follow one line further; raises :class:`_Bad`."""
        entry, bare = _entry(line, self.seq + 1)
        seq, tail = entry["seq"], line[-TAIL:]
        if self._partial:
            self._leap(seq, tail, entry)
        elif seq != self.seq + 1:
            raise _Bad(BROKEN, f"entry {seq} stands where {self.seq + 1} should", self.seq + 1)
        made = hashlib.sha256(b"\x00" + self._raw + bare)
        this = made.hexdigest()
        if tail != f',"hash":"{this}","prev_hash":"{self.hash}"}}\n'.encode():
            raise _Bad(BROKEN, "its content or its link to the entry before does not match its hash", seq)
        if seq in self._marks:
            if self._marks[seq] != this:
                raise _Bad(REWRITTEN, "the checkpoint saw another entry here: the chain was written anew", seq)
            self.agreed = max(seq, self.agreed or 0)
        if (wrong := self._replay.play(entry)) is not None:
            raise _Bad(BROKEN, wrong, seq)
        self._hashes[seq] = this
        if len(self._hashes) > NEAR:
            del self._hashes[next(iter(self._hashes))]
        if entry["event"] == SIGNED:
            self._told(entry["body"], seq)
        self._time(entry["at"], seq)
        self.first = self.first or seq
        self.count, self.seq, self.hash, self._raw = self.count + 1, seq, this, made.digest()

    def _told(self, body: Mapping[str, Any], seq: int) -> None:
        """What an entry tells of a checkpoint holds for this chain; raises :class:`_Bad`."""
        try:
            mark = parsed(str(body.get("mark")).encode())
        except BadCheckpoint as error:
            raise _Bad(BROKEN, f"it tells of a checkpoint that is none: {error}", seq) from error
        if mark.install_id != self._manifest.install_id or self._hashes.get(mark.seq) != mark.hash or mark.seq >= seq:
            raise _Bad(REWRITTEN, f"the checkpoint at entry {mark.seq} that it tells of saw another chain", seq)
        if mark.key in self._keys:
            try:
                check([mark], self._keys)
            except BadCheckpoint as error:
                raise _Bad(REWRITTEN, str(error), seq) from error
        self.told[mark.seq] = mark.key

    def _leap(self, seq: int, tail: bytes, entry: Mapping[str, Any]) -> None:
        """In one proposal's entries the chain has holes: what an entry says of the one before is taken as given, unless
        that one is here."""
        if entry["proposal_id"] != self._manifest.proposal_id:
            raise _Bad(BROKEN, "an entry of another proposal", seq)
        if seq <= self.seq:
            raise _Bad(BROKEN, f"entry {seq} stands after {self.seq}", seq)
        _, stated = hashes_of(tail)
        if seq != self.seq + 1 and DIGEST.fullmatch(stated):
            self.hash, self._raw = stated, bytes.fromhex(stated)

    def _time(self, at: str, seq: int) -> None:
        if at >= self._at:
            self._at = at
            return
        if at[:16] == self._at[:16]:
            return  # within the same minute
        back = (_moment(self._at) - _moment(at)).total_seconds()
        if back > BACKWARDS:
            self.warnings.append(f"at entry {seq} the clock stood {back:,.0f} s before an earlier entry's")

    def end(self, digest: str) -> None:
        """Nothing more comes: is everything there that was promised? Raises :class:`_Bad`."""
        said = self._manifest
        late = [seq for seq in self._marks if seq > self.seq]
        if late and not self._partial:
            raise _Bad(REWRITTEN, f"cut off: a checkpoint saw entry {max(late)}", self.seq + 1)
        if (said.count, said.last_seq) != (self.count, self.seq) or (self.count and said.last_hash != self.hash):
            raise _Bad(REWRITTEN, f"the manifest ends at entry {said.last_seq}, the file at {self.seq}", self.seq + 1)
        if said.first_seq != self.first or said.sha256 not in ("", digest):
            raise _Bad(REWRITTEN, "the manifest describes another file", None)


def _entry(line: bytes, seq: int) -> tuple[dict[str, Any], bytes]:
    """The entry in a line and its bytes. Raises :class:`_Bad` for whatever is not written in the one form."""
    bare = line[len(HEAD) : -TAIL]
    try:
        text = bare.decode()
        entry, _ = _DECODER.raw_decode(text)
        same = line.startswith(HEAD) and line.endswith(b'"}\n') and written(entry) == text
    except (ValueError, RecursionError):
        same = False
    if not same or type(entry) is not dict or entry.keys() != _FIELDS:
        raise _Bad(BROKEN, "a line that is no entry in canonical form", seq)
    if not (text.isascii() or unicodedata.is_normalized("NFC", text)):
        raise _Bad(BROKEN, "text that is not composed (NFC)", seq)
    if not _typed(entry):
        raise _Bad(BROKEN, "a field that holds what it cannot hold", seq)
    return entry, bare


def _typed(entry: Mapping[str, Any]) -> bool:
    at, digest, revision, behalf = entry["at"], entry["action_digest"], entry["revision"], entry["on_behalf_of"]
    return (
        type(entry["seq"]) is int
        and type(at) is str
        and _AT.fullmatch(at) is not None
        and type(entry["body"]) is dict
        and type(entry["event"]) is str
        and type(entry["actor"]) is str
        and entry["actor_type"] in ACTOR_TYPES
        and (digest is None or (type(digest) is str and DIGEST.fullmatch(digest) is not None))
        and (revision is None or type(revision) is int)
        and (behalf is None or type(behalf) is str)
        and (entry["proposal_id"] is None or type(entry["proposal_id"]) is str)
    )


def _moment(at: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(at)
    except ValueError:  # a day that no calendar has
        return dt.datetime.max.replace(tzinfo=dt.UTC)
