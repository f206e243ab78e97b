"""The suite can be run on a later day."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

from settings import ROOT


def test_tests_run_with_the_clock_ahead(tmp_path: Path) -> None:
    day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=59)
    told = (
        f"import datetime as dt\n\ndef test_it() -> None:\n    assert dt.date.today() > dt.date({day:%Y, %-m, %-d})\n"
    )
    (tmp_path / "test_it.py").write_text(told, encoding="utf-8")
    command = [sys.executable, "-m", "tests.ahead", "60", "-n0", "-c", "pyproject.toml", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and ran.stdout.startswith("."), ran.stdout + ran.stderr
