"""Whom nobody checks is served to this machine only; inside Databricks Apps the platform's proxy reaches the app."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bench.serving import free_port
from settings import ROOT, Settings
from web import http_guard
from web.loopback import exposed, stranger

LAPTOPS = (Settings(), Settings(profile="databricks", local=True))
APPS = (Settings(app_name="lakehelm"), Settings(profile="databricks", local=True, app_name="lakehelm"))
OWN = ("127.0.0.1", "127.8.9.1", "::1", "localhost", "::ffff:127.0.0.1")
OTHERS = (None, "", "0.0.0.0", "::", "10.0.0.7", "192.168.1.5", "fe80::1%eth0", "lakehelm.example", "localhost.example")


@pytest.mark.parametrize("chosen", LAPTOPS)
def test_a_laptop_listens_to_itself_only(chosen: Settings) -> None:
    assert [one for one in OWN if exposed(chosen, one)] == []
    for one in OTHERS:
        assert "nobody signs in" in exposed(chosen, one) and "127.0.0.1" in exposed(chosen, one)


@pytest.mark.parametrize("chosen", APPS)
def test_databricks_apps_choose_their_own_address(chosen: Settings) -> None:
    assert not any(exposed(chosen, one) for one in (*OWN, *OTHERS))
    assert not stranger(chosen, "10.0.0.7")


def test_the_address_goes_without_saying() -> None:
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert written["server"]["address"] == "127.0.0.1"
    assert "address" not in (ROOT / "app.yaml").read_text().split("command:")[1]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("peer", "served"), [("127.0.0.1", True), ("::1", True), ("10.0.0.7", False), ("8.8.8.8", False)]
)
def test_whatever_serves_it_only_this_machine_is_answered(
    monkeypatch: pytest.MonkeyPatch, kind: str, peer: str, served: bool
) -> None:
    monkeypatch.setattr(http_guard, "settings", lambda: LAPTOPS[1])
    reached: list[str] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["type"])

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "path": "/", "raw_path": b"/", "query_string": b"", "headers": [], "client": (peer, 5)}
    with ThreadPoolExecutor(1) as own:  # the thread of the tests may be in a loop already: the browser's
        own.submit(asyncio.run, http_guard.Guard(app)(scope, receive, send)).result()
    assert bool(reached) is served
    assert served or sent[0].get("status", sent[0].get("code")) in (403, 1008)


def test_the_readme_s_way_ends_with_a_sentence_on_any_other_address(tmp_path: Path) -> None:
    """``streamlit run app.py`` as it is written there, told to listen everywhere."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(free_port())]
    own = {**os.environ, "LAKEHELM_HOME": str(tmp_path), "LAKEHELM_LOCAL": "true", "LAKEHELM_PROFILE": "databricks",
           "STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "nobody signs in on a laptop" in done.stdout + done.stderr
