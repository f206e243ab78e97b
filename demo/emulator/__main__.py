"""`python -m demo.emulator [--lakehouse FILE] [--port N]`: serve until interrupted, and print how to connect."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import threading
from pathlib import Path

from demo.emulator.serve import shown
from demo.emulator.server import TOKEN, WAREHOUSE, Emulator
from demo.lakehouse import built
from demo.workspace.workspace import made
from logs import install_for_command
from settings import settings


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.emulator", description=__doc__)
    parser.add_argument("--lakehouse", type=Path, default=settings().home / "lakehouse.duckdb")
    parser.add_argument("--port", type=int, default=8765)
    chosen = parser.parse_args(arguments)
    facts = built(chosen.lakehouse) or {}  # the workspace is of the same organisation as the lakehouse
    seed, scale = facts.get("seed", settings().seed), facts.get("scale", settings().scale)
    now = dt.datetime.fromisoformat(facts["now"]) if facts else dt.datetime.now(dt.UTC)
    home = chosen.lakehouse.parent
    workspace, world = made(seed, scale, now, home)
    with (
        Emulator(chosen.lakehouse, chosen.port, workspace) as emulator,
        shown(workspace, world, home, emulator.urls),
    ):
        sys.stdout.write(
            f"LAKEHELM_PROFILE=databricks DATABRICKS_HOST={emulator.url} DATABRICKS_WAREHOUSE_ID={WAREHOUSE} "
            f"DATABRICKS_TOKEN={TOKEN}\n"
        )
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
