"""Preflight: whether every system table that a question reads can be read, with the grant that mends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from deploy.findings import Finding
from queries.grants import mending
from queries.needs import Need, needs
from queries.own_tables import TRACES, in_sql, is_named
from settings import Settings
from warehouse.errors import NoGrant, NotThere, WarehouseError
from warehouse.open import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from warehouse.interface import Warehouse

AT_ONCE, SECONDS = 8, 60.0


def tables(chosen: Settings, who: str) -> Iterator[Finding]:
    """A line for each table that cannot be read, and one for those that can."""
    wanted = needs()
    asked = open_warehouse(chosen)
    try:
        first = _one(asked, wanted[0], who)  # if the warehouse does not answer, it is asked once, not thirty times
        if first.state == "fail" and first.what == "warehouse":
            yield first
            return
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = [first, *pool.map(lambda need: _one(asked, need, who), wanted[1:])]
    finally:
        asked.close()
    yield from (one for one in found if one.state != "ok")
    readable = sum(one.state == "ok" for one in found)
    yield Finding("tables", "ok" if readable else "fail", f"{readable} of {len(wanted)} tables can be read as {who}")


def _one(asked: Warehouse, need: Need, who: str) -> Finding:
    try:
        sql = f"SELECT 1 AS one FROM {in_sql(need.table)} LIMIT 1"  # noqa: S608
        asked.fetch(sql, {}, tags={"query": "preflight"}, timeout=SECONDS)
    except NoGrant as error:
        if error.securable == "the SQL warehouse":
            return Finding("warehouse", "fail", error.message, f"Give CAN USE on the SQL warehouse to {who}.")
        return Finding(need.table, "fail", f"{who} may not read it; {_readers(need)}", mending(need.table, who))
    except NotThere:
        return _absent(need, who)
    except WarehouseError as error:
        return Finding("warehouse", "fail", error.message, error.remedy)
    return Finding(need.table, "ok", "can be read")


def _absent(need: Need, who: str) -> Finding:
    """A table that is not there, or that is hidden from who has no grant at all: the engine says the same of both."""
    if need.table == TRACES and not is_named(TRACES):
        return Finding(
            need.table, "note", f"LAKEHELM_TRACE_TABLE names no view of traces; {_readers(need)} and can do without it"
        )
    schema = need.schema.rpartition(".")[2]
    mend = f"databricks system-schemas enable <metastore id> {schema}; if it is enabled: {mending(need.table, who)}"
    if need.optional:
        return Finding(need.table, "note", f"not in this account; {_readers(need)} and can do without it", mend)
    return Finding(need.table, "fail", f"not in this account, or hidden; {_readers(need)}", mend)


def _readers(need: Need) -> str:
    more = f" and {len(need.queries) - 1} more" if len(need.queries) > 1 else ""
    return f"read by {need.queries[0]}{more}"
