"""Value: what the actions of the inbox were really worth, what people changed without it, and where its loop loses time."""

from __future__ import annotations

from agents.detectors import value_frames
from agents.detectors.kept_promises import kept_promises
from agents.detectors.promise_frames import promised_days
from agents.detectors.realised import BY_HAND, COSTS
from components.frame.page import Page
from components.panels import value as panels
from components.panels.value_by_hand import by_hand as changed
from components.panels.value_decisions import decided, decisions
from components.panels.value_own import LEFT_OUT, own_cost, spent
from components.sections.became import became
from components.sections.value_promises import promises as held
from components.tiles.summary import first_row
from components.tiles.tile import Rows
from pages.map import Entry
from pages.parts.by_view import draw_by_view
from pages.parts.value_asked import SPAN, asked, looked_at, own


def worth(page: Page) -> Rows:
    known = became(page, SPAN)
    kinds = () if known.rows is None else tuple(sorted({*known.rows["thing_kind"]} & {*COSTS}))
    asks = asked(page, kinds) if kinds else ()  # of nothing that was done there is nothing to ask
    looked = looked_at(page, known)
    derive = value_frames.worth(looked, asked=bool(asks)) if looked else None
    today = panels.today.tile(*asks, derive=derive, variant=known.mark)
    return [
        [first_row(today)],
        [panels.promised.tile(*asks, derive=derive, variant=known.mark, spared=["changes"] if asks else [])],
        [own_cost.tile(*asks, own=own(page), derive=spent(looked, derive), variant=known.mark, spared=LEFT_OUT)],
    ]


def by_hand(page: Page) -> Rows:
    known = became(page, SPAN)
    looked = looked_at(page, known)
    derive = value_frames.hand(looked) if looked else None
    return [[changed.tile(*asked(page, BY_HAND), derive=derive, variant=known.mark)]]


def promises(page: Page) -> Rows:
    return [[held(page, promised_days, kept_promises)]]


def loop(page: Page) -> Rows:
    known = became(page, SPAN)
    looked = looked_at(page, known)
    frames = {**value_frames.loop(looked), "decided": decided(looked.rows, looked.now)} if looked else {}
    return [
        [panels.loop.tile(derive=lambda _: frames, variant=known.mark)],
        [decisions.tile(derive=lambda _: frames, variant=known.mark)],
    ]


VIEWS = {"Worth": worth, "Promises": promises, "By hand": by_hand, "Loop": loop}
PAGE = Entry("value", "Value", ":material/savings:", "Account for", views=tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS, dated=False)


if __name__ == "__main__":
    draw()
