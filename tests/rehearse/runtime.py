"""The Python of Databricks Apps: a virtual environment with what is installed there before, and ours over it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from settings import ROOT

# "Libraries pre-installed in the environment" of Databricks Apps (pip path, Python 3.11).
PREINSTALLED = (
    "databricks-sql-connector==3.4.0", "databricks-sdk==0.33.0", "mlflow-skinny==2.16.2", "gradio==4.44.0",
    "streamlit==1.38.0", "shiny==1.1.0", "dash==2.18.1", "flask==3.0.3", "fastapi==0.115.0", "uvicorn[standard]==0.30.6",
    "gunicorn==23.0.0", "huggingface-hub==0.35.3", "dash-ag-grid==31.2.0", "dash-mantine-components==0.14.4",
    "dash-bootstrap-components==1.6.0", "plotly==5.24.1", "plotly-resampler==0.10.0",
)  # fmt: skip
STAMP, NOT_HAD, SECONDS = "made", "not-had", 1500


@dataclass(frozen=True)
class Runtime:
    """``python`` is the interpreter of the app. ``not_had`` are pre-installed libraries that the index did not give;
    ``versions`` what is installed of ours that is not what ``requirements.txt`` says; ``seconds`` 0 when it was there."""

    python: Path
    not_had: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    seconds: float = 0.0


class NotInstalled(Exception):
    """``requirements.txt`` does not install over what is there before; the message is the end of what pip said."""


def _pip(python: Path, *words: str) -> tuple[int, str]:
    told = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *words],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return told.returncode, told.stdout + told.stderr


def runtime(home: Path, preinstalled: Sequence[str] = PREINSTALLED) -> Runtime:
    """The environment below ``home``, made when it is not there or was made from other lists. Raises
    :class:`NotInstalled`."""
    wanted = "\n".join([sys.version, *preinstalled, (ROOT / "requirements.txt").read_text()])
    key = hashlib.sha256(wanted.encode()).hexdigest()
    folder, python, began = home / "venv", home / "venv" / "bin" / "python", time.monotonic()
    stamp = folder / STAMP
    if not (stamp.exists() and stamp.read_text() == key):
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, timeout=SECONDS)
        missing = _before(python, preinstalled)
        code, told = _pip(python, "-r", str(ROOT / "requirements.txt"))
        if code:
            raise NotInstalled(told[-2000:])
        # As `make` does for ours: where the folder cannot be written later, every start would compile again.
        subprocess.run([str(python), "-m", "compileall", "-q", str(folder / "lib")], stdout=subprocess.DEVNULL)
        (folder / NOT_HAD).write_text("\n".join(missing))
        stamp.write_text(key)
        took = time.monotonic() - began
    else:
        took = 0.0
    return Runtime(python, tuple((folder / NOT_HAD).read_text().split()), tuple(differing(python)), took)


def _before(python: Path, preinstalled: Sequence[str]) -> list[str]:
    """Install them at once; when that fails, one by one, and return those that cannot be had."""
    if _pip(python, *preinstalled)[0] == 0:
        return []
    return [one for one in preinstalled if _pip(python, one)[0] != 0]


def differing(python: Path) -> list[str]:
    """``name: installed`` of every pin of ``requirements.txt`` that ``python`` does not have as it stands there."""
    pins = [one.strip() for one in (ROOT / "requirements.txt").read_text().splitlines() if "==" in one]
    names = {one.partition("==")[0].partition("[")[0]: one.partition("==")[2] for one in pins}
    ask = "import sys; from importlib.metadata import version\nfor n in sys.argv[1:]: print(n, version(n))"
    told = subprocess.run([str(python), "-c", ask, *names], capture_output=True, text=True, timeout=120, check=True)
    had = dict(line.split() for line in told.stdout.splitlines())
    return [f"{name}: {had[name]}" for name, wanted in names.items() if had[name] != wanted]
