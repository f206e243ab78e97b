"""Ways to falsify an export, each as one who knows how it is made would do it: the manifest is made to fit again, and
where asked the whole chain is hashed anew. What lies in the second place (the checkpoint) only the swaps touch."""

from __future__ import annotations

import hashlib
import json
import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from approvals.ledger.checkpoint_line import Checkpoint
from approvals.ledger.checkpoints import public_key
from approvals.ledger.ledger_file import Manifest, manifest_of
from approvals.ledger.ledger_line import HEAD, TAIL, chained, genesis, hashes_of, line, written
from tests.approvals.chains import Chain, manifest, signed, story

FORGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


@dataclass(frozen=True)
class Export:
    """The lines, the manifest's text, and the checkpoints in the second place (their lines)."""

    lines: tuple[bytes, ...]
    manifest: bytes
    checkpoints: tuple[bytes, ...]


Mutation = Callable[[Export, random.Random], Export]


def exported(chain: Chain) -> Export:
    """What an export of ``chain`` is, with a checkpoint at its end and some before."""
    count = len(chain.entries)
    marks = sorted({max(1, count // 3), max(1, count // 2), count})
    checkpoints = tuple(chain.checkpoint(seq).line for seq in marks)
    own = tuple(text.decode().rstrip("\n") for text in checkpoints[:1])
    lines = chain.lines
    return Export(tuple(lines), manifest(lines, chain.install_id, chain.last, own).text().encode(), checkpoints)


def fitting(export: Export) -> Export:
    """The same with a manifest that describes it as well as one can."""
    said, lines = manifest_of(export.manifest), export.lines
    made = replace(
        said,
        count=len(lines),
        last_seq=len(lines),
        first_seq=min(len(lines), 1),
        last_hash=hashes_of(lines[-1])[0] if lines else genesis(said.install_id),
        sha256=hashlib.sha256(b"".join(lines)).hexdigest(),
    )
    try:
        text = made.text().encode()
        manifest_of(text)
    except Exception:  # a hash that is none any more cannot stand in a manifest
        return export
    return replace(export, manifest=text)


def rechained(entries: list[bytes], export: Export) -> Export:
    """A valid chain over ``entries``."""
    said = manifest_of(export.manifest)
    last, lines = genesis(said.install_id), []
    for entry in entries:
        this = chained(last, entry)
        lines.append(line(entry, this, last))
        last = this
    return fitting(replace(export, lines=tuple(lines)))


def _bare(export: Export) -> list[bytes]:
    return [made[len(HEAD) : -TAIL] for made in export.lines]


def _at(export: Export, chance: random.Random) -> int:
    return chance.randrange(len(export.lines))


def _with(export: Export, place: int, made: bytes) -> Export:
    lines = list(export.lines)
    lines[place] = made
    return replace(export, lines=tuple(lines))


def _entry_with(export: Export, place: int, entry: bytes) -> Export:
    return _with(export, place, HEAD + entry + export.lines[place][-TAIL:])


def _other(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool) or value is None:
        return chance.choice(["x", 1, not value])
    if isinstance(value, int | float):
        return value + chance.choice([1, -1, 10])
    if isinstance(value, str):
        return value + "x" if not value or chance.random() < 0.5 else value[:-1]
    if isinstance(value, dict):
        return value | {"new": 1} if not value or chance.random() < 0.5 else dict(list(value.items())[1:])
    return [*value, 1]


def edit(export: Export, chance: random.Random) -> Export:
    """One field of one entry says something else."""
    place = _at(export, chance)
    entry = json.loads(_bare(export)[place])
    name = chance.choice(sorted(entry))
    entry[name] = _other(entry[name], chance)
    return _entry_with(export, place, written(entry).encode())


def edit_and_rehash(export: Export, chance: random.Random) -> Export:
    """The same, with the entry's own hash made right."""
    made = edit(export, chance)
    place = next(i for i, (a, b) in enumerate(zip(made.lines, export.lines, strict=True)) if a != b)
    entry, before = _bare(made)[place], hashes_of(export.lines[place])[1]
    return _with(made, place, line(entry, chained(before, entry), before))


def rechain(export: Export, chance: random.Random) -> Export:
    """A field is changed and everything from there on hashed anew: a chain that holds."""
    return rechained(_bare(edit(export, chance)), export)


def rechain_without(export: Export, chance: random.Random) -> Export:
    """An entry is left out, the rest numbered and hashed anew."""
    entries = [json.loads(entry) for entry in _bare(export)]
    del entries[chance.randrange(len(entries))]
    made = [written(entry | {"seq": seq}).encode() for seq, entry in enumerate(entries, 1)]
    return rechained(made, export)


def delete(export: Export, chance: random.Random) -> Export:
    place = _at(export, chance)
    return replace(export, lines=export.lines[:place] + export.lines[place + 1 :])


def insert(export: Export, chance: random.Random) -> Export:
    """An entry of another ledger slips in."""
    place, other = _at(export, chance), story(chance.getrandbits(32), 3).lines
    return replace(export, lines=(*export.lines[:place], chance.choice(other), *export.lines[place:]))


def swap(export: Export, chance: random.Random) -> Export:
    first, second = chance.sample(range(len(export.lines)), 2)
    lines = list(export.lines)
    lines[first], lines[second] = lines[second], lines[first]
    return replace(export, lines=tuple(lines))


def duplicate(export: Export, chance: random.Random) -> Export:
    place = _at(export, chance)
    return replace(export, lines=(*export.lines[: place + 1], *export.lines[place:]))


def truncate(export: Export, chance: random.Random) -> Export:
    """The tail is cut off."""
    return replace(export, lines=export.lines[: _at(export, chance)])


def cut_in_a_line(export: Export, chance: random.Random) -> Export:
    last = export.lines[-1]
    return replace(export, lines=(*export.lines[:-1], last[: chance.randrange(1, len(last))]))


def behead(export: Export, chance: random.Random) -> Export:
    """The first entries are missing."""
    return replace(export, lines=export.lines[chance.randrange(1, len(export.lines)) :])


def old_prefix(export: Export, chance: random.Random) -> Export:
    """An older export is handed over in place of the new one, whole in itself."""
    return rechained(_bare(export)[: _at(export, chance)], export)


def unicode_twin(export: Export, chance: random.Random) -> Export:
    """A letter is written in two characters: it looks the same."""
    places = list(range(len(export.lines)))
    chance.shuffle(places)
    for place in places:
        text = _bare(export)[place].decode()
        if (twin := unicodedata.normalize("NFD", text)) != text:
            return _entry_with(export, place, twin.encode())
    return duplicate(export, chance)


def unicode_twin_rechained(export: Export, chance: random.Random) -> Export:
    return rechained(_bare(unicode_twin(export, chance)), export)


def escaped(export: Export, chance: random.Random) -> Export:
    """A character is written as an escape: JSON reads the same."""
    place = _at(export, chance)
    text = _bare(export)[place].decode().replace('"event"', '"\\u0065vent"')
    return _entry_with(export, place, text.encode())


def moved(export: Export, chance: random.Random) -> Export:
    """What stood in one field stands in another."""
    place = _at(export, chance)
    entry = json.loads(_bare(export)[place])
    first, second = chance.choice(
        [
            ("actor", "event"),
            ("actor", "on_behalf_of"),
            ("proposal_id", "action_digest"),
            ("seq", "revision"),
            ("actor", "actor_type"),
            ("at", "event"),
        ]
    )
    if entry[first] == entry[second]:
        return duplicate(export, chance)
    entry[first], entry[second] = entry[second], entry[first]
    return _entry_with(export, place, written(entry).encode())


def number_form(export: Export, chance: random.Random) -> Export:
    """``7`` is written ``7.0``, ``7e0`` or ``07``."""
    place = _at(export, chance)
    bare = _bare(export)[place]
    number = bare.rpartition(b'"seq":')[2][:-1]
    form = chance.choice([number + b".0", number + b"e0", b"0" + number, b"-" + number, b'"' + number + b'"'])
    return _entry_with(export, place, bare[: -len(number) - 1] + form + b"}")


def hex_case(export: Export, chance: random.Random) -> Export:
    """A hash in capitals."""
    place = _at(export, chance)
    tail = export.lines[place][-TAIL:]
    this, before = hashes_of(tail)
    which = chance.choice([this, before]).encode()
    return _with(export, place, export.lines[place][:-TAIL] + tail.replace(which, which.upper()))


def whitespace(export: Export, chance: random.Random) -> Export:
    place = _at(export, chance)
    made = export.lines[place]
    spot = chance.choice([0, len(HEAD), made.index(b","), len(made) - 1, len(made)])
    return _with(export, place, made[:spot] + chance.choice([b" ", b"\t", b"\r", b"\n", b"\xef\xbb\xbf"]) + made[spot:])


def extra_key(export: Export, chance: random.Random) -> Export:
    """A key that nobody asked for, or one twice."""
    place = _at(export, chance)
    bare = _bare(export)[place]
    more = chance.choice([b',"zzz":1}', b',"seq":1}', b',"actor":"dev:eve"}'])
    if chance.random() < 0.3:
        made = export.lines[place]
        return _with(export, place, made[:-2] + b',"zzz":1}\n')
    return _entry_with(export, place, bare[:-1] + more)


def missing_key(export: Export, chance: random.Random) -> Export:
    entries = [json.loads(entry) for entry in _bare(export)]
    place = _at(export, chance)
    del entries[place][chance.choice(sorted(entries[place]))]
    return rechained([written(entry).encode() for entry in entries], export)


def not_json(export: Export, chance: random.Random) -> Export:
    """A byte of the file turns over."""
    place = _at(export, chance)
    made = bytearray(export.lines[place])
    spot = chance.randrange(len(made))
    made[spot] ^= 1 << chance.randrange(8)
    return _with(export, place, bytes(made))


def other_install(export: Export, chance: random.Random) -> Export:
    """The export says that it is another installation's, whole or with a chain to go with it."""
    said = replace(manifest_of(export.manifest), install_id=f"{chance.getrandbits(128):032x}", checkpoints=())
    made = replace(export, manifest=said.text().encode())
    return made if chance.random() < 0.5 else rechained(_bare(export), made)


def manifest_edit(export: Export, chance: random.Random) -> Export:
    """One thing that the manifest says is changed."""
    said = manifest_of(export.manifest)
    changes: list[dict[str, Any]] = [
        {"count": said.count + 1}, {"first_seq": 2}, {"last_seq": said.last_seq + 1}, {"format": 2},
        {"last_hash": said.last_hash[::-1]}, {"sha256": said.sha256[::-1]}, {"proposal_id": "01X"},
        {"public_keys": (public_key(FORGER),)}, {"checkpoints": (said.checkpoints[0].replace('"seq":', '"seq":1'),)},
    ]  # fmt: skip
    made: Manifest = replace(said, **chance.choice(changes))
    return replace(export, manifest=made.text().encode())


def checkpoint_swap(export: Export, chance: random.Random) -> Export:
    """A chain written anew, with a checkpoint to go with it: signed with a key of one's own, or the old signature."""
    made = rechain(export, chance)
    said = replace(manifest_of(made.manifest), checkpoints=(), public_keys=(public_key(FORGER),))
    true = json.loads(export.checkpoints[-1])
    bare = Checkpoint(**(true | {"hash": hashes_of(made.lines[-1])[0]}))
    if chance.random() < 0.3:
        return replace(made, checkpoints=(bare.line,))
    forged = signed(replace(bare, key=public_key(FORGER)), FORGER)
    forged = forged if chance.random() < 0.5 else replace(forged, key=true["key"])
    return replace(made, manifest=said.text().encode(), checkpoints=(forged.line,))


def checkpoint_edit(export: Export, chance: random.Random) -> Export:
    """A checkpoint is made to say something else."""
    said = json.loads(export.checkpoints[-1])
    name = chance.choice(["at", "hash", "install_id", "key", "seq", "signature"])
    said[name] = said[name] - 1 if name == "seq" else said[name][::-1]
    if chance.random() < 0.2:
        return replace(export, checkpoints=(export.checkpoints[-1].replace(b",", b", ", 1),))
    return replace(export, checkpoints=(*export.checkpoints[:-1], written(said).encode() + b"\n"))


def checkpoint_of_another(export: Export, chance: random.Random) -> Export:
    """The checkpoint of another installation with the same key."""
    other = story(chance.getrandbits(32), len(export.lines))
    return replace(export, checkpoints=(other.checkpoint().line,))


MUTATIONS: tuple[Mutation, ...] = (
    edit, edit_and_rehash, rechain, rechain_without, delete, insert, swap, duplicate, truncate, cut_in_a_line, behead,
    old_prefix, unicode_twin, unicode_twin_rechained, escaped, moved, number_form, hex_case, whitespace, extra_key,
    missing_key, not_json, other_install, manifest_edit, checkpoint_swap, checkpoint_edit, checkpoint_of_another,
)  # fmt: skip
