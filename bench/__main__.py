"""Measures and prints: `python -m bench WHAT [--json]`, WHAT being one of :data:`BENCHES`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from logs import install_for_command
from settings import settings

Figures = dict[str, Any]


def _flat(value: Any, name: str = "") -> list[str]:
    """Nested figures as ``a.b.c  value`` lines."""
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _flat(inner, f"{name}.{key}" if name else str(key))]
    return [f"{name:<60} {value}"]


def _said(what: str, figures: Figures) -> list[str]:
    """The figures as lines of text."""
    if what != "judge" or "overall" not in figures:
        return _flat(figures)
    from bench.judge_scores import lines

    return lines(figures)


def _queries(chosen: argparse.Namespace, home: Path) -> Figures:
    from bench.queries import queries

    return queries(home / "bench", [float(scale) for scale in chosen.scales.split(",")])


def _pages(chosen: argparse.Namespace, home: Path) -> Figures:
    from bench.pages import by_view, pages

    return by_view(home) if chosen.views else pages(home)


def _cold(_: argparse.Namespace, home: Path) -> Figures:
    from bench.cold import cold

    return cold(home / "lakehouse.duckdb")


def _load(chosen: argparse.Namespace, home: Path) -> Figures:
    from bench.load import load

    return load(home, chosen.people, chosen.seconds)


def _memory(_: argparse.Namespace, home: Path) -> Figures:
    from bench.memory import memory

    return memory(home)


def _inbox(_: argparse.Namespace, home: Path) -> Figures:
    from bench.inbox import inbox

    return inbox(home / "bench" / "inbox")


def _approvals(chosen: argparse.Namespace, home: Path) -> Figures:
    from bench.approvals import approvals

    return approvals(home / "bench", chosen.size, chosen.fresh)


def _chaos(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.chaos import chaos

    return chaos(chosen.minutes, chosen.seed)


def _detecting(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.detecting import detecting

    return detecting(chosen.seeds)


def _forecasting(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.forecasting import forecasting

    return forecasting(chosen.seeds)


def _learning(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.learning import learning

    return learning(chosen.seeds)


def _quiet(_: argparse.Namespace, home: Path) -> Figures:
    from bench.quiet_hour import quiet_hour

    return quiet_hour(home / "lakehouse.duckdb", home / "bench", dt.datetime.now(dt.UTC))


def _cycle(_: argparse.Namespace, home: Path) -> Figures:
    from bench.cycle import cycle

    return cycle(home / "lakehouse.duckdb", dt.datetime.now(dt.UTC))


def _judge(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.judge import GATE, judge, progress

    first = chosen.first or GATE
    return judge(
        range(first, first + chosen.seeds), chosen.scale, chosen.dimension, chosen.agent, progress, chosen.days
    )


def _savings(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.judge import GATE, progress
    from bench.savings import savings

    first = chosen.first or GATE
    return savings(range(first, first + chosen.seeds), chosen.scale, chosen.dimension, progress)


def _cause(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.cause import cause

    return cause(chosen.failures, chosen.seed)


def _miss(chosen: argparse.Namespace, home: Path) -> Figures:
    from bench.miss import miss

    return miss(home / "lakehouse.duckdb", chosen.jobs, chosen.seed)


def _grouping(chosen: argparse.Namespace, _: Path) -> Figures:
    from bench.grouping import grouping
    from bench.grouping_drawn import drawn

    first = chosen.first or 1001
    seeds = range(first, first + chosen.seeds)
    figures = grouping(chosen.cases, seeds)
    own = drawn(list(seeds)[: chosen.organisations], chosen.scale) if chosen.organisations else {"held": True}
    return figures | {"organisations": own, "held": figures["held"] and own["held"]}


def _search(_: argparse.Namespace, home: Path) -> Figures:
    from bench.search import bench_search

    return bench_search(home)


# Each imports its own: a bench that serves pages needs no statistics, and the other way round.
BENCHES: Mapping[str, Callable[[argparse.Namespace, Path], Figures]] = {
    "queries": _queries,
    "pages": _pages,
    "cold": _cold,
    "load": _load,
    "memory": _memory,
    "inbox": _inbox,
    "approvals": _approvals,
    "chaos": _chaos,
    "detecting": _detecting,
    "forecasting": _forecasting,
    "learning": _learning,
    "quiet": _quiet,
    "search": _search,
    "cycle": _cycle,
    "judge": _judge,
    "savings": _savings,
    "cause": _cause,
    "miss": _miss,
    "grouping": _grouping,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", choices=tuple(BENCHES))
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    parser.add_argument("--scales", default="0.1,1,10", help="queries: sizes of the organisation")
    parser.add_argument("--views", action="store_true", help="pages: every view of every page, warm")
    parser.add_argument("--people", type=int, default=50, help="load: people at once")
    parser.add_argument("--seconds", type=float, default=45.0, help="load: how long they click")
    parser.add_argument("--size", type=float, default=1.0, help="approvals: share of the full sizes")
    parser.add_argument("--fresh", action="store_true", help="approvals: measure again what is measured already")
    parser.add_argument("--minutes", type=float, default=10.0, help="chaos: how long things are killed")
    parser.add_argument(
        "--seeds", type=int, default=5, help="detecting, forecasting, learning, judge, grouping: how many"
    )
    parser.add_argument("--seed", type=int, default=1, help="chaos: which blows fall when; cause, miss: which are made")
    parser.add_argument("--failures", type=int, default=400, help="cause: how many")
    parser.add_argument("--jobs", type=int, default=40, help="miss: how many of each shape")
    parser.add_argument("--cases", type=int, default=200, help="grouping: how many estates for each seed")
    parser.add_argument("--organisations", type=int, default=2, help="grouping: how many are drawn with faults")
    parser.add_argument("--first", type=int, default=0, help="judge, grouping: the first seed; 1 to 99 are for trying")
    parser.add_argument("--scale", type=float, default=0.1, help="judge, grouping: size of an organisation")
    parser.add_argument("--days", type=int, default=1, help="judge: look on each of the last days")
    parser.add_argument("--dimension", default="", help="judge: only agents and faults of one")
    parser.add_argument(
        "--agent", default="", choices=("", "always_quiet", "random"), help="judge: in place of all agents"
    )
    chosen = parser.parse_args(arguments)
    figures = BENCHES[chosen.what](chosen, settings().home)
    print(json.dumps(figures, indent=1) if chosen.json else "\n".join(_said(chosen.what, figures)))
    return 0 if figures.get("held", True) else 1


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
