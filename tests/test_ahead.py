"""The suite can be run on a later day."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from settings import ROOT

LATER = """
import time
from pathlib import Path

def test_it() -> None:
    written = Path(__file__).stat().st_mtime  # by the machine's own clock
    assert time.time() - written > 59 * 86_400
"""


def test_tests_run_with_the_clock_ahead(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(LATER, encoding="utf-8")
    command = [sys.executable, "-m", "tests.ahead", "60", "-n0", "-c", "pyproject.toml", str(tmp_path)]
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    ran = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and ran.stdout.startswith("."), ran.stdout + ran.stderr
