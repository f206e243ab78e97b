"""`python -m tests.rehearse [--here]`: rehearse the deployment, print a table of checks, 1 when one fails.

A virtual environment with the libraries that Databricks Apps has before, ours over them; a real Postgres that asks for a
password; the emulated workspace with its SQL warehouse; the app by the command of `app.yaml` as its service principal,
people behind forwarded headers. `--here` takes the Python that runs this instead of making an environment.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from settings import settings
from tests.rehearse.checks import Check, Table, complaints, rehearse
from tests.rehearse.runtime import PREINSTALLED, Runtime, runtime


def _show(check: Check) -> None:
    print(f"{'ok' if check.ok else 'FAILED':<7}{check.seconds:>6.1f} s  {check.name:<66}{check.what}", flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rehearse", description=__doc__)
    parser.add_argument("--here", action="store_true", help="the Python that runs this, no environment of its own")
    chosen = parser.parse_args(arguments)
    table = Table(_show)
    python = Path(sys.executable)
    if not chosen.here:
        made: list[Runtime] = []

        def environment() -> tuple[bool, str]:
            made.append(one := runtime(settings().home / "rehearse"))
            had = f"{len(PREINSTALLED) - len(one.not_had)} of {len(PREINSTALLED)} pre-installed libraries"
            told = "made" if one.seconds else "was there"
            lacks = f"; not to be had: {', '.join(one.not_had)}" if one.not_had else ""
            wrong = f"; not as pinned: {', '.join(one.wrong)}" if one.wrong else ""
            return not one.wrong, f"{told}: {had}, requirements.txt over them{lacks}{wrong}"

        if not table("the Python of Databricks Apps", environment):
            return 1
        python = made[0].python
        for line in complaints(python):
            print(f"{'':>15}  pip: {line}")
    with tempfile.TemporaryDirectory(prefix="lakehelm-rehearse-", ignore_cleanup_errors=True) as folder:
        rehearse(Path(folder), python, table, undo="2s" if chosen.here else "")
    failed = [one.name for one in table.checks if not one.ok]
    print(f"{len(table.checks)} checks, {len(failed)} failed" + (f": {'; '.join(failed)}" if failed else ""))
    return 0 if table.well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
