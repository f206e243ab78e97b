"""What stands behind a proposal about a thing, as a picture: when a warehouse works, how the runs of a job ended."""

from __future__ import annotations

import streamlit as st

from components.frame.page import Page, beside
from components.runtime.dialogs import draw_page_again
from components.runtime.state import Reads
from components.runtime.waiting import until_done
from components.things import jobs, warehouses
from components.things.asks import lately
from components.tiles.show import show
from components.tiles.tile import Rows
from things import Thing
from warehouse.interface import Ask

DAYS = 30  # of runs
INBOX = "inbox"  # the page that asks
PATIENCE = 0.3  # seconds


def pictured(page: Page, thing: Thing) -> Rows:
    """The tile that shows how ``thing`` has behaved; none for kinds that have no such figure. Of a run: its job's."""
    if thing.kind == "warehouse":
        return [[warehouses.hours.tile(lately(page, thing, "things.warehouse_hours", warehouses.DAYS))]]
    if thing.kind in ("job", "run"):
        job = Thing("job", thing.id.partition("/")[0], thing.workspace)
        return [[jobs.runs.tile(lately(page, job, "pipelineops.run_list", DAYS, limit=jobs.MOST))]]
    return []


def picture(thing: Thing) -> None:
    """Draw it where one stands now, as soon as its figures are there: nobody waits for it longer than a moment. The
    viewer's limits hold as on a page."""
    page = beside("Inbox")
    rows = pictured(page, thing)
    if not rows:
        return
    asks = [question for row in rows for tile in row for question in tile.asks]
    if until_done([page.reader.submit(question, page=INBOX) for question in asks], PATIENCE):
        show(rows, page.reader, page.look, page.now)
    else:
        _wait(page.reader, asks)


@st.fragment(run_every=2.0)
def _wait(reader: Reads, asks: list[Ask]) -> None:
    """Say that it is being read, and draw the card again when it is there."""
    if all(reader.submit(question, page=INBOX).done() for question in asks):
        draw_page_again()
    st.caption(":material/hourglass_empty: How it has behaved is being read.")
