"""DataOps: which tables are late, empty or failing their checks, what follows from them, and where nobody looks."""

from __future__ import annotations

from agents.dataops.never_read import DAYS as UNREAD
from agents.dataops.never_read import MOST as MOST_UNREAD
from agents.detectors.stalls import stalls
from components.frame.page import Page
from components.panels import checks as check_panels
from components.panels import late_tables as late_panels
from components.panels import table_stock, table_use
from components.panels.dataops_today import today
from components.sections.lineage_choice import column_tile, lineage_tile
from components.tiles.summary import first_row
from components.tiles.tile import Frames, Rows
from pages.map import of_dimension
from pages.parts.by_view import draw_by_view
from warehouse.interface import Ask

HABIT, COUNTED, LATELY = 70, 45, 30  # days: of writes and of rows for a habit; of checks and readers


def late(page: Page) -> Rows:
    tables, writers = freshness(page), page.lately("dataops.writers", 30)
    others = checked(page), counted(page), read_most(page), gone(page)
    return [
        [first_row(today.tile(tables, writers, *others, derive=stalled), "dataops")],
        [late_panels.late_tables.tile(tables, writers, derive=stalled)],
        [late_panels.late_causes.tile(tables, writers, derive=stalled)],
    ]


def checks(page: Page) -> Rows:
    return [[check_panels.check_days.tile(checked(page))], [table_stock.row_volumes.tile(counted(page))]]


def tables(page: Page) -> Rows:
    there = page.lately("dataops.table_inventory", LATELY)
    return [[table_stock.inventory.tile(there)], [table_stock.ages.tile(freshness(page))]]


def coverage(page: Page) -> Rows:
    return [[check_panels.unwatched.tile(read_most(page))], [table_use.unread.tile(unread(page))]]


def changes(page: Page) -> Rows:
    return [[table_use.gone_columns.tile(gone(page))]]


def lineage(page: Page) -> Rows:
    tables = lineage_tile(page, freshness(page), page.lately("dataops.writers", 30), derive=stalled)
    return [[tables], [column_tile(page)]]


def gone(page: Page) -> Ask:
    return page.lately("dataops.gone_columns", LATELY, limit=500)


def checked(page: Page) -> Ask:
    return page.lately("dataops.check_days", LATELY)


def counted(page: Page) -> Ask:
    return page.lately("dataops.row_volumes", COUNTED)


def unread(page: Page) -> Ask:  # as the agent asks that tells of them: one reading serves both
    return page.lately("dataops.unread", UNREAD, limit=MOST_UNREAD)


def read_most(page: Page) -> Ask:
    return page.lately("dataops.unwatched", LATELY, limit=400)


def freshness(page: Page) -> Ask:  # how every table stands against its habit: one question for all tiles that show it
    return page.lately("dataops.freshness", HABIT, limit=2000)


def stalled(frames: Frames) -> Frames:
    if not frames.keys() >= {"freshness", "writers"}:
        return frames
    return Frames({**frames, **stalls(frames["freshness"], frames["writers"])}, frames.coverage)


VIEWS = {"Late": late, "Lineage": lineage, "Tables": tables, "Checks": checks, "Changes": changes, "Coverage": coverage}
PAGE = of_dimension("dataops", tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS, dated=False)


if __name__ == "__main__":
    draw()
