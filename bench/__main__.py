"""`python -m bench queries|pages|cold|load|memory|inbox|approvals|chaos|detecting|forecasting|quiet [--json]`: measure and print."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from logs import install_for_command
from settings import settings


def _flat(value: Any, name: str = "") -> list[str]:
    """Nested figures as ``a.b.c  value`` lines."""
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _flat(inner, f"{name}.{key}" if name else str(key))]
    return [f"{name:<60} {value}"]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "what", choices=("queries", "pages", "cold", "load", "memory", "inbox", "approvals", "chaos", "detecting")
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--scales", default="0.1,1,10", help="queries: sizes of the organisation")
    parser.add_argument("--people", type=int, default=50, help="load: people at once")
    parser.add_argument("--seconds", type=float, default=45.0, help="load: how long they click")
    parser.add_argument("--size", type=float, default=1.0, help="approvals: share of the full sizes")
    parser.add_argument("--fresh", action="store_true", help="approvals: measure again what is measured already")
    parser.add_argument("--minutes", type=float, default=10.0, help="chaos: how long things are killed")
    parser.add_argument("--seeds", type=int, default=5, help="detecting, forecasting: corpora of each kind")
    parser.add_argument("--seed", type=int, default=1, help="chaos: which blows fall when")
    chosen = parser.parse_args(arguments)
    home: Path = settings().home
    if chosen.what == "queries":
        from bench.queries import queries

        figures = queries(home / "bench", [float(scale) for scale in chosen.scales.split(",")])
    elif chosen.what == "pages":
        from bench.pages import pages

        figures = pages(home)
    elif chosen.what == "inbox":
        from bench.inbox import inbox

        figures = inbox(home / "bench" / "inbox")
    elif chosen.what == "memory":
        from bench.memory import memory

        figures = memory(home)
    elif chosen.what == "approvals":
        from bench.approvals import approvals

        figures = approvals(home / "bench", chosen.size, chosen.fresh)
    elif chosen.what == "chaos":
        from bench.chaos import chaos

        figures = chaos(chosen.minutes, chosen.seed)
    elif chosen.what == "detecting":
        from bench.detecting import detecting

        figures = detecting(chosen.seeds)
    elif chosen.what == "forecasting":
        from bench.forecasting import forecasting

        figures = forecasting(chosen.seeds)
    elif chosen.what == "quiet":
        from bench.quiet_hour import quiet_hour

        figures = quiet_hour(home / "lakehouse.duckdb", home / "bench", dt.datetime.now(dt.UTC))
    elif chosen.what == "cold":
        from bench.cold import cold

        figures = cold(home / "lakehouse.duckdb")
    else:
        from bench.load import load

        figures = load(home, chosen.people, chosen.seconds)
    print(json.dumps(figures, indent=1) if chosen.json else "\n".join(_flat(figures)))
    return 0


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
