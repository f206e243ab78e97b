"""Overview: is everything fine, and where to look first."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from agents.detectors.cost_frames import forecast_frames
from approvals.reading.effects import Effect, effects
from approvals.reading.in_force import in_force
from approvals.reading.inbox import open_by_dimension
from components.frame.page import Page, begin
from components.frame.periods import months_before
from components.frame.store_unavailable import read_in_time
from components.frame.views import choose
from components.panels import changes
from components.panels import overview as panels
from components.panels.savings import replay
from components.sections.health import show_health
from components.sections.judged import Measure
from components.sections.leads import leads, own_page
from components.sections.measures import measure
from components.sections.promised import failing
from components.tiles.show import ask_ahead, show
from components.tiles.tile import Tile
from dimensions import DIMENSIONS, Key
from pages.map import Entry, pages
from settings import settings
from warehouse.interface import Ask


def measures(page: Page) -> list[Measure]:
    """What each dimension is judged by, over five weeks, and what waits for a person in it."""
    today = page.now.date()
    since, chosen = today - dt.timedelta(days=35), in_force(settings()).settings
    idle = page.ask("finops.idle_warehouses", **replay(today))
    waits: dict[Key, tuple[Ask, ...]] = {
        "pipelineops": (failing(page),),
        "infraops": (idle, page.ask("finops.savings_no_autotermination")),
    }
    return [
        measure(
            one.key,
            chosen,
            page.ask(f"overview.{one.key}", start=since, end=today),
            waits.get(one.key, ()),
        )
        for one in DIMENSIONS.values()
    ]


def from_the_store(page: Page) -> tuple[dict[str, int], list[Effect]]:
    """How many proposals are open in each dimension, and what was done in the longest time of the feed."""
    lacking = "What waits in the inbox, and which changes proposals made, is not known."
    since, places = page.now - dt.timedelta(days=max(LATELY.values()), hours=1), page.limits.places
    nothing: tuple[dict[str, int], list[Effect]] = ({}, [])
    return read_in_time(lambda tx: (open_by_dimension(tx, places), effects(tx, since, places)), nothing, lacking)


LATELY = {"24 hours": 1, "7 days": 7}


def feed(page: Page, days: int, done: list[Effect]) -> Tile:
    """What changed in the last ``days``, with the proposals that did it."""
    return changes.changes.tile(
        page.lately("overview.changes", 30, within=days, limit=500),
        derive=lambda frames: frames | {"changes": changes.with_proposals(frames["changes"], done)},
        variant=done,
    )


def month(page: Page) -> Tile:
    """The month so far and its end, as on FinOps."""
    today = page.now.date()
    total = page.ask("finops.daily_total", start=months_before(today, 11), end=today)
    return panels.month.tile(total, derive=lambda f: forecast_frames(f["daily_total"]))


PAGE = Entry("overview", "Overview", ":material/dashboard:", start=True)


def draw() -> None:
    page = begin(PAGE.title, dated=False)
    waiting, done = from_the_store(page)
    health = st.container()
    days = LATELY[choose("lately", "Changes of the last", list(LATELY), hidden=False)]
    rows = [[feed(page, days, done)]]
    ask_ahead(rows, page.reader, PAGE.key)
    own = {one.key: own_page(one.file, one.behind) for one in pages()}
    with health:
        show_health(measures(page), page.reader, page.look, waiting, leads(page, own), month(page))
    show(rows, page.reader, page.look, page.now, PAGE.key)


if __name__ == "__main__":
    draw()
