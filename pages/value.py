"""Value: what the actions of the inbox were really worth, and where its loop loses time."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.detectors.loop_times import loop_times, waits
from agents.detectors.realised import COSTS, MOST_BEFORE, by_kind, realised, together
from components.frame.page import Page, begin
from components.frame.views import choose
from components.panels import value as panels
from components.sections.became import Became, became
from components.tiles.show import show
from components.tiles.summary import first_row
from components.tiles.tile import Derive, Frames, Rows
from pages.map import Entry
from queries.folding import joined
from warehouse.interface import Ask

SPAN, OPEN = 90, 1  # days whose proposals are looked at, and the last whole days of which records may still come


def worth(page: Page) -> Rows:
    known = became(page, SPAN)
    days = _days(page, known)
    derive, variant = _judged(page, known), known.mark
    return [
        [first_row(panels.today.tile(days, derive=derive, variant=variant))],
        [panels.promised.tile(days, derive=derive, variant=variant)],
    ]


def loop(page: Page) -> Rows:
    known = became(page, SPAN)
    return [[panels.loop.tile(derive=lambda frames: _looped(known, page.now), variant=known.mark)]]


def _days(page: Page, known: Became) -> Ask:
    start, until = _span(page)
    kinds = [] if known.rows is None else sorted({*known.rows["thing_kind"]} & {*COSTS})
    return page.ask("value.thing_days", start=start, end=until, kinds=joined(kinds or COSTS[:1]))


def _span(page: Page) -> tuple[dt.date, dt.date]:
    today = page.now.date()
    return today - dt.timedelta(days=SPAN + MOST_BEFORE), today - dt.timedelta(days=OPEN)


def _judged(page: Page, known: Became) -> Derive | None:
    if known.rows is None:
        return None
    rows, currency, (start, until) = known.rows, page.look.currency, _span(page)

    def derive(frames: Frames) -> dict[str, pd.DataFrame]:
        if "thing_days" not in frames:  # what waits is known all the same
            return {**frames, **_looped(known, page.now)}
        found = realised(rows, frames["thing_days"], start, until, currency)
        sums = pd.DataFrame([together(found)], dtype=object)
        return {**frames, "judged": found, "kinds": by_kind(found), "worth": sums, **_looped(known, page.now)}

    return derive


def _looped(known: Became, now: dt.datetime) -> dict[str, pd.DataFrame]:
    return {} if known.rows is None else {"loop": loop_times(known.rows, now), "waits": waits(known.rows)}


VIEWS = {f.__name__.capitalize(): f for f in (worth, loop)}
PAGE = Entry("value", "Value", ":material/savings:", "Account for", views=tuple(VIEWS))


def draw() -> None:
    page = begin(PAGE.title, dated=False)
    view = choose("view", "View", list(VIEWS))
    show(VIEWS[view](page), page.reader, page.look, page.now, PAGE.key)


if __name__ == "__main__":
    draw()
