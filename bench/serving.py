"""Starts an app in a process of its own, as `make run` does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN_VARIABLES = ("LAKEHELM_", "DATABRICKS_", "STREAMLIT_")


@dataclass(frozen=True)
class App:
    """A running app: its address, its process and the file its output goes to while it runs."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def healthy(url: str) -> bool:
    """Whether the app's health endpoint answers."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def serve(
    home: Path, environment: Mapping[str, str] | None = None, script: str = "app.py", wait: float = 120.0
) -> Iterator[App]:
    """``script`` on a free port of loopback, its data under ``home``; stopped at the end."""
    home.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), home / f"app-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OWN_VARIABLES)}
    own = {"LAKEHELM_HOME": str(home), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1", **(environment or {})}
    paths = [path for path in (os.environ.get("PYTHONPATH"), own.get("PYTHONPATH")) if path]
    own |= {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=clean | own, stdout=output, stderr=output)
        app = App(f"http://127.0.0.1:{port}", process, log)
        try:
            limit = time.monotonic() + wait
            while not healthy(app.url):
                if process.poll() is not None or time.monotonic() > limit:
                    raise RuntimeError(f"the app did not start:\n{log.read_text(errors='replace')[-3000:]}")
                time.sleep(0.05)
            yield app
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            log.unlink(missing_ok=True)
