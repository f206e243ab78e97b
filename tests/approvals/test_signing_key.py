"""Which key signs the ledger: a given one, else the home's; only a laptop makes its own."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from actions.open import open_desk
from actions.workers import Workers
from approvals.ledger.checkpoints import KeyNotPrivate, NoKey, marks, own_key, public_key, trusted
from settings import ROOT, Settings

KEY = Ed25519PrivateKey.generate()
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
OTHER = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(("profile", "local", "app"), list(itertools.product(
    ("embedded", "databricks"), (False, True), ("", "lakehelm"))))  # fmt: skip
def test_only_a_laptop_makes_its_own_key(tmp_path: Path, profile: str, local: bool, app: str) -> None:
    chosen = replace(Settings(home=tmp_path, local=local, app_name=app), profile=profile)  # type: ignore[arg-type]
    if profile == "embedded" or (local and not app):
        assert public_key(own_key(chosen)) == public_key(own_key(chosen))
        return
    with pytest.raises(NoKey, match=r"LAKEHELM_LEDGER_KEY.*docs/deploy\.md"):
        own_key(chosen)
    with pytest.raises(NoKey):
        Workers(None, chosen)  # type: ignore[arg-type]
    assert (marks(chosen), trusted(chosen)) == ([], frozenset())
    assert list(tmp_path.iterdir()) == []


def test_a_given_key_signs_wherever_it_is_given(tmp_path: Path) -> None:
    for chosen in (Settings(home=tmp_path), Settings(home=tmp_path, profile="databricks", app_name="lakehelm")):
        given = replace(chosen, ledger_key=PEM)
        assert public_key(own_key(given)) == public_key(KEY)
        assert (marks(given), trusted(given)) == ([], frozenset({public_key(KEY)}))
        assert PEM not in repr(given)
        assert PEM in given.secrets
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "no key", PEM[:60], OTHER.decode()], ids=["empty", "words", "half", "other"])
def test_what_is_no_key_is_refused_without_being_told(tmp_path: Path, text: str) -> None:
    chosen = Settings(home=tmp_path, profile="databricks", app_name="lakehelm", ledger_key=text)
    with pytest.raises((NoKey, KeyNotPrivate)) as refused:
        own_key(chosen)
    assert not text or text not in str(refused.value)


def test_an_app_that_works_does_not_open_its_desk_without_a_key(tmp_path: Path) -> None:
    chosen = Settings(home=tmp_path, profile="databricks", app_name="lakehelm")
    with pytest.raises(NoKey):
        open_desk(chosen, None)


@pytest.mark.parametrize(
    "command", [["actions", "worker"], ["approvals", "audit", "checkpoint"], ["approvals", "audit", "key"]]
)
def test_commands_refuse_and_say_what_to_do(tmp_path: Path, command: list[str]) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("DATABRICKS_", "LAKEHELM_"))}
    own |= {"LAKEHELM_PROFILE": "databricks", "DATABRICKS_APP_NAME": "lakehelm", "LAKEHELM_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=own, capture_output=True, text=True, check=False
    )
    assert done.returncode in (2, 3)
    assert "LAKEHELM_LEDGER_KEY" in done.stdout + done.stderr
    assert not (tmp_path / "ledger.key").exists()
