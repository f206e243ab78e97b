"""What stands in for Databricks on a laptop: the embedded lakehouse and the emulated workspace, of one organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from approvals.store.store import Store
from demo.emulator.serve import serve
from demo.lakehouse import built, ensure
from demo.past_proposals import remember
from settings import Settings


@dataclass(frozen=True)
class Laptop:
    """Where the emulated workspace is and the app's token there, and what writes into an empty store what was decided before."""

    url: str
    token: str = field(repr=False)
    remember: Callable[[Store], int]


@contextmanager
def laptop(chosen: Settings, now: datetime) -> Iterator[Laptop]:
    """Build the lakehouse if it is not there yet and serve the workspace on loopback while the block runs."""
    lakehouse = chosen.home / "lakehouse.duckdb"
    if not lakehouse.exists():
        ensure(chosen, now)
    facts = built(lakehouse) or {}
    made = datetime.fromisoformat(facts["now"]) if "now" in facts else now  # both speak of the same runs
    with serve(chosen.home, facts.get("seed", chosen.seed), facts.get("scale", chosen.scale), made) as served:
        yield Laptop(served.url, served.token, lambda store: remember(store, served.world))
