"""The pages that are measured: those that ask the warehouse, and those of the busiest things, whose figures are the largest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pages.map import asking, pages
from things import Thing, named_by
from warehouse.embedded import Embedded

BUSIEST: Mapping[str, str] = {
    "job": """SELECT workspace_id, job_id FROM system.lakeflow.job_run_timeline
              WHERE period_start_time >= (SELECT MAX(period_start_time) FROM system.lakeflow.job_run_timeline) - INTERVAL 30 DAYS
              GROUP BY workspace_id, job_id ORDER BY COUNT(DISTINCT run_id) DESC, job_id LIMIT 1""",
    "warehouse": """SELECT workspace_id, compute.warehouse_id AS warehouse_id FROM system.query.history
                    WHERE compute.warehouse_id IS NOT NULL
                    GROUP BY workspace_id, compute.warehouse_id ORDER BY COUNT(*) DESC, warehouse_id LIMIT 1""",
    "table": """SELECT source_table_full_name FROM system.access.table_lineage WHERE source_table_full_name IS NOT NULL
                GROUP BY source_table_full_name ORDER BY COUNT(*) DESC, source_table_full_name LIMIT 1""",
    "principal": """SELECT executed_by FROM system.query.history WHERE executed_by IS NOT NULL
                    GROUP BY executed_by ORDER BY COUNT(*) DESC, executed_by LIMIT 1""",
}


def entities(lakehouse: Path) -> list[Thing]:
    """The busiest thing of each kind in the file ``lakehouse``."""
    found: list[Thing] = []
    warehouse = Embedded(lakehouse)
    try:
        for kind, sql in BUSIEST.items():
            rows = warehouse.fetch(sql, {}, tags={}, timeout=60).to_pylist()
            found += [thing for row in rows if (thing := named_by(kind, list(row.values()))) is not None]
    finally:
        warehouse.close()
    return found


def addresses(lakehouse: Path) -> dict[str, str]:
    """The addresses of the pages, without the first stroke, by what figures call them (``finops``, ``thing job``)."""
    first = {page or "overview": page for page in asking()}
    return first | {f"thing {one.kind}": one.address.removeprefix("/") for one in entities(lakehouse)}


def views() -> dict[str, dict[str, str]]:
    """The addresses of the views of each page that is measured, by what figures call the page and them (``finops_spend``)."""
    return {
        one.key: {name: f"{one.path}?{words}" for name, words in one.by_view.items()} for one in pages() if one.asks
    }
