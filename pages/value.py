"""Value: what the actions of the inbox were really worth, what people changed without it, and where its loop loses time."""

from __future__ import annotations

import datetime as dt

from agents.detectors import value_frames
from agents.detectors.kept_promises import kept_promises
from agents.detectors.promise_frames import promise_frames
from agents.detectors.realised import BY_HAND, COSTS, MOST_BEFORE
from components.frame.page import Page
from components.panels import value as panels
from components.panels.value_by_hand import by_hand as changed
from components.panels.value_decisions import decided, decisions
from components.panels.value_own import LEFT_OUT, own_cost, spent
from components.sections.became import Became, became
from components.sections.value_promises import promises as held
from components.tiles.summary import first_row
from components.tiles.tile import Rows
from pages.by_view import draw_by_view
from pages.map import Entry
from queries.folding import joined
from warehouse.interface import Ask

SPAN, OPEN = 90, 1  # days whose proposals are looked at, and the last whole days of which records may still come


def worth(page: Page) -> Rows:
    known = became(page, SPAN)
    kinds = () if known.rows is None else tuple(sorted({*known.rows["thing_kind"]} & {*COSTS}))
    asks = _asked(page, kinds) if kinds else ()  # of nothing that was done there is nothing to ask
    looked = _looked(page, known)
    derive = value_frames.worth(looked, asked=bool(asks)) if looked else None
    today = panels.today.tile(*asks, derive=derive, variant=known.mark)
    return [
        [first_row(today)],
        [panels.promised.tile(*asks, derive=derive, variant=known.mark, spared=["changes"] if asks else [])],
        [own_cost.tile(*asks, own=own(page), derive=spent(looked, derive), variant=known.mark, spared=LEFT_OUT)],
    ]


def own(page: Page) -> Ask:
    """What the cockpit's own statements cost in the time whose actions are looked at."""
    today = page.now.date()
    return page.ask("platform.own_questions", start=today - dt.timedelta(days=SPAN), end=today, limit=1)


def by_hand(page: Page) -> Rows:
    known = became(page, SPAN)
    looked = _looked(page, known)
    derive = value_frames.hand(looked) if looked else None
    return [[changed.tile(*_asked(page, BY_HAND), derive=derive, variant=known.mark)]]


def promises(page: Page) -> Rows:
    return [[held(page, promise_frames, kept_promises)]]


def loop(page: Page) -> Rows:
    known = became(page, SPAN)
    looked = _looked(page, known)
    frames = {**value_frames.loop(looked), "decided": decided(looked.rows, looked.now)} if looked else {}
    return [
        [panels.loop.tile(derive=lambda _: frames, variant=known.mark)],
        [decisions.tile(derive=lambda _: frames, variant=known.mark)],
    ]


def _span(page: Page) -> tuple[dt.date, dt.date]:
    today = page.now.date()
    return today - dt.timedelta(days=SPAN + MOST_BEFORE), today - dt.timedelta(days=OPEN)


def _asked(page: Page, kinds: tuple[str, ...]) -> tuple[Ask, Ask]:
    """What things of ``kinds`` cost by day, and how they were changed."""
    start, end = _span(page)
    listed = joined(kinds)
    return (
        page.ask("value.thing_days", start=start, end=end, kinds=listed),
        page.ask("value.changes", start=start, end=end, kinds=listed),
    )


def _looked(page: Page, known: Became) -> value_frames.Looked | None:
    return None if known.rows is None else value_frames.Looked(known.rows, *_span(page), page.look.currency, page.now)


VIEWS = {"Worth": worth, "Promises": promises, "By hand": by_hand, "Loop": loop}
PAGE = Entry("value", "Value", ":material/savings:", "Account for", views=tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS, dated=False)


if __name__ == "__main__":
    draw()
