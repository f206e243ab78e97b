"""The files that a deployment uploads: those under version control without what ``databricks.yml`` leaves out."""

from __future__ import annotations

import fnmatch
import shutil
import subprocess
from pathlib import Path

import yaml

from settings import ROOT

LARGEST = 10 * 1024 * 1024  # bytes of one file of an app


def upload(to: Path) -> tuple[int, int, list[str]]:
    """Copy them: how many, the bytes of the largest, and those that are too large."""
    left_out = yaml.safe_load((ROOT / "databricks.yml").read_text())["sync"]["exclude"]
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split("\0")
    largest, count, large = 0, 0, []
    for name in names:
        source = ROOT / name
        if not name or not source.is_file() or any(fnmatch.fnmatch(name, one) for one in left_out):
            continue
        size, count = source.stat().st_size, count + 1
        largest = max(largest, size)
        if size > LARGEST:
            large.append(name)
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, to / name)
    return count, largest, large
