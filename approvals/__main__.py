"""`python -m approvals audit export | verify | checkpoint | key`: the ledger as files, its proof, its checkpoints.

`verify --export FILE` needs no database. It ends with 0 when the chain is intact, 1 when it is broken, 2 when it was
truncated or rewritten against a checkpoint, 3 when it cannot be read, 4 when it was signed and what it could be compared
with is not there.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from approvals.ledger.checkpoint_line import BadCheckpoint, Checkpoint, read
from approvals.ledger.ledger_file import Unreadable, opened
from approvals.ledger.ledger_report import said
from approvals.ledger.ledger_verify import INCOMPARABLE, UNREADABLE, Report, verify
from logs import install_for_command
from settings import settings

if TYPE_CHECKING:
    from approvals.store.store import Store


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _store() -> Store:
    from approvals.store.store import open_store

    return open_store(settings())


def _key_of(given: str) -> str:
    """A public key as 64 hexadecimal characters, or the file that holds them."""
    text = given if re.fullmatch(r"[0-9a-f]{64}", given) else Path(given).read_text(encoding="ascii").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", text, re.ASCII):
        raise Unreadable(f"{given}: not a public key (64 hexadecimal characters)")
    return text


def _verify(chosen: argparse.Namespace) -> int:
    try:
        checkpoints = [one for place in chosen.checkpoint for one in read(place)]
        keys = frozenset(_key_of(given) for given in chosen.key)
        report = _of_file(chosen.export, checkpoints, keys) if chosen.export else _of_store(checkpoints, keys)
    except (Unreadable, BadCheckpoint, OSError, UnicodeDecodeError) as error:
        report = Report(UNREADABLE, str(error))
    except ModuleNotFoundError as error:
        report = Report(UNREADABLE, f"signatures cannot be checked without the package {error.name}")
    _say(json.dumps(asdict(report)) if chosen.json else said(report))
    if chosen.proposal and report.code == 0 and not chosen.json:
        _say(_story(chosen))
    return report.code


def _of_file(export: Path, checkpoints: list[Checkpoint], keys: frozenset[str]) -> Report:
    with opened(export) as (lines, manifest):
        return verify(lines, manifest, checkpoints, keys)


def _of_store(checkpoints: list[Checkpoint], keys: frozenset[str]) -> Report:
    from approvals.ledger import checkpoints as own
    from approvals.reading.ledger_export import verify_all, verify_store

    if checkpoints:
        return verify_store(_store(), checkpoints=checkpoints, keys=keys or own.trusted(settings()))
    return verify_all(_store(), settings(), keys)


def _story(chosen: argparse.Namespace) -> str:
    """The entries of one proposal in an export that was found intact, one a line."""
    if not chosen.export:
        from approvals.ledger.ledger import story

        with _store().reading() as tx:
            told = [
                f"{e.seq:>8}  {e.at:%Y-%m-%dT%H:%M:%SZ}  {e.event:<28} {e.actor!r}" for e in story(tx, chosen.proposal)
            ]
    else:
        with opened(chosen.export) as (lines, _):
            entries = [json.loads(line)["entry"] for line in lines]
        told = [
            f"{e['seq']:>8}  {e['at'][:19]}Z  {e['event']:<28} {e['actor']!r}"
            for e in entries
            if e["proposal_id"] == chosen.proposal
        ]
    return "\n".join(told) or "no entry of this proposal"


def _export(chosen: argparse.Namespace) -> int:
    from approvals.ledger import checkpoints as own
    from approvals.ledger.second_place import PlaceAway
    from approvals.reading.ledger_export import export

    with suppress(own.NoKey):
        own.own_key(settings())  # so that the export names its key from the first one on
    try:
        marks = own.marks(settings())
    except PlaceAway as error:
        marks = []
        _say(f"without checkpoints: {error}")
    made = export(_store(), chosen.out, proposal_id=chosen.proposal, checkpoints=marks, keys=own.trusted(settings()))
    _say(f"{made.count:,} entries in {chosen.out}")
    return 0


def _checkpoint(chosen: argparse.Namespace) -> int:
    import datetime as dt

    from approvals.ledger import checkpoints as own
    from approvals.ledger.second_place import PlaceAway, place_of

    place = chosen.folder or place_of(settings())
    try:
        seq = own.write_due(_store(), place, own.own_key(settings()), dt.datetime.now(dt.UTC), at_once=True)
    except (own.NoKey, own.KeyNotPrivate) as error:
        _say(f"nothing was signed: {error}")
        return UNREADABLE
    except PlaceAway as error:
        _say(f"nothing was signed: {error}")
        return INCOMPARABLE
    except own.ChainRewritten as error:
        _say(f"TRUNCATED OR REWRITTEN: {error}; nothing was signed")
        return 2
    _say("no new entry since the last checkpoint" if seq is None else f"checkpoint at entry {seq:,} in {place}")
    return 0


def _key(_: argparse.Namespace) -> int:
    from approvals.ledger import checkpoints as own

    try:
        _say(own.public_key(own.own_key(settings())))
    except (own.NoKey, own.KeyNotPrivate) as error:
        _say(str(error))
        return UNREADABLE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m approvals", description=__doc__)
    audit = parser.add_subparsers(required=True).add_parser("audit", help="the ledger").add_subparsers(required=True)
    out = audit.add_parser("export", help="write the ledger to a file, its manifest beside it")
    out.add_argument("--out", type=Path, default=Path("ledger.jsonl"), help="a .jsonl or a .zip file")
    out.add_argument("--proposal", help="only this proposal's entries")
    out.set_defaults(run=_export)
    proof = audit.add_parser(
        "verify", help="0 intact, 1 broken, 2 truncated or rewritten, 3 unreadable, 4 nothing to compare with"
    )
    proof.add_argument("--export", type=Path, help="an export; without it, the app's own database")
    proof.add_argument("--checkpoint", type=Path, action="append", default=[], help="a file or folder of checkpoints")
    proof.add_argument("--key", action="append", default=[], help="a public key to trust, or the file that holds it")
    proof.add_argument("--proposal", help="tell this proposal's story when the chain is intact")
    proof.add_argument("--json", action="store_true", help="the report as JSON")
    proof.set_defaults(run=_verify)
    mark = audit.add_parser("checkpoint", help="sign the ledger's head now")
    mark.add_argument("--folder", type=Path, help="the second place; by default beside the database, which is weaker")
    mark.set_defaults(run=_checkpoint)
    audit.add_parser("key", help="print the public key of this installation").set_defaults(run=_key)
    return parser


def main(arguments: list[str]) -> int:
    chosen = _parser().parse_args(arguments)
    return int(chosen.run(chosen))


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
