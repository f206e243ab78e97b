"""One page, cold and warm: seconds, bytes, messages, server CPU per navigation; beside it the usual way."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from actions.workers import BEGIN
from bench.addresses import addresses, views
from bench.client import Seen, person
from bench.machine import cpu_seconds, machine, wait_quiet
from bench.serving import App, serve

THINK = 0.3  # seconds: a click in the very moment in which a run ends waits for that run to be put away


async def _visits(url: str, page: str, times: int) -> list[Seen]:
    """The same person opening ``page`` again and again, with a short look at it each time."""
    seen: list[Seen] = []
    async with person(url) as somebody:
        while len(seen) < times:
            seen.append(await somebody.open(page))
            await asyncio.sleep(THINK)
    return seen


def _cold(home: Path, page: str) -> Seen:
    """What the first visitor of a fresh process gets."""
    with serve(home) as app:
        return asyncio.run(_visits(app.url, page, 1))[0]


@contextmanager
def _settled(home: Path) -> Iterator[App]:
    """An app that had a visitor, and whose agents have looked around: they begin some seconds after it came to rest."""
    with serve(home) as app:
        asyncio.run(_visits(app.url, "", 1))
        wait_quiet(app.process.pid, int(BEGIN) + 5)
        yield app


def _warm(app: App, page: str, times: int) -> dict[str, Any]:
    asyncio.run(_visits(app.url, page, 3))
    wait_quiet(app.process.pid)
    before = cpu_seconds(app.process.pid)
    warm = asyncio.run(_visits(app.url, page, times))
    spent = cpu_seconds(app.process.pid) - before
    return {
        "warm_p50_ms": round(1000 * statistics.median(run.seconds for run in warm), 1),
        "server_cpu_ms_per_navigation": round(1000 * spent / times, 1),
        "kilobytes": round(statistics.median(run.size for run in warm) / 1000, 1),
        "messages": int(statistics.median(run.messages for run in warm)),
        "exceptions": sum(run.exceptions for run in warm),
    }


def by_view(home: Path, times: int = 20, chosen: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, Any]:
    """Every view of every page warm (median of ``times``), those of a page one after another in one process. ``chosen`` are
    pages as :func:`bench.addresses.views` has them."""
    found: dict[str, Any] = {}
    for of_page in (chosen or views()).values():
        with _settled(home) as app:
            found |= {name: _warm(app, address, times) for name, address in of_page.items()}
    return {"views": found, "machine": machine()}


def pages(home: Path, times: int = 30) -> dict[str, Any]:
    """Every page and the pages of the busiest things cold (first in its process) and warm (median of ``times``, in one
    process), and the usual page in the same run."""
    every = addresses(home / "lakehouse.duckdb")
    cold = {name: _cold(home, page) for name, page in every.items()}
    with _settled(home) as app:
        warm = {name: _warm(app, page, times) for name, page in every.items()}
    with serve(home, script="bench/usual.py") as app:
        usual = _warm(app, "", max(times // 3, 3))
    found = {name: {"cold_ms": round(1000 * cold[name].seconds, 1)} | warm[name] for name in every} | {"usual": usual}
    for name, seen in cold.items():
        found[name]["exceptions"] += seen.exceptions
    ratio = usual["server_cpu_ms_per_navigation"] / found["finops"]["server_cpu_ms_per_navigation"]
    return {"pages": found, "ratio_cpu_finops": round(ratio, 1), "machine": machine()}
