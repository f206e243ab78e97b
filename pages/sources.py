"""Sources: what the cockpit reads, what it is blind to and what suffers, how late it is, and what looking costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from components.frame.page import Page
from components.panels import sources as panels
from components.panels import sources_cost as cost_panels
from components.panels.chargeback import reconciliation
from components.panels.source_doors import behind_source
from components.panels.source_states import ASKED, Reader, states
from components.panels.sources_bill import restated
from components.panels.sources_today import today
from components.sections import source_choice
from components.tiles.summary import first_row
from components.tiles.tile import Frames, Rows
from pages.map import Entry
from pages.parts.by_view import draw_by_view
from settings import settings
from warehouse.interface import Ask

MOST = 200
STEP = 10 * 60  # seconds: what is worked out of the sources is kept so long


def coverage(page: Page) -> Rows:
    asked = [page.ask(f"platform.{name}") for name in (*ASKED, "source_arrivals")]
    yesterday = page.now.date() - dt.timedelta(days=1)
    own = page.ask("platform.own_questions", start=yesterday, end=page.now.date(), limit=MOST)
    (known, variant), find = looked(page), source_choice.chosen()
    spared = frozenset(one.query.rsplit(".", 1)[-1] for one in asked)
    return [
        [first_row(today.tile(*asked, own=own, derive=known, variant=variant))],
        [panels.blind.tile(*asked, derive=known, variant=variant, spared=spared)],
        [panels.late.tile(*asked, derive=known, variant=variant, spared=spared)],
        [
            behind_source(find).tile(
                *asked, derive=known, variant=variant, spared=spared, choice=find, controls=source_choice.field
            )
        ],
    ]


def cost(page: Page) -> Rows:
    return [[cost_panels.own_questions.tile(own(page))]]


def bill(page: Page) -> Rows:
    months = page.ask("finops.reconciliation"), page.ask("finops.bill_by_month")
    return [[restated.tile(page.ask("finops.corrections"))], [reconciliation.tile(*months)]]


def own(page: Page) -> Ask:
    return page.ask("platform.own_questions", limit=MOST)


def looked(page: Page) -> tuple[Callable[[Frames], Frames], object]:
    """What works out how the sources stand, and what that depends on besides their answers."""
    at = dt.datetime.fromtimestamp(page.now.timestamp() // STEP * STEP, dt.UTC)
    reader = Reader(settings().client_id or "<app service principal>", at)
    return lambda frames: panels.lags(states(frames, reader)), reader


VIEWS = {f.__name__.capitalize(): f for f in (coverage, bill, cost)}
PAGE = Entry("sources", "Sources", ":material/lan:", "Account for", place=2, views=tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS)


if __name__ == "__main__":
    draw()
