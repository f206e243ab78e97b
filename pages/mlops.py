"""MLOps: which endpoints fail or are paid for unasked, what they cost, which training fails."""

from __future__ import annotations

import datetime as dt

from approvals.reading.proposed import Proposed
from components.frame.page import Page, begin
from components.frame.views import choose
from components.panels import mlops as panels
from components.panels import mlops_training as training_panels
from components.panels.mlops_today import today as sentence
from components.panels.savings_list import proposed
from components.sections.propose_saving import proposed_already
from components.tiles.show import show
from components.tiles.summary import first_row
from components.tiles.tile import Rows
from pages.map import of_dimension
from pages.proposing import propose_where_asked
from warehouse.interface import Ask

ACTS = ("serving.set_scale", "serving.set_traffic", "notify.owner")  # kinds of action that the page offers


LATELY, MOST = 7, 200  # days of training that are judged, and rows of it


def today(page: Page) -> Rows:
    known, endpoints = offers(page), page.ask("mlops.endpoints")
    return [
        [first_row(sentence.tile(endpoints, trained(page)), "mlops")],
        [panels.endpoints.tile(endpoints, derive=proposed(known), variant=known)],
    ]


def training(page: Page) -> Rows:
    return [[training_panels.training.tile(trained(page))]]


def trained(page: Page) -> Ask:
    """How training went in the last days of the period, and before."""
    now = page.so_far
    split = now.filters.end - dt.timedelta(days=LATELY)
    start = min(now.filters.start, split - dt.timedelta(days=3 * LATELY))
    return now.ask("mlops.training", start=start, split=split, limit=MOST)


def offers(page: Page) -> list[Proposed]:
    """What is proposed already of what the page offers."""
    return proposed_already(page.limits.places, ACTS)


VIEWS = {f.__name__.capitalize(): f for f in (today, training)}
PAGE = of_dimension("mlops", tuple(VIEWS))


def draw() -> None:
    page = begin(PAGE.title)
    view = choose("view", "View", list(VIEWS))
    show(VIEWS[view](page), page.reader, page.look, page.now, PAGE.key)
    propose_where_asked(page)


if __name__ == "__main__":
    draw()
