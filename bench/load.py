"""Many people clicking at once, against the app and against the usual way of building the same page."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.client import Seen, person
from bench.machine import cpu_seconds, machine, summary
from bench.serving import App, serve
from pages.map import asking

THINK = 3.0  # seconds between two clicks of one person


async def _clicks(url: str, pages: Sequence[str], until: float, rng: random.Random) -> list[Seen]:
    """One person's runs: a click every THINK seconds (measured from the last click) until ``until``."""
    found: list[Seen] = []
    async with person(url) as somebody:
        await somebody.open(pages[0])
        await asyncio.sleep(rng.uniform(0, THINK))
        while time.monotonic() < until:
            clicked = time.monotonic()
            found.append(await somebody.open(rng.choice(pages)))
            await asyncio.sleep(max(0.0, THINK - (time.monotonic() - clicked)))
    return found


async def _crowd(url: str, pages: Sequence[str], people: int, seconds: float) -> list[Seen]:
    until = time.monotonic() + seconds
    runs = await asyncio.gather(*(_clicks(url, pages, until, random.Random(seed)) for seed in range(people)))
    return [seen for run in runs for seen in run]


def crowd(app: App, pages: Sequence[str], people: int, seconds: float) -> dict[str, Any]:
    """``people`` clicking through ``pages`` for ``seconds``: latencies, server CPU per click, bytes, errors shown."""
    asyncio.run(_warm(app.url, pages))
    before, started = cpu_seconds(app.process.pid), time.perf_counter()
    seen = asyncio.run(_crowd(app.url, pages, people, seconds))
    took, spent = time.perf_counter() - started, cpu_seconds(app.process.pid) - before
    clicks = max(len(seen), 1)
    return {
        "people": people,
        "clicks": len(seen),
        "clicks_per_second": round(len(seen) / took, 2),
        **summary([run.seconds * 1000 for run in seen] or [float("nan")]),
        "server_cpu_ms_per_click": round(1000 * spent / clicks, 1),
        "kilobytes_per_click": round(sum(run.size for run in seen) / clicks / 1000, 1),
        "exceptions": sum(run.exceptions for run in seen),
        "machine": machine(),
    }


async def _warm(url: str, pages: Sequence[str]) -> None:
    """Every page twice, so that caches are filled and the crowd meets a running app."""
    async with person(url) as somebody:
        for page in (*pages, *pages):
            await somebody.open(page)


def load(home: Path, people: int = 50, seconds: float = 45.0) -> dict[str, Any]:
    """The same crowd on Lakehelm's pages and on one page built the usual way, one after the other in this run."""
    with serve(home) as app:
        ours = crowd(app, asking(), people, seconds)
    with serve(home, script="bench/usual.py") as app:
        usual = crowd(app, [""], people, seconds)
    return {
        "lakehelm": ours,
        "usual": usual,
        "ratio_p50": round(usual["p50_ms"] / ours["p50_ms"], 1),
        "ratio_p95": round(usual["p95_ms"] / ours["p95_ms"], 1),
    }
