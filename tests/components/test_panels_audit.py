"""GovernanceOps: the audit log, as its panel tells it, and what stands in the address."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from approvals.people import identities
from approvals.people.identities import Identity
from components.panels import audit
from components.sections import audit_log
from components.sections.audit_log import ids_of, span
from components.text.view_context import ViewContext
from components.tiles import bodies
from components.tiles.sheets import written
from components.tiles.tile import Empty, Finding, Frames, Grid, Leading, Sets
from pages.parts import access_measured
from tests.components.bodies import frame, listed, one, seen
from things import Thing, ThingColumn
from warehouse.interface import Ask

LOOK = ViewContext()
NIGHT = dt.datetime(2026, 1, 5, 22, 14, 30, tzinfo=dt.UTC)
BOT = "aaaaaaaa-0000-1111-2222-333333333333"


def event(who: str | None = "ann@x.com", name: str | None = "main.s.t", **more: Any) -> dict[str, Any]:
    """A row of governanceops.audit_events."""
    return {
        "at": NIGHT, "who": who, "action": "updatePermissions", "name": name, "outcome": "DONE", "service": "unityCatalog",
        "kind": name and "table", "workspace_id": "0", "thing_id": name, "event": f"{who}{name}",
    } | more  # fmt: skip


def logged(*events: dict[str, Any], **outcomes: int) -> Frames:
    """``events``, and as many as ``outcomes`` says on one day by two people on three things."""
    day = dt.date(2026, 1, 5)
    whole = {"day": None, "outcome": None, "events": sum(outcomes.values()), "actors": 2, "things": 3}
    days = [{"day": day, "outcome": one, "events": n, "actors": 1, "things": 1} for one, n in outcomes.items()]
    return Frames(frame("governanceops.audit_events", *events) | frame("governanceops.audit_days", whole, *days))


def test_the_title_counts_all_events_though_the_newest_are_listed() -> None:
    drawn = listed(audit.audit(logged(event(), DONE=1_310, DENIED=12), LOOK))
    assert one(drawn, Finding).text == "1,322 events by 2 people and services on 3 things: 12 denied, 0 failed"
    last = next(body for body in drawn if isinstance(body, Leading))
    assert last.text == "The newest: updatePermissions on main.s.t by ann@x.com, 5 Jan 22:14."
    assert last.names == (("ann@x.com", Thing("principal", "ann@x.com")), ("main.s.t", Thing("table", "main.s.t")))


def test_each_row_leads_to_what_else_its_actor_did_then() -> None:
    grid = one(listed(audit.audit(logged(event(), event(None, None, outcome="DENIED"), DONE=2), LOOK)), Grid)
    assert seen(grid, "who", "name", "then") == [("ann@x.com", "main.s.t", "Around it"), ("–", "–", "–")]
    assert grid.frame["words"].iloc[0] == {
        "actor": "ann@x.com", "around": "2026-01-05T22:14", "did": "Anything", "about": "", "action": "", "outcome": "Any",
    }  # fmt: skip
    assert "then" not in written(grid)  # a button is nothing to take along


def test_nothing_that_matches_is_said_and_what_could_be_counted_stays_where_the_list_is_not_there() -> None:
    assert one(listed(audit.audit(logged(), LOOK)), Empty).text == "0 events of the audit log match in this period."
    alone = Frames({name: rows for name, rows in logged(event(), DONE=1).items() if name == "audit_days"})
    assert one(listed(audit.audit(alone, LOOK)), Finding).text.startswith("1 event by")


def test_around_a_moment_is_half_an_hour_before_and_after_it_on_the_days_that_it_touches() -> None:
    start, end = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    around = span("2025-12-31T23:50", start, end)
    assert around["since"] == dt.datetime(2025, 12, 31, 23, 20, tzinfo=dt.UTC)
    assert (around["start"], around["end"]) == (dt.date(2025, 12, 31), dt.date(2026, 1, 2))
    assert span("2026-01-05 22:14+02:00", start, end)["since"] == dt.datetime(2026, 1, 5, 19, 44, tzinfo=dt.UTC)


@pytest.mark.parametrize("typed", ["", "  ", "yesterday", "2026-13-01"])
def test_what_is_no_moment_asks_for_the_whole_period(typed: str) -> None:
    whole = span(typed, dt.date(2026, 1, 1), dt.date(2026, 1, 3))
    assert whole == {"since": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "until": dt.datetime(2026, 1, 3, tzinfo=dt.UTC)}


def test_a_service_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    known = (Identity("service", (BOT, "77"), "Loader"), Identity("person", ("ann@x.com", "1"), "Ann Lee"))
    monkeypatch.setattr(identities, "known", lambda: known)
    assert (ids_of("LOAD"), ids_of("ann lee"), ids_of(""), ids_of("zed")) == (BOT, "ann@x.com", "", "")


@pytest.mark.parametrize(("sees", "person"), [(True, ""), (False, "bo@x.com")])
def test_who_may_not_see_what_others_do_is_told_of_themselves_alone(
    monkeypatch: pytest.MonkeyPatch, sees: bool, person: str
) -> None:
    monkeypatch.setattr(audit_log, "sees_others", lambda _: sees)
    monkeypatch.setattr(audit_log, "me", lambda: "bo@x.com")
    span_ = SimpleNamespace(start=dt.date(2026, 1, 1), end=dt.date(2026, 2, 1))
    page: Any = SimpleNamespace(filters=span_, ask=lambda query, **params: Ask(query, tuple(params.items())))
    page.so_far = page
    tile = audit_log.audit_tile(page)
    assert [dict(one.params)["person"] for one in tile.asks] == [person, person]
    assert dict(tile.asks[0].params)["sorts"] == "CHANGE,RIGHTS"


def test_what_ran_on_rights_is_shown_to_those_alone_who_may_see_what_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    page: Any = SimpleNamespace(lately=lambda query, _days, **params: Ask(query, tuple(params.items())))
    monkeypatch.setattr(access_measured, "sees_others", lambda _: True)
    monkeypatch.setattr(identities, "known", lambda: (Identity("group", ("team", "9"), "team", None),))
    asked = {of: dict(access_measured.hit(page, of)[0][0].asks[0].params) for of in ("", "main.s", "Bo@x.com", "team")}
    assert {of: (one["place"], one["principals"]) for of, one in asked.items()} == {
        "": ("", ""), "main.s": ("main.s", ""), "Bo@x.com": ("", "bo@x.com"), "team": ("team", ""),
    }  # fmt: skip
    monkeypatch.setattr(access_measured, "sees_others", lambda _: False)
    assert access_measured.hit(page, "main.s") == []


def test_a_press_changes_the_words_of_the_address_and_a_row_without_a_button_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grid = one(listed(audit.audit(logged(event(), event(None, None), DONE=2), LOOK)), Grid)
    views = pd.DataFrame({"lead": ["Rows"], "words": [{"view": "Reach"}]})
    state: dict[str, Any] = {}
    address: dict[str, str] = {}
    button = SimpleNamespace(ButtonColumn=lambda _, **given: given)
    drawn = SimpleNamespace(session_state=state, query_params=address, column_config=button)
    monkeypatch.setattr(bodies, "st", drawn)

    def press(body: Grid, name: str, row: int) -> None:
        state["k"] = {"row": row}
        bodies._setting("k", name, body)["on_click"]()

    press(grid, "then", 1)
    press(grid, "then", 7)
    assert state == {"k": {"row": 7}}
    press(grid, "then", 0)
    assert (state["actor"], state["around"], state["about"], address) == ("ann@x.com", "2026-01-05T22:14", "", {})
    press(Grid(views, {"lead": ("", "text")}, sets={"lead": Sets("words")}), "lead", 0)
    assert address == {"view": "Reach"}  # no field stands for it


def test_to_whom_a_right_was_given_is_somebody_with_a_page() -> None:
    one_event = (event(whom=who, gave="SELECT", took=None, event="e") for who in ("bo@x.com", BOT))
    grid = one(listed(audit.audit(logged(*one_event, DONE=1), LOOK)), Grid)
    assert seen(grid, "gave", "whom") == [("SELECT", "bo@x.com"), ("SELECT", BOT)] and "took" not in grid.columns
    assert grid.things["whom"] == ThingColumn("principal", ("whom",))
