"""The cards of unusual cost: which events there are is known only when the series are, and what is asked about each depends on
it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from approvals.deciding.cost_marks import CostMark, State, marks, said_of
from approvals.values.canonical import digest
from components.frame.page import Page
from components.frame.store_unavailable import read_in_time
from components.panels.cost_causes import BEFORE, USUAL
from components.panels.unusual_cost import MOST_CARDS, UnusualCost, anomalies, card, events_in, with_a_card
from components.runtime.opened import ANY_KIND, ask_to_propose
from components.sections.mark_cost import ask_to_mark
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import plain, safe
from components.things.asks import CHANGING, about, described
from components.things.parts import BILLED
from components.tiles.answers import frames_of
from components.tiles.tile import Rows, Tile
from things import Thing
from warehouse.interface import Answer, Ask

_SMALL = "unusual-small"
SHOWN = "marked"  # in the address: whether those that people have marked are shown
HISTORY = dt.timedelta(days=180)  # of the series that are judged
BILLED_AFTER = dt.timedelta(hours=12)  # a day's original records arrive within that time
Judge = Callable[
    [pd.DataFrame, dt.date, dt.date], Mapping[str, pd.DataFrame]
]  # rows, the first day, the one after the last


def unusual(page: Page, judge: Judge) -> Rows:
    """The tile that says what is unusual in the page's period and, once that is known, a card for each large event; ``judge``
    makes events of the rows of finops.daily_by_object. Those of which people have said something are shown on request."""
    answer = known(page)
    if answer is None:
        return [[_whole(page, judge, {})]]
    frames = frames_of(_whole(page, judge, {}), [answer])
    events, days = events_in(frames["events"]), frames["series"]
    kept, today = _marks(page), page.now.date()
    said = {row: mark for row, one in enumerate(events) if (mark := said_of(one.event, kept, today))}
    open_ = with_a_card([one for row, one in enumerate(events) if row not in said])
    marked = [events[row] for row in said][:MOST_CARDS] if _shown() else []
    cards = [
        _card(page, one, days[days["event"] == row], said.get(row), str(answer.read_at))
        for row, one in sorted(enumerate(events), key=lambda pair: pair[0] in said)
        if one in open_ or one in marked
    ]
    small = [one for row, one in enumerate(events) if row not in said and one not in open_]
    return [[_whole(page, judge, said, small)], *(cards[at : at + 2] for at in range(0, len(cards), 2))]


def _whole(page: Page, judge: Judge, said: Mapping[int, CostMark], small: Sequence[UnusualCost] = ()) -> Tile:
    span = (page.filters.start, page.filters.end)
    return anomalies(said, _shown()).tile(
        _series(page),
        derive=lambda frames: judge(frames["daily_by_object"], *span),
        variant=span,
        choice=(said, _shown()),
        controls=(lambda: _controls(said, small)) if said or small else None,
    )


def _controls(said: Mapping[int, CostMark], small: Sequence[UnusualCost]) -> None:
    """The way to those that are in no list, and to saying something of those that have no card."""
    if said:
        _switch(said)
    if small:
        by_key = {_key(one): one for one in small}
        st.selectbox(
            "Say of a smaller one that it was expected, or mute it",
            list(by_key),
            index=None,
            key=_SMALL,
            format_func=words_for(by_key, lambda key: f"{by_key[key].place}, from {fmt.day(by_key[key].day)}"),
            placeholder="Expected, or mute: choose a smaller one",
            label_visibility="collapsed",
            on_change=_chosen,
            args=(by_key,),
        )


def _chosen(small: Mapping[str, UnusualCost]) -> None:
    """Have the dialog opened for the one that was chosen; the list begins anew."""
    one = small.get(str(st.session_state.pop(_SMALL, "")))
    if one is not None:
        ask_to_mark(one.event, one.name, None)


def _switch(said: Mapping[int, CostMark]) -> None:
    """The way to those that are in no list."""
    states = Counter(one.state for one in said.values())
    words: Mapping[State, str] = {"expected": "marked as expected", "muted": "muted"}
    counts = [f"{states[state]:,} {word}" for state, word in words.items() if states[state]]
    st.toggle(safe(f"Show {' and '.join(counts)}"), key=SHOWN, bind="query-params")


def _shown() -> bool:
    return bool(st.session_state.get(SHOWN, st.query_params.get(SHOWN) == "true"))


def _marks(page: Page) -> list[CostMark]:
    nothing: list[CostMark] = []
    lacking = "What people say of unusual costs is not known."
    return read_in_time(lambda tx: marks(tx, page.limits.places), nothing, lacking)


def known(page: Page) -> Answer | None:
    """The series that are judged; None while they are not there."""
    answer = page.reader.peek(_series(page))
    return answer if answer is not None and answer.table is not None else None


def draw_cards(page: Page, before: Answer | None) -> None:
    """Draw the page again where it became known during its run, after ``before``, which cards there are."""
    if before is None and known(page) is not None:
        st.rerun()


def _series(page: Page) -> Ask:
    billed = (page.now - BILLED_AFTER).date()
    return page.ask("finops.daily_by_object", start=billed - HISTORY, end=billed, limit=200)


def _card(page: Page, event: UnusualCost, days: pd.DataFrame, said: CostMark | None, read_at: str) -> Tile:
    asks = _asks(page, event)
    key = _key(event)
    return card(event, days, said, key).tile(
        *asks,
        choice=(event, said, read_at),
        spared=[one.query.rpartition(".")[2] for one in asks],
        controls=lambda: _buttons(event, said, key),
    )


def _key(event: UnusualCost) -> str:
    return f"unusual-{digest([*event.event.place, str(event.day)])[:10]}"


def _asks(page: Page, event: UnusualCost) -> list[Ask]:
    """What is asked about the thing of an event; nothing where it is the whole account's."""
    thing, first, after = event.thing, event.day, event.last_day + dt.timedelta(days=1)
    if thing is None or thing.kind not in BILLED:
        return []
    asks = [described(page, thing), about(page, thing, "things.cost_by_day", start=first - USUAL, end=after)]
    if thing.kind in CHANGING:
        span: dict[str, Any] = {"start": first - BEFORE, "end": after}
        asks.append(about(page, thing, "things.changes", limit=50, **span | {"workspaces": thing.workspace}))
    return [*asks, page.ask("finops.price_changes", start=page.filters.start - BEFORE)]


