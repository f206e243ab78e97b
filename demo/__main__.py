"""`python -m demo build [--scale 1] [--seed 7] [--faults one|none|drawn|plan.json] [--now TIME]`: the embedded lakehouse, with a
progress bar."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from dataclasses import replace
from pathlib import Path

from demo.fault_draw import drawn
from demo.fault_plan import ONE_OF_EACH, Plan, planned
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


def _plan(text: str) -> Plan | None:
    """The plan that ``text`` names; None: that of the seed."""
    if text == "drawn":
        return None
    return planned(text if text in ("one", "none") else Path(text).read_text(encoding="utf-8"))


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("what", choices=("build",))
    parser.add_argument("--scale", type=float, default=settings().scale, help="0.1, 1, 10 or 100")
    parser.add_argument("--seed", type=int, default=settings().seed)
    known = "one of each kind, none, as many as the seed draws, or those of a file"
    parser.add_argument("--faults", type=_plan, default=ONE_OF_EACH, help=known)
    parser.add_argument(
        "--now", type=_moment, default=dt.datetime.now(dt.UTC), help="where it ends; in ISO format, UTC"
    )
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    wanted = replace(settings(), scale=chosen.scale, seed=chosen.seed)
    plan = chosen.faults or drawn(chosen.seed, chosen.scale, chosen.now)
    path = ensure(wanted, chosen.now, bar, plan)
    size = path.stat().st_size / 1e6
    sys.stderr.write(f"\n  {size:,.0f} MB in {time.monotonic() - started:.1f} s\n")
    return 0


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
