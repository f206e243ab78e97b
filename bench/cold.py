"""Cold pages on a slow warehouse: how much longer than its slowest query (from its arrival until its last rows are out) a
page takes, and how often each is asked when
many people come at once. The warehouse is the emulated one, read through the real connector over a socket."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.addresses import addresses
from bench.client import Seen, person
from bench.machine import machine
from bench.serving import App, serve
from demo.emulator import Emulator
from demo.emulator.statements import Logged
from warehouse.features import COLUMNS_QUERY

SECONDS = 1.5  # what every query takes at least


def environment(emulator: Emulator) -> Mapping[str, str]:
    """The variables of an app that reads from ``emulator`` as a service principal, on a laptop."""
    chosen = emulator.settings()
    return {
        "LAKEHELM_PROFILE": "databricks",
        "LAKEHELM_LOCAL": "true",
        "DATABRICKS_HOST": chosen.host,
        "DATABRICKS_WAREHOUSE_ID": chosen.warehouse_id,
        "DATABRICKS_CLIENT_ID": chosen.client_id,
        "DATABRICKS_CLIENT_SECRET": chosen.client_secret,
    }


@contextmanager
def on_emulator(emulator: Emulator, home: Path) -> Iterator[App]:
    """An app with nothing in its memory whose preparation on ``emulator`` is over."""
    before = len(emulator.statements.log)
    with serve(home, environment(emulator)) as app:
        limit = time.monotonic() + 30
        while not asked(emulator.statements.log[before:])[COLUMNS_QUERY]:  # whoever comes earlier waits for it as well
            if time.monotonic() > limit:
                raise TimeoutError("the app does not read which columns there are")
            time.sleep(0.05)
        yield app


async def _people(url: str, page: str, count: int) -> list[Seen]:
    """``count`` people who open ``page`` at the same moment."""

    async def one() -> Seen:
        async with person(url) as somebody:
            return await somebody.open(page)

    return list(await asyncio.gather(*(one() for _ in range(count))))


def asked(log: list[Logged]) -> Counter[str]:
    """How often each question was executed."""
    return Counter(line.tags.get("query", "") for line in log)


def cold(
    lakehouse: Path, people: int = 25, seconds: float = SECONDS, pages: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Per page (those of :func:`bench.addresses.addresses`, unless others are chosen): milliseconds of the first visit, of
    its slowest query (of those that came after the visitor and were answered before the page was done: no other can have held
    it up), their ratio; executions of that visit and of ``people`` visits at once, which should be as many."""
    found: dict[str, Any] = {}
    with Emulator(lakehouse) as emulator, TemporaryDirectory() as folder:
        emulator.faults.set("slow", -1, value=seconds)
        for name, page in (addresses(lakehouse) if pages is None else pages).items():
            figures: dict[str, Any] = {}
            for count in (1, people):
                with on_emulator(emulator, Path(folder) / f"{name}-{count}") as app:
                    begun, since = len(emulator.statements.log), time.perf_counter()
                    with ThreadPoolExecutor(1) as beside:  # whoever calls may run a loop already
                        seen = beside.submit(asyncio.run, _people(app.url, page, count)).result()
                    log = emulator.statements.log[begun:]
                    slowest = max(emulator.statements.waits(since, time.perf_counter()))
                if count == 1:
                    figures |= {
                        "cold_ms": round(1000 * seen[0].seconds, 1),
                        "slowest_query_ms": round(1000 * slowest, 1),
                        "ratio": round(seen[0].seconds / slowest, 3),
                        "executions": sum(asked(log).values()),
                    }
                else:
                    figures[f"executions_of_{count}_people"] = sum(asked(log).values())
                figures["exceptions"] = figures.get("exceptions", 0) + sum(one.exceptions for one in seen)
            found[name] = figures
    return {"pages": found, "machine": machine()}
