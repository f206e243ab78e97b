"""The machine beside the figures: a wall-clock figure without the load it was taken under says little."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from typing import Any

import psutil


def machine() -> dict[str, Any]:
    """Cores, memory and the load averages now."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def cpu_seconds(pid: int) -> float:
    """CPU seconds that process ``pid`` has used, its children's included."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(sum(one.cpu_times()[:2]) for one in family))


def summary(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and worst of ``milliseconds``."""
    ordered = sorted(milliseconds)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
        "max_ms": round(ordered[-1], 1),
    }


def wait_quiet(pid: int, seconds: int = 3, most: float = 300.0) -> float:
    """Seconds until the process has done next to nothing for ``seconds`` in a row: a fresh one lets its agents look around
    first, which is not what a page costs. Raises ``TimeoutError``."""
    began, calm = time.monotonic(), 0
    while calm < seconds:
        if time.monotonic() - began > most:
            raise TimeoutError("the process does not come to rest")
        before = cpu_seconds(pid)
        time.sleep(1)
        calm = calm + 1 if cpu_seconds(pid) - before < 0.1 else 0
    return time.monotonic() - began
