"""Does the app's memory stay where it is? One person who never stops, then people who come and go."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil

from bench.client import person
from bench.machine import machine
from bench.serving import App, serve
from pages.map import asking


def _megabytes(app: App) -> float:
    return round(float(psutil.Process(app.process.pid).memory_info().rss) / 2**20, 1)


async def _reruns(url: str, count: int) -> None:
    async with person(url) as somebody:
        for number in range(count):
            await somebody.open(asking()[number % len(asking())])


async def _visitors(url: str, count: int) -> None:
    """People one after the other: each opens every page once and leaves."""
    for _ in range(count):
        await _reruns(url, len(asking()))


def memory(home: Path, reruns: int = 1000, visitors: int = 100) -> dict[str, Any]:
    """Resident megabytes of the server after warm-up, after 100, half and all ``reruns``, and after ``visitors``."""
    found: dict[str, Any] = {}
    with serve(home) as app:
        asyncio.run(_reruns(app.url, 30))
        found["warm_mb"] = _megabytes(app)
        done = 0
        for mark in (100, reruns // 2, reruns):
            asyncio.run(_reruns(app.url, mark - done))
            done = mark
            found[f"after_{mark}_reruns_mb"] = _megabytes(app)
        asyncio.run(_visitors(app.url, visitors))
        found[f"after_{visitors}_visitors_mb"] = _megabytes(app)
    found["growth_per_rerun_kb"] = round(
        1024 * (found[f"after_{reruns}_reruns_mb"] - found["after_100_reruns_mb"]) / (reruns - 100), 2
    )
    return found | {"machine": machine()}
