"""The ledger as files: what is written is what is verified; checkpoints; the command line on its own."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from approvals import __main__ as command
from approvals.ledger import checkpoints, ledger
from approvals.ledger.checkpoint_line import BadCheckpoint, Checkpoint, read
from approvals.ledger.ledger import Actor
from approvals.ledger.ledger_file import Unreadable, opened
from approvals.ledger.ledger_report import said
from approvals.ledger.ledger_verify import BROKEN, INTACT, REWRITTEN, UNREADABLE, Report, verify
from approvals.reading import ledger_export
from approvals.reading.ledger_export import export, verify_store
from approvals.store.guards import remove
from approvals.store.store import Store
from settings import Settings
from tests.approvals.chains import START
from tests.support.clock import Clock
from tests.support.stores import store_at

ROOT = Path(__file__).resolve().parents[2]
ANN = Actor("human", "dev:ann")
D = "1" * 64


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    one = store_at(url, Clock(START))
    yield one
    one.engine.dispose()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Store]:
    one = store_at(f"sqlite:///{tmp_path / 'home' / 'store.sqlite'}", Clock(START))
    yield one
    one.engine.dispose()


def told(store: Store, proposals: int = 3, first: int = 0) -> None:
    """Some proposals that are made, approved and begun, with text that is awkward to write."""
    moved: dict[str, Any] = {"from": "open", "to": "approved", "by": ["dev:ann"]}
    for number in range(first, first + proposals):
        about: dict[str, Any] = {"proposal_id": f"01{number}", "revision": 1, "action_digest": D}
        with store.writing() as tx:
            ledger.append(tx, "proposal.created", Actor("agent", "cost"), **about, title='naïve "x"\n\u2028\\', risk=1)
            ledger.append(tx, "vote.approve", ANN, **about, comment="e\u0301")
            ledger.append(tx, "decision.quorum", ANN, **about, **moved)
            ledger.append(tx, "switch.on", Actor("system", "sweeper", "dev:bo"), number=1.5)


def checked(file: Path, marks: list[Checkpoint] | None = None, keys: frozenset[str] = frozenset()) -> Report:
    with opened(file) as (lines, manifest):
        return verify(lines, manifest, marks or [], keys)


@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger.zip"])
def test_an_export_is_verified_without_its_database(store: Store, tmp_path: Path, name: str) -> None:
    told(store)
    file, heard = tmp_path / "out" / name, list[tuple[int, int]]()
    made_ = export(store, file, progress=lambda done, of: heard.append((done, of)))
    assert (made_.count, made_.first_seq, made_.last_seq) == (12, 1, 12)
    found = checked(file)
    assert (found.code, found.entries, found.install_id) == (INTACT, 12, made_.install_id)
    assert {path.suffix for path in file.parent.iterdir()} <= {".jsonl", ".zip", ".json"}


def test_equal_ledgers_give_equal_files(store: Store, tmp_path: Path) -> None:
    told(store)
    for name in ("a.jsonl", "b.jsonl", "a.zip", "b.zip"):
        export(store, tmp_path / name)
    for kind in ("jsonl", "zip", "manifest.json"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert packed.read("ledger.jsonl") == (tmp_path / "a.jsonl").read_bytes()


def test_a_long_ledger_is_read_page_by_page(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_export, "PAGE", 5)
    told(store, 5)  # twenty entries: four full pages and none
    assert export(store, tmp_path / "l.jsonl").count == 20
    assert checked(tmp_path / "l.jsonl").code == INTACT


def test_what_is_written_during_an_export_is_left_to_the_next(store: Store, tmp_path: Path) -> None:
    told(store)
    with store.reading() as tx:
        stand = ledger.head(tx)
        assert stand is not None
    told(store, 1, 5)
    with store.reading() as tx:
        assert len(list(ledger_export.lines(tx, stand.seq))) == 12


def test_an_empty_ledger_has_an_export_too(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "l.jsonl")
    assert checked(tmp_path / "l.jsonl").code == INTACT
    assert verify_store(store).code == INTACT


def test_one_proposal_alone_proves_little_and_says_so(store: Store, tmp_path: Path) -> None:
    told(store)
    file = tmp_path / "l.jsonl"
    assert export(store, file, proposal_id="011").count == 3
    found = checked(file)
    assert (found.code, found.proposal_id, found.entries) == (INTACT, "011", 3)
    assert "only the whole ledger shows" in said(found)
    lines = file.read_bytes().splitlines(keepends=True)
    for bad in (
        [lines[0].replace(b'"risk":1', b'"risk":0'), *lines[1:]],  # an entry
        [lines[1], lines[0], lines[2]],  # their order
        [lines[0], lines[0], *lines[1:]],
        [lines[0], lines[2]],  # the vote is missing: the story is impossible
        [line.replace(b'"011"', b'"012"') for line in lines],
        lines[:2],  # the manifest knows of more
    ):
        file.write_bytes(b"".join(bad))
        assert checked(file).code != INTACT
    export(store, file, proposal_id="nobody")
    assert checked(file).entries == 0


def test_an_export_that_fails_leaves_nothing(store: Store, tmp_path: Path) -> None:
    told(store)

    def stop(_: int, __: int) -> None:
        raise KeyboardInterrupt

    ledger_export_page, ledger_export.PAGE = ledger_export.PAGE, 2
    try:
        for name in ("l.jsonl", "l.zip"):
            with pytest.raises(KeyboardInterrupt):
                export(store, tmp_path / "out" / name, progress=stop)
    finally:
        ledger_export.PAGE = ledger_export_page
    assert list((tmp_path / "out").iterdir()) == []


# Checkpoints.


def test_a_checkpoint_is_due_after_an_hour_or_a_thousand_entries(store: Store, tmp_path: Path) -> None:
    key, folder = checkpoints.signing_key(tmp_path), tmp_path / "second"

    def due(minutes: float, **how: Any) -> int | None:
        return checkpoints.write_due(store, folder, key, START + dt.timedelta(minutes=minutes), **how)

    assert due(0) is None
    told(store, 1)
    assert due(0) == 4  # the first one at once
    assert due(120) is None  # nothing new
    told(store, 1, 5)
    assert due(59) is None
    assert due(60) == 9  # after the entry that tells of the first one
    with store.writing() as tx:
        for _ in range(999):
            ledger.append(tx, "switch.on", ANN)
    assert due(61) is None
    assert due(61, at_once=True) == 1009
    with store.writing() as tx:
        for _ in range(1_000):
            ledger.append(tx, "switch.on", ANN)
    assert due(62) == 2010
    kept = read(folder)
    assert [one.seq for one in kept] == [4, 9, 1009, 2010]
    found = verify_store(store, checkpoints=kept, keys=[checkpoints.public_key(key)])
    assert (found.code, found.checkpoint_seq, found.pinned) == (INTACT, 2010, True)


def test_a_checkpoint_file_is_never_written_over(store: Store, tmp_path: Path) -> None:
    key, folder = checkpoints.signing_key(tmp_path), tmp_path / "second"
    told(store, 1)
    stand = None
    with store.reading() as tx:
        stand = ledger.head(tx)
    assert stand is not None
    checkpoints._write(folder, stand, key, START)
    (kept,) = read(folder)
    checkpoints._write(folder, stand, key, START + dt.timedelta(hours=1))  # another sweeper, a little later
    assert read(folder) == [kept]
    with pytest.raises(checkpoints.ChainRewritten):
        checkpoints._write(folder, ledger.Head(stand.install_id, stand.seq, D), key, START)
    assert read(folder) == [kept]


def test_an_empty_file_of_a_crash_does_no_harm(store: Store, tmp_path: Path) -> None:
    key, folder = checkpoints.signing_key(tmp_path), tmp_path / "second"
    told(store, 1)
    assert checkpoints.write_due(store, folder, key, START) == 4
    (old,) = folder.iterdir()
    (folder / old.name.replace("0004", "0005")).touch()
    told(store, 1, 5)
    assert checkpoints.write_due(store, folder, key, START, at_once=True) == 9
    assert [one.seq for one in read(folder)] == [4, 9]


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    found, start = list[str](), threading.Barrier(8)

    def make() -> None:
        start.wait()
        found.append(checkpoints.public_key(checkpoints.signing_key(tmp_path / "home")))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found))) == (8, 1)
    (file,) = (tmp_path / "home").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(checkpoints.KeyNotPrivate, match="chmod 600"):
        checkpoints.signing_key(tmp_path / "home")


def test_the_private_key_is_neither_in_the_database_nor_in_an_export(lite: Store, tmp_path: Path) -> None:
    key = checkpoints.signing_key(tmp_path / "home")
    told(lite)
    checkpoints.write_due(lite, tmp_path / "second", key, START)
    export(
        lite, tmp_path / "out" / "l.jsonl", checkpoints=read(tmp_path / "second"), keys=[checkpoints.public_key(key)]
    )
    secret = key.private_bytes_raw()
    files = [*(tmp_path / "home").glob("store*"), *(tmp_path / "out").iterdir(), *(tmp_path / "second").iterdir()]
    for file in files:
        content = file.read_bytes()
        assert secret not in content
        assert secret.hex().encode() not in content
        assert b"PRIVATE" not in content
    assert len(files) >= 4


# The command line.


def audit(*arguments: str, home: Path, code: int = 0) -> str:
    """What the command prints, in this process."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as said:
        patch.setattr(command, "settings", lambda: Settings(home=home))
        assert command.main(["audit", *arguments]) == code, said.getvalue()
    return said.getvalue()


