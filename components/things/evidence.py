"""What stands behind a proposal about a thing, as a picture: when a warehouse works, how the runs of a job ended."""

from __future__ import annotations

from components.frame.page import Page, beside
from components.things import jobs, warehouses
from components.things.asks import lately
from components.tiles.show import show
from components.tiles.tile import Rows
from things import Thing

DAYS = 30  # of runs


def pictured(page: Page, thing: Thing) -> Rows:
    """The tile that shows how ``thing`` has behaved; none for kinds that have no such figure. Of a run: its job's."""
    if thing.kind == "warehouse":
        return [[warehouses.hours.tile(lately(page, thing, "things.warehouse_hours", warehouses.DAYS))]]
    if thing.kind in ("job", "run"):
        job = Thing("job", thing.id.partition("/")[0], thing.workspace)
        return [[jobs.runs.tile(lately(page, job, "pipelineops.run_list", DAYS, limit=jobs.MOST))]]
    return []


def picture(thing: Thing) -> None:
    """Draw it where one stands now; the viewer's limits hold as on a page."""
    page = beside("Inbox")
    if rows := pictured(page, thing):
        show(rows, page.reader, page.look, page.now)
