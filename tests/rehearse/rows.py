"""Every question of the catalogue, answered by the SQL warehouse as the app's principal and by the embedded lakehouse."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from bench.chosen import chosen_run
from bench.deployed import Deployed
from bench.typical import params
from demo.emulator.server import WAREHOUSE
from demo.lakehouse import built
from demo.workspace.people import APP, APP_SECRET
from queries.catalogue import catalogue
from settings import Settings
from warehouse.connector import Connector
from warehouse.embedded import Embedded
from warehouse.normalise import normalise


def _rows(table: pa.Table) -> list[str]:
    """The rows, sorted; floats to twelve digits, because the engine adds them up in any order. Money is exact."""
    return sorted(
        repr({name: f"{value:.12g}" if isinstance(value, float) else value for name, value in row.items()})
        for row in table.to_pylist()
    )


def same_rows(there: Deployed, lakehouse: Path) -> tuple[bool, str]:
    """Whether both give the same rows; the figures say how many questions and rows."""
    chosen = Settings(
        profile="databricks", host=there.emulator.url, warehouse_id=WAREHOUSE, client_id=APP, client_secret=APP_SECRET
    )
    now = dt.datetime.fromisoformat((built(lakehouse) or {})["now"])
    near, far = Embedded(lakehouse), Connector(chosen)
    try:
        run, rows, differing = chosen_run(near, now), 0, []

        def compare(name: str) -> tuple[str, int, bool]:
            query = catalogue()[name]
            values = params(query, now, run)
            one, other = (
                normalise(source.fetch(query.sql, values, tags={}, timeout=120), query.columns)
                for source in (near, far)
            )
            return name, one.num_rows, _rows(one) == _rows(other)

        with ThreadPoolExecutor(4) as pool:
            for name, count, same in pool.map(compare, catalogue()):
                rows += count
                differing += [] if same else [name]
    finally:
        near.close()
        far.close()
    told = f"{len(catalogue())} questions, {rows:,} rows, {len(differing)} differ"
    return not differing and rows > 0, told + (f": {', '.join(differing)}" if differing else "")
