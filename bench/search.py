"""The search: how long its index takes to make, and a search in it, by how many things there are."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from pathlib import Path
from typing import Any

import pyarrow as pa

from approvals.people.roles import RowLimits
from bench.machine import machine
from components.search import known
from components.search.index import Index, index, things
from components.search.match import search
from settings import Settings
from warehouse.open import close_readers, open_reader

TIMES = (1, 10, 100)
TYPED = ("payments-sql-3", "load risk", "team=finance warehouse", "hana ellis", "paymnts", "suport sql", "zzqqxx")


def bench_search(home: Path) -> dict[str, Any]:
    """Over the organisation in ``home``, its things as they are, ten and a hundred times: things, seconds of the index,
    milliseconds of a search (median and longest over words as people type them)."""
    today = dt.datetime.now(dt.UTC).date()
    reader = open_reader(Settings(home=home), lambda: dt.datetime.now(dt.UTC))
    began = time.perf_counter()
    answer = reader.submit(known.question(RowLimits(), today)).result(600)
    asked = time.perf_counter() - began
    close_readers()
    if answer.table is None:
        raise RuntimeError(str(answer.error))
    figures: dict[str, Any] = {"question_s": round(asked, 2)}
    for times in TIMES:
        many = _many(answer.table, times)
        began = time.perf_counter()
        made = index(things(many))
        built = time.perf_counter() - began
        spent = [_milliseconds(made, typed) for typed in TYPED]
        figures[f"{times}x"] = {
            "things": len(made.entries),
            "index_s": round(built, 2),
            "search_p50_ms": round(statistics.median(spent), 1),
            "search_max_ms": round(max(spent), 1),
        }
    return {**figures, "machine": machine()}


def _milliseconds(made: Index, typed: str) -> float:
    began = time.perf_counter()
    search([made], typed)
    return 1000 * (time.perf_counter() - began)


def _many(table: pa.Table, times: int) -> pa.Table:
    """``table`` and copies of its rows under other ids and names."""
    rows = table.to_pylist()
    further = [
        {**row, "id": f"{row['id']}-{n}", "name": f"{row['name']}-{n}" if row["name"] else None}
        for n in range(1, times)
        for row in rows
    ]
    return pa.Table.from_pylist(rows + further, schema=table.schema)
