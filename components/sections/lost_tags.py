"""Which resources lost their tags: asked once for what means a cost centre, once for what means a team."""

from __future__ import annotations

import datetime as dt
from functools import partial

from approvals.reading.in_force import in_force
from components.frame.page import Page
from components.panels.lost_tags import lost_tags as panel
from components.tiles.tile import Tile
from settings import settings

BEFORE = dt.timedelta(days=60)  # the period, when a resource may still have had its tags


def lost_tags(page: Page) -> Tile:
    """The tile of what was tagged until then, in the page's period and before it."""
    keys = in_force(settings()).settings
    lost = partial(page.ask, "finops.lost_tags", start=page.filters.start - BEFORE, limit=200)
    return panel.tile(centre=lost(tag=keys.cost_center_tags), team=lost(tag=keys.team_tags))
