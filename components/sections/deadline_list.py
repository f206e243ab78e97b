"""The deadlines that are declared: as jobs are judged by them, and as a list."""

from __future__ import annotations

import pandas as pd

from approvals.deciding import deadlines
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.declared import declared
from components.sections.promised import schedules
from components.tiles.tile import Tile


def declared_ones(page: Page) -> tuple[pd.DataFrame, Tile]:
    """The history of declared deadlines, and the tile of those that count now, of jobs that the page is about."""
    lacking = "Declared deadlines are not known: learned ones judge."
    none = deadlines.NEVER, deadlines.NONE
    history, now = read_in_time(lambda tx: (deadlines.history(tx), deadlines.frame(tx)), none, lacking)
    for places in (page.limits.places, page.filters.workspaces or None):
        now = now if places is None else now[now["workspace_id"].isin(places)]
    tile = declared.tile(schedules(page), derive=lambda frames: frames | {"declared": now}, variant=now.values.tolist())
    return history, tile
