"""How long each question takes on the embedded lakehouse, at several sizes of the organisation."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.chosen import chosen_run
from bench.machine import machine
from bench.typical import params
from demo.lakehouse import build
from queries.catalogue import catalogue
from warehouse.embedded import Embedded


def _measure(path: Path, now: dt.datetime, repeats: int) -> dict[str, dict[str, float]]:
    """Per query: rows, wall and CPU milliseconds (medians of ``repeats``, after one run that warms the file cache)."""
    lakehouse = Embedded(path)
    chosen = chosen_run(lakehouse, now)
    found: dict[str, dict[str, float]] = {}
    for name, query in catalogue().items():
        values = params(query, now, chosen)
        walls, cpus = [], []
        for _ in range(repeats + 1):
            wall, cpu = time.perf_counter(), time.process_time()
            table = lakehouse.fetch(query.sql, values, tags={}, timeout=600)
            walls.append(1000 * (time.perf_counter() - wall))
            cpus.append(1000 * (time.process_time() - cpu))
        found[name] = {
            "rows": table.num_rows,
            "wall_ms": round(statistics.median(walls[1:]), 1),
            "cpu_ms": round(statistics.median(cpus[1:]), 1),
        }
    lakehouse.close()
    return found


def queries(home: Path, scales: Sequence[float], repeats: int = 3) -> dict[str, Any]:
    """Medians per query and scale; ``growth`` is the CPU at the largest scale over the CPU at the smallest."""
    now = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    sizes: dict[str, Any] = {}
    for scale in scales:
        path = home / f"lakehouse-{scale:g}.duckdb"
        started = time.perf_counter()
        build(path, seed=7, scale=scale, now=now, progress=lambda share, what: None)
        built = time.perf_counter() - started
        measured = _measure(path, now, repeats)
        walls = [one["wall_ms"] for one in measured.values()]
        sizes[f"{scale:g}"] = {
            "build_seconds": round(built, 1),
            "file_mb": round(path.stat().st_size / 1e6, 1),
            "median_wall_ms": round(statistics.median(walls), 1),
            "slowest": max(measured, key=lambda name: measured[name]["wall_ms"]),
            "slowest_wall_ms": max(walls),
            "queries": measured,
        }
    first, last = f"{min(scales):g}", f"{max(scales):g}"
    growth = {
        name: round(sizes[last]["queries"][name]["cpu_ms"] / max(sizes[first]["queries"][name]["cpu_ms"], 0.1), 1)
        for name in catalogue()
    }
    return {"scales": sizes, "growth": growth, "machine": machine()}
