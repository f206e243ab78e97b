"""What stands in for Databricks on a laptop: the embedded lakehouse and the emulated workspace, of one organisation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from approvals.store.store import open_store
from demo.emulator.serve import serve
from demo.fault_plan import planned
from demo.lakehouse import built, ensure
from demo.past_proposals import remember
from settings import Settings


@dataclass(frozen=True)
class Laptop:
    """Where the emulated workspace is and the app's token there."""

    url: str
    token: str = field(repr=False)


@contextmanager
def laptop(chosen: Settings, now: datetime) -> Iterator[Laptop]:
    """Build the lakehouse if it is not there yet and serve the workspace on loopback while the block runs; a new
    store of its own gets what was decided before now."""
    lakehouse = chosen.home / "lakehouse.duckdb"
    if not lakehouse.exists():
        ensure(chosen, now)
    facts = built(lakehouse) or {}
    made = datetime.fromisoformat(facts["now"]) if "now" in facts else now  # both speak of the same runs
    seed, scale, plan = (
        facts.get("seed", chosen.seed),
        facts.get("scale", chosen.scale),
        planned(facts.get("faults", "one")),
    )
    with serve(chosen.home, seed, scale, made, plan=plan) as served:
        if not chosen.store_url and not (chosen.home / "store.sqlite").exists():
            remember(open_store(chosen), served.world)
        yield Laptop(served.url, served.token)
