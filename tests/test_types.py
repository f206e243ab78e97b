"""Every file has its types: mypy looks at all of them, beside the other tests instead of before them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from settings import ROOT


@pytest.mark.costs("mypy over everything")
def test_mypy_finds_nothing() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
