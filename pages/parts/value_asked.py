"""What Value asks of things and of the cockpit itself, and in which days. It is no page itself."""

from __future__ import annotations

import datetime as dt

from agents.detectors import value_frames
from agents.detectors.realised import MOST_BEFORE
from components.frame.page import Page
from components.sections.became import Became
from queries.folding import joined
from warehouse.interface import Ask

SPAN, OPEN = 90, 1  # days whose proposals are looked at, and the last whole days of which records may still come


def own(page: Page) -> Ask:
    """What the cockpit's own statements cost in the time whose actions are looked at."""
    today = page.now.date()
    return page.ask("platform.own_questions", start=today - dt.timedelta(days=SPAN), end=today, limit=1)


def span(page: Page) -> tuple[dt.date, dt.date]:
    today = page.now.date()
    return today - dt.timedelta(days=SPAN + MOST_BEFORE), today - dt.timedelta(days=OPEN)


def asked(page: Page, kinds: tuple[str, ...]) -> tuple[Ask, Ask]:
    """What things of ``kinds`` cost by day, and how they were changed."""
    start, end = span(page)
    listed = joined(kinds)
    return (
        page.ask("value.thing_days", start=start, end=end, kinds=listed),
        page.ask("value.changes", start=start, end=end, kinds=listed),
    )


def looked_at(page: Page, known: Became) -> value_frames.Looked | None:
    return None if known.rows is None else value_frames.Looked(known.rows, *span(page), page.look.currency, page.now)
