"""One cycle of all agents over an organisation that nobody has read yet: how long it takes, how much memory, and what comes of it."""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agents.gate import Gate
from agents.round import Summary, run_once
from approvals.store.store import Store, engine
from bench.machine import machine
from bench.quiet_hour import Counting
from queries.catalogue import catalogue
from warehouse.embedded import Embedded
from warehouse.reader import Reader

SECONDS, MEGABYTES = 60, 1024  # a cold cycle at scale 1 takes at most
AGAIN = dt.timedelta(minutes=30)


def cycle(lakehouse: Path, now: dt.datetime) -> dict[str, Any]:
    """Figures of a first cycle at ``now`` (UTC), cold, of a second one at once that goes by no gate, and of one half an hour
    later that does. ``held``: the first one is within its bounds, and the second one handed in nothing."""
    at = [now]
    warehouse = Counting(Embedded(lakehouse))
    reader = Reader(warehouse, catalogue(), clock=lambda: at[0], threads=2)
    gate = Gate()
    with TemporaryDirectory() as folder:
        store = Store(engine(f"sqlite:///{Path(folder) / 'store.sqlite'}"))
        seen, first = _measured(store, reader, warehouse, at[0], gate)
        peak = _peak_mb()
        _, again = _measured(store, reader, warehouse, at[0], Gate())
        at[0] += AGAIN
        _, quiet = _measured(store, reader, warehouse, at[0], gate)
    reader.close()
    held = first["seconds"] <= SECONDS and peak <= MEGABYTES and not again["handed_in"]
    return {
        "cold": first | {"peak_mb": peak},
        "run_again": again,
        "nothing_new": quiet,
        "could_not": {one.capability: one.could_not for one in seen.looks if one.could_not},
        "held": held,
        "machine": machine(),
    }


def _measured(
    store: Store, reader: Reader, warehouse: Counting, now: dt.datetime, gate: Gate
) -> tuple[Summary, dict[str, Any]]:
    """A cycle, to the end of what is still read behind the answers it took."""
    before, since, cpu = sum(warehouse.statements.values()), time.perf_counter(), time.process_time()
    seen = run_once(store, reader, now, gate)
    seconds = time.perf_counter() - since
    while reader.figures().in_flight:
        time.sleep(0.01)
    return seen, {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "statements": sum(warehouse.statements.values()) - before,
        "observations": sum(len(one.observations) for one in seen.looks),
        "handed_in": len(seen.new),
    }


def _peak_mb() -> float:
    """The most memory that this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (2**20 if sys.platform == "darwin" else 2**10), 1)
