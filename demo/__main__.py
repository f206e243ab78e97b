"""`python -m demo build [--scale 1] [--seed 7]`: the embedded lakehouse, with a progress bar."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from dataclasses import replace

from demo.lakehouse import ensure
from logs import install_for_command
from settings import settings

WIDTH = 32


def bar(share: float, what: str) -> None:
    """One line that fills up; a line per step where nobody watches."""
    full = round(WIDTH * share)
    line = f"  lakehouse {'█' * full}{'░' * (WIDTH - full)} {share:4.0%}  {what:<28}"
    sys.stderr.write(f"\r{line}" if sys.stderr.isatty() else f"{line.rstrip()}\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("what", choices=("build",))
    parser.add_argument("--scale", type=float, default=settings().scale, help="0.1, 1, 10 or 100")
    parser.add_argument("--seed", type=int, default=settings().seed)
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    wanted = replace(settings(), scale=chosen.scale, seed=chosen.seed)
    path = ensure(wanted, dt.datetime.now(dt.UTC), bar)
    size = path.stat().st_size / 1e6
    sys.stderr.write(f"\n  {size:,.0f} MB in {time.monotonic() - started:.1f} s\n")
    return 0


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