def audit_alone(*arguments: str, home: Path, code: int = 0) -> str:
    """The same in a process of its own."""
    environment = {"PATH": os.environ["PATH"], "LAKEHELM_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "approvals", "audit", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def files(lite: Store, tmp_path: Path) -> Path:
    """A folder with an export, a checkpoint file and the public key, and no database."""
    folder, key = tmp_path / "taken along", checkpoints.signing_key(tmp_path / "home")
    told(lite)
    checkpoints.write_due(lite, tmp_path / "second", key, START)
    export(lite, folder / "l.jsonl", keys=[checkpoints.public_key(key)])
    (folder / "marks").write_bytes(b"".join(one.line for one in read(tmp_path / "second")))
    (folder / "key").write_text(checkpoints.public_key(key) + "\n")
    return folder


def test_the_command_says_intact_broken_truncated_or_unreadable(files: Path, tmp_path: Path) -> None:
    nowhere, file = tmp_path / "nowhere", files / "l.jsonl"
    proof = ("verify", "--export", str(file), "--checkpoint", str(files / "marks"), "--key", str(files / "key"))
    assert "Agrees with the checkpoint at entry 12." in audit_alone(*proof, home=nowhere)
    assert json.loads(audit(*proof, "--json", home=nowhere))["code"] == 0
    assert "decision.quorum" in audit(*proof, "--proposal", "011", home=nowhere)
    true, described = file.read_bytes(), file.with_suffix(".manifest.json").read_bytes()

    file.write_bytes(true.replace(b"dev:ann", b"dev:eve", 1))
    assert "BROKEN at entry 2" in audit_alone(*proof, home=nowhere, code=BROKEN)

    cut = true.splitlines(keepends=True)[:8]
    file.write_bytes(b"".join(cut))
    assert "TRUNCATED OR REWRITTEN at entry 9" in audit(*proof, home=nowhere, code=REWRITTEN)

    file.write_bytes(true)
    file.with_suffix(".manifest.json").write_bytes(described.replace(b'"format":1', b'"format":9'))
    assert "knows 1" in audit(*proof, home=nowhere, code=UNREADABLE)
    audit("verify", "--export", str(files / "absent.jsonl"), home=nowhere, code=UNREADABLE)
    audit(*proof, "--key", str(files / "marks"), home=nowhere, code=UNREADABLE)
    (files / "torn").write_bytes((files / "marks").read_bytes()[:50])
    audit(*proof, "--checkpoint", str(files / "torn"), home=nowhere, code=UNREADABLE)
    assert not nowhere.exists()  # it never looked for a database


def test_the_verifier_runs_where_nothing_is_installed(files: Path) -> None:
    """Without third-party packages: signatures cannot be checked, and that is said; the chain can."""
    bare = [sys.executable, "-S", "-m", "approvals", "audit", "verify", "--export", str(files / "l.jsonl")]
    done = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split(":")[0]) == (INTACT, "intact"), done.stderr
    done = subprocess.run(
        [*bare, "--checkpoint", str(files / "marks")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "cryptography" in done.stdout) == (UNREADABLE, True), done.stderr


@pytest.mark.costs("each command is a process of its own")
def test_the_command_exports_signs_and_verifies_the_living_ledger(lite: Store, tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = audit_alone("key", home=home).strip()
    assert key == checkpoints.public_key(checkpoints.signing_key(home))
    told(lite)
    out = tmp_path / "l.zip"
    audit("export", "--out", str(out), home=home)
    assert "intact" in audit("verify", home=home)
    assert "entry 12" in audit_alone("checkpoint", home=home)
    assert "no new entry" in audit("checkpoint", home=home)
    assert "Agrees with the checkpoint at entry 12." in audit("verify", home=home)
    assert "decision.quorum" in audit("verify", "--proposal", "011", home=home)
    with lite.engine.begin() as connection:
        remove(connection)
        connection.exec_driver_sql("DELETE FROM ledger WHERE seq > 8")
        connection.exec_driver_sql("UPDATE ledger_head SET seq = 8, hash = (SELECT hash FROM ledger WHERE seq = 8)")
    assert "TRUNCATED" in audit_alone("verify", home=home, code=REWRITTEN)
    with lite.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ledger_head SET checkpoint_seq = NULL")
    assert "nothing was signed" in audit("checkpoint", home=home, code=REWRITTEN)
    assert "intact" in audit("verify", "--export", str(out), "--key", key, home=home)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"\x00" * 100])
def test_a_file_that_is_no_export_is_unreadable(tmp_path: Path, content: bytes) -> None:
    for name in ("x.jsonl", "x.zip"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Unreadable), opened(tmp_path / name):
            pass


def test_a_damaged_zip_is_never_intact(lite: Store, tmp_path: Path) -> None:
    told(lite)
    file = tmp_path / "l.zip"
    export(lite, file)
    whole = file.read_bytes()
    for place in range(30, len(whole), 37):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            found = checked(file)
        except Unreadable:
            continue
        if found.code == INTACT:  # a byte that says nothing about the content, such as the time of a member
            with zipfile.ZipFile(file) as packed:
                assert packed.read("ledger.jsonl").count(b"\n") == 12


def test_a_folder_of_other_things_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(BadCheckpoint, match=r"a\.json"):
        read(tmp_path)