def proposing(event: UnusualCost) -> tuple[Thing, str, str, Mapping[str, str], str]:
    """What the button of an event proposes, as :func:`ask_to_propose` takes it: a change of its thing; of a product, or of the
    whole account, which nothing changes, a ticket about the workspace or about what is spent."""
    if event.thing is not None:
        return event.thing, event.name, ANY_KIND, {}, ""
    of = Thing("workspace", event.workspace_id) if event.workspace_id else Thing("figure", "finops")
    more = "more" if event.excess > 0 else "less"
    text = f"{event.place} cost {more} than usual from {event.day} to {event.last_day}."
    subject = plain(f"Unusual cost: {event.place}, {event.day}", 120)
    return of, event.place, "ticket.open", {"subject": subject, "text": text}, text


def _buttons(event: UnusualCost, said: CostMark | None, key: str) -> None:
    """What can be done about it."""
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Propose a change" if event.thing is not None else "Propose a ticket",
            key=f"{key}-propose",
            type="tertiary",
            icon=":material/edit_note:",
            on_click=ask_to_propose,
            args=proposing(event),
        )
        st.button(
            "Say otherwise" if said else "Expected, or mute",
            key=f"{key}-mark",
            type="tertiary",
            icon=":material/flag:",
            on_click=ask_to_mark,
            args=(event.event, event.name, said),
        )
