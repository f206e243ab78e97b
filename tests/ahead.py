"""`python -m tests.ahead [DAYS] [pytest's arguments]`: the tests with the clock of every Python process DAYS ahead (60).

What fails here would fail on that day: frozen data beside a clock that goes on. Postgres and the browser stay at today.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

DAYS = "60"
# Python runs this at the start of each process that inherits the path: pytest, its workers, the apps that tests serve.
SITE = """
import datetime as dt
import time_machine
time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days={days}), tick=True).start()
"""


def main(arguments: list[str]) -> int:
    """Pytest's exit code."""
    days = arguments.pop(0) if arguments and arguments[0].isdigit() else DAYS
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(SITE.format(days=int(days)), encoding="utf-8")
        path = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
        command = [
            sys.executable,
            "-m",
            "pytest",
            *(arguments or ["-n", "2", "--dist", "loadgroup", "-m", "not deep and not soak"]),
        ]
        return subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
