"""What is handed on to those who pay: the bill of whole months, ready to be taken along."""

from __future__ import annotations

from components.frame.page import Page
from components.frame.periods import PRESETS, whole_months, words
from components.panels.cost_centres import by_cost_centre
from components.tiles.tile import Tile

MOST = 10_000  # cost centres


def handed_on(page: Page) -> Tile:
    """The bill by cost centre: of the page's period where that is whole months, else of the last month."""
    start, end = page.filters.start, page.filters.end
    if not whole_months(start, end):
        start, end = PRESETS["last_month"].dates(page.now.date())
    costs = page.ask("finops.spend_matrix", key="tag", grain="month", limit=MOST, start=start, end=end)
    bill = page.ask("finops.bill_by_month", start=start, end=end)
    return by_cost_centre(words(start, end)).tile(costs, bill, spared=("bill_by_month",), handed_on=True)
