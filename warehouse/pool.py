"""The threads that questions are asked in."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

PATIENCE = 1  # seconds: a machine that cannot start them all by then starts the others when they are needed


def started(threads: int) -> ThreadPoolExecutor:
    """A pool whose ``threads`` are there already: it would start one for each of a page's first questions, and the page wait for
    each to begin."""
    pool, all_there = ThreadPoolExecutor(threads, "lakehelm-read"), threading.Barrier(threads)
    for _ in range(threads):
        pool.submit(all_there.wait, PATIENCE)
    return pool
