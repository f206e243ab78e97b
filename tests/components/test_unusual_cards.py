"""Which cards of unusual cost a page has: none before the series are known, then one for each large event that is open; what is
asked about each stays within what the viewer may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from approvals.deciding import cost_marks
from approvals.deciding.cost_marks import Event
from approvals.people.roles import RowLimits
from approvals.store.store import Store
from components.frame.filters import Filters
from components.frame.limited import limited
from components.frame.page import Page
from components.panels.unusual_cost import events_in
from components.runtime import state
from components.runtime.opened import ANY_KIND
from components.sections.unusual_cost import known, proposing, unusual
from components.text.view_context import ViewContext
from components.tiles.tile import Rows
from tests.components.reading import NOW, Reader, rows
from tests.components.test_mark_cost import FINANCE
from tests.components.test_unusual_cost import JUDGED, day, event, events, series
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import Thing

FOUND = events(event(3600, resource="1"), event(900, resource="2"), event(20, resource="3"))
SERIES = "finops.daily_by_object"


def judge(_: pd.DataFrame, since: dt.date, until: dt.date) -> Mapping[str, pd.DataFrame]:
    days = pd.concat([series().assign(event=at) for at in range(3)])
    return {"events": FOUND, "series": days, "judged": JUDGED}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(NOW))
    with state.using(Reader({}), lambda: NOW, made):
        yield made
    made.engine.dispose()


def page(said: Any = None, limits: RowLimits | None = None) -> Page:
    chosen = Filters(day(1), day(28))
    return Page("", chosen, ViewContext(), NOW, Reader({SERIES: said}), limits or RowLimits())


def cards(found: Rows) -> list[str]:
    return [tile.key for row in found[1:] for tile in row]


def test_before_the_series_are_known_there_are_no_cards(store: Store) -> None:
    assert known(page()) is None
    assert [[tile.key for tile in row] for row in unusual(page(), judge)] == [["anomalies"]]


def test_each_large_event_has_a_card_that_asks_about_its_thing(store: Store) -> None:
    at = page(rows(SERIES, []))
    assert known(at) is not None
    found = unusual(at, judge)
    assert len(cards(found)) == 2 and len(set(cards(found))) == 2
    first = found[1][0]
    assert set(first.frame_names) == first.spared == {"described", "cost_by_day", "changes", "price_changes"}
    asked = dict(next(one for one in first.asks if one.query == "things.changes").params)
    assert (asked["kind"], asked["id"], asked["workspaces"]) == ("warehouse", "1", "1")
    assert (asked["start"], asked["end"]) == (day(20), day(25))  # three days before its first, to its last


def test_a_marked_event_has_no_card_until_it_is_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    largest = events_in(FOUND)[0].event
    with store.writing() as tx:
        cost_marks.mark(tx, largest, "expected", None, "month end", FINANCE)
        cost_marks.mark(tx, Event("1", "SQL", "77", day(1), day(2)), "expected", None, "another", FINANCE)
    at = page(rows(SERIES, []))
    (only,) = cards(unusual(at, judge))
    monkeypatch.setattr("components.sections.unusual_cost._shown", lambda: True)
    shown = cards(unusual(at, judge))
    assert shown[0] == only and len(shown) == 2  # the open one first


def test_nothing_beyond_the_viewers_limits_is_asked_or_read(store: Store) -> None:
    with store.writing() as tx:
        cost_marks.mark(tx, events_in(FOUND)[0].event, "expected", None, "month end", FINANCE)
    at = page(rows(SERIES, []), RowLimits(workspaces=frozenset({"2"})))
    found = unusual(at, judge)
    assert len(cards(found)) == 2  # what is said of other workspaces is not known here
    own = limited(Reader({}), at.limits)
    for one in (one for row in found for tile in row for one in tile.asks):
        refused = own.peek(one)  # about a thing of another workspace, which no series of theirs could name
        assert dict(one.params)["workspaces"] == "2" or (refused is not None and refused.state == "failed")


def test_a_smaller_one_without_a_card_can_be_marked_too(store: Store) -> None:
    def script() -> None:
        import streamlit as st

        from components.sections.mark_cost import _ASKED
        from components.sections.unusual_cost import unusual
        from tests.components.reading import rows
        from tests.components.test_unusual_cards import SERIES, judge, page

        asked = st.session_state.pop(_ASKED, None)
        if asked is not None:
            st.text(asked.event.resource_id)
        (tile,) = unusual(page(rows(SERIES, [])), judge)[0]
        if tile.controls is not None:
            tile.controls()

    test = AppTest.from_function(script, default_timeout=30).run()
    (box,) = test.selectbox
    assert len(box.options) == 1 and box.value is None and not test.text
    box.select_index(0).run()
    assert not test.exception and [one.value for one in test.text] == ["3"]
    assert test.selectbox[0].value is None  # the list begins anew
    with store.writing() as tx:
        cost_marks.mark(tx, events_in(FOUND)[2].event, "muted", day(28) + dt.timedelta(days=30), "noise", FINANCE)
    assert not test.run().selectbox


def test_of_what_nothing_changes_a_ticket_is_offered() -> None:
    whole = {"place": "Account", "place_kind": "account", "place_id": None, "workspace_id": "", "resource_id": ""}
    product = whole | {"place": "prod · SQL", "place_kind": "product", "workspace_id": "1"}
    found = events_in(events(event(3600), event(900) | product, event(800) | whole))
    offered = {one.place: proposing(one)[:3] for one in found}
    assert {
        place.partition(" · ")[0]: (of, kind) for place, (of, _, kind) in offered.items() if kind == "ticket.open"
    } == {
        "prod": (Thing("workspace", "1"), "ticket.open"),
        "Account": (Thing("figure", "finops"), "ticket.open"),
    }
    assert [kind for _, _, kind in offered.values()].count(ANY_KIND) == 1
    *_, params, why = proposing(next(one for one in found if one.thing is None))
    assert params["subject"].startswith("Unusual cost: ") and params["text"] == why
