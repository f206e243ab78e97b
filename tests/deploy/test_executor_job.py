"""The executor's job: the real worker for a bounded time, as whom the job runs as, and the ledger signed afterwards."""

from __future__ import annotations

import base64
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from approvals.ledger.checkpoint_line import read
from approvals.ledger.checkpoints import public_key, signing_key
from approvals.ledger.ledger import Actor, append
from approvals.reading.ledger_export import verify_store
from approvals.store.store import open_store
from demo.workspace.people import APP_TOKEN
from deploy import executor_job
from deploy.executor_job import environment, keep_key, main, second_place, work
from settings import ROOT, from_environment
from tests.deploy.workplace import Workplace


def client(**more: Any) -> Any:
    config = SimpleNamespace(authenticate=lambda: {"Authorization": "Bearer the-jobs-token"})
    return SimpleNamespace(config=config, **more)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith(("DATABRICKS_", "LAKEHELM_", "PG"))]:
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("bare")
def test_settings_come_from_the_arguments_and_the_sign_in_from_the_job() -> None:
    made = environment(
        ROOT, ["LAKEHELM_PROFILE=databricks", "DATABRICKS_HOST=https://x", "LAKEHELM_HOME=/tmp/a=b"], client()
    )
    chosen = from_environment(made)
    assert (chosen.host, chosen.token, str(chosen.home)) == ("https://x", "the-jobs-token", "/tmp/a=b")
    assert made["PYTHONPATH"].split(os.pathsep)[0] == str(ROOT)
    own = environment(ROOT, ["DATABRICKS_CLIENT_ID=me", "DATABRICKS_CLIENT_SECRET=s"], client())
    assert "DATABRICKS_TOKEN" not in own


@pytest.mark.usefixtures("bare")
def test_the_database_is_found_by_its_endpoint() -> None:
    status = SimpleNamespace(status=SimpleNamespace(hosts=SimpleNamespace(host="ep-1.example.com")))
    there = client(
        postgres=SimpleNamespace(get_endpoint=lambda name: status if name == "projects/p" else None),
        current_user=SimpleNamespace(me=lambda: SimpleNamespace(user_name="sp-1")),
    )
    made = environment(ROOT, ["LAKEHELM_PG_ENDPOINT=projects/p"], there)
    assert (made["PGHOST"], made["PGUSER"]) == ("ep-1.example.com", "sp-1")
    assert from_environment(made).lakebase


@pytest.mark.parametrize("word", ["nothing", "lower=case", "--x"])
def test_what_is_no_setting_is_refused(word: str) -> None:
    with pytest.raises(SystemExit, match="not a setting"):
        environment(ROOT, [word], client())


def test_the_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    held = SimpleNamespace(value=base64.b64encode(b"a key").decode())
    there = client(
        secrets=SimpleNamespace(get_secret=lambda scope, name: held if (scope, name) == ("s", "k/1") else None)
    )
    keep_key(tmp_path / "home", "s/k/1", there)
    file = tmp_path / "home" / "ledger.key"
    assert file.read_bytes() == b"a key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_worker_is_asked_to_stop_when_its_time_is_over(tmp_path: Path) -> None:
    told = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); time.sleep(600)"
    began = time.monotonic()
    assert work(tmp_path, 1.0, dict(os.environ), [sys.executable, "-c", told]) == 0
    assert 1 <= time.monotonic() - began < 60


def test_a_worker_that_does_not_stop_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor_job, "PATIENCE", 1.0)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    assert work(tmp_path, 2.0, dict(os.environ), [sys.executable, "-c", deaf]) == 1


def test_a_worker_that_fails_is_said(tmp_path: Path) -> None:
    assert work(tmp_path, 20.0, dict(os.environ), [sys.executable, "-c", "raise SystemExit(3)"]) == 3


def _kept(home: Path, key: bytes) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "ledger.key").write_bytes(key)
    (home / "ledger.key").chmod(0o600)


@pytest.mark.costs("a process that starts with nothing, and a workspace")
@pytest.mark.usefixtures("bare")
def test_the_whole_job_on_the_emulated_workspace(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(place.environment["LAKEHELM_STORE_URL"])
    with store.writing() as tx:
        append(tx, "draft.submit", Actor("human", "ann"))
    monkeypatch.setenv("DATABRICKS_HOST", place.emulator.url)
    monkeypatch.setenv("DATABRICKS_TOKEN", APP_TOKEN)
    kept = ("LAKEHELM_PROFILE", "LAKEHELM_HOME", "LAKEHELM_STORE_URL", "DATABRICKS_WAREHOUSE_ID")
    words = [f"{name}={place.environment[name]}" for name in kept]
    marks = tmp_path / "marks"
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    monkeypatch.setattr(executor_job, "keep_key", lambda home, _name, _client: _kept(home, made))
    for number in range(2):  # as the bundle starts it, each time with an empty home
        shutil.rmtree(Path(place.environment["LAKEHELM_HOME"]) / "checkpoints", ignore_errors=True)
        with store.writing() as tx:
            append(tx, "draft.submit", Actor("human", "ann"), number=number)
        assert main([str(ROOT), "--minutes=0.05", f"--checkpoints={marks}", "--key=s/k", *words]) == 0
    assert len(read(marks)) == 2
    own = public_key(signing_key(Path(place.environment["LAKEHELM_HOME"])))
    assert verify_store(store, checkpoints=read(marks), keys=[own]).code == 0
    newest = max(marks.glob("*.json"))
    newest.write_bytes(b"")
    assert verify_store(store, checkpoints=read(marks), keys=[own]).code == 2
    newest.unlink()
    assert verify_store(store, checkpoints=read(marks), keys=[own]).code == 2
    assert verify_store(store, checkpoints=read(marks)).code == 4
    assert verify_store(store, checkpoints=[], keys=[own]).code == 4


def test_a_checkpoint_in_the_second_place_is_never_written_again(tmp_path: Path) -> None:
    made, kept = tmp_path / "made", tmp_path / "kept"
    made.mkdir()
    (made / "a-1.json").write_text("one")
    assert second_place(made, kept) == 1
    (made / "a-1.json").write_text("another")
    (made / "a-2.json").write_text("two")
    assert second_place(made, kept) == 1
    assert {one.name: one.read_text() for one in kept.iterdir()} == {"a-1.json": "one", "a-2.json": "two"}


def test_the_file_runs_alone_and_imports_nothing_of_the_project() -> None:
    told = subprocess.run(
        [sys.executable, "-I", str(ROOT / "deploy" / "executor_job.py"), "--help"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 0
    assert "--checkpoints" in told.stdout
