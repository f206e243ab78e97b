"""Unusual cost: a card for each large event, with its own days, its causes and its owner; the small ones in a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.detectors import cost_anomalies
from agents.detectors.cost_frames import PLACE, anomaly_frames
from approvals.deciding.cost_marks import CostMark
from components.figures.shaded import spans
from components.panels.cost_causes import causes
from components.panels.unusual_cost import anomalies, card, chance, events_in, unmarked, with_a_card
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot
from tests.components.bodies import frame, listed, one, seen
from things import Thing

LOOK = ViewContext()
JUDGED = pd.DataFrame([{"days": 30, "series": 212}])


def day(number: int) -> dt.date:
    return dt.date(2026, 11, number)


def event(excess: float, days: tuple[int, ...] = (23, 24), resource: str = "9", p: float = 0.0004) -> dict[str, Any]:
    on = tuple(map(day, days))
    return {
        "day": on[0],
        "last_day": on[-1],
        "days": on,
        "kind": "rise",
        "place": f"prod · SQL · wh-{resource}",
        "cost": 100 + excess,
        "expected": 100.0,
        "excess": excess,
        "p": p,
        "workspace_id": "1",
        "product": "SQL",
        "resource_id": resource,
        "place_kind": "warehouse",
        "place_id": resource,
    }


def events(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[*cost_anomalies.COLUMNS, *PLACE])


def series(last: int = 27) -> pd.DataFrame:
    days = pd.date_range("2026-11-01", f"2026-11-{last}")
    return pd.DataFrame({"day": days, "cost": 100.0, "expected": 100.0, "low": 80.0, "high": 120.0})


def built(
    row: dict[str, Any],
    frames: Mapping[str, pd.DataFrame] | None = None,
    *,
    last: int = 27,
    said: CostMark | None = None,
) -> list[Any]:
    (found,) = events_in(events(row))
    return listed(card(found, series(last), said, "unusual-1")(Frames(frames or {}), LOOK))


def test_the_large_have_cards_and_the_small_stand_in_a_table() -> None:
    rows = events(event(3600, resource="1"), event(900, resource="2"), event(-134, resource="3"))
    found = with_a_card(events_in(rows))
    assert [one.name for one in found] == ["wh-1", "wh-2"]
    said = unmarked({"events": rows, "judged": JUDGED}, LOOK)
    grid = one(said, Grid)
    assert seen(grid, "place", "excess", "chance") == [("prod · SQL · wh-3", -134, "1 day in 2,500")]
    assert grid.thing_at("place", 0) == Thing("warehouse", "3", "1")
    assert one(said, Finding).text == (
        "3 unusual costs; the largest is prod · SQL · wh-1: $3.6k more than usual, 23 Nov to 24 Nov"
    )


def test_no_more_than_four_have_cards() -> None:
    rows = events(*(event(1000 - n, resource=str(n)) for n in range(6)))
    assert [one.resource_id for one in with_a_card(events_in(rows))] == ["0", "1", "2", "3"]
    assert len(one(unmarked({"events": rows, "judged": JUDGED}, LOOK), Grid).frame) == 2


def test_nothing_unusual_says_over_what_it_looked() -> None:
    said = unmarked({"events": events(), "judged": JUDGED}, LOOK)
    assert one(said, Empty).text == "No unusual cost in 212 series over 30 days."
    nothing = anomaly_frames(frame("finops.daily_by_object")["daily_by_object"], day(1))
    assert unmarked(nothing, LOOK) == [Empty("No usage to judge in this period.", "Choose more workspaces.")]


def test_a_card_shows_the_days_of_its_own_series_shaded() -> None:
    said = built(event(3600, (20, 23, 24)))
    assert one(said, Finding).text == "$3.6k more than usual: wh-9, 20 Nov to 24 Nov"
    drawn = one(said, Plot)
    shapes = drawn.figure.to_dict()["layout"]["shapes"]
    assert [(shape["x0"], shape["x1"]) for shape in shapes] == [
        ("2026-11-19 12:00:00", "2026-11-20 12:00:00"),
        ("2026-11-22 12:00:00", "2026-11-24 12:00:00"),
    ]
    assert drawn.alt == "$3.7k on the shaded days, $100.00 expected."
    told = [body.text for body in said if type(body) is Note]
    assert told[0] == "$3.7k on 3 days where $100.00 is usual (37 times). By chance about 1 day in 2,500 is so far off."


def test_what_goes_on_began_and_what_fell_is_less() -> None:
    assert one(built(event(3600), last=24), Finding).text == "$3.6k more than usual: wh-9, since 23 Nov"
    fell = one(built(event(-60, (23,)), last=24), Finding)
    assert (fell.text, fell.tone) == ("$60.00 less than usual: wh-9, 23 Nov", "plain")


def mark(state: Any, row: dict[str, Any], until: dt.date | None = None) -> CostMark:
    (found,) = events_in(events(row))
    return CostMark(
        found.event, state, until, "month end", "ann@example.com", dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
    )


def test_what_is_marked_stands_in_no_list_and_is_counted_and_can_be_shown() -> None:
    rows = events(event(3600, resource="1"), event(900, resource="2"), event(20, resource="3"))
    said = {0: mark("expected", event(3600, resource="1")), 2: mark("muted", event(20, resource="3"), day(30))}
    frames = {"events": rows, "judged": JUDGED}
    hidden = anomalies(said, False)(frames, LOOK)
    assert one(hidden, Finding).text.startswith("1 unusual cost; the largest is prod · SQL · wh-2")
    assert one(hidden, Finding).text.endswith("; 2 marked as expected or muted")
    assert [body for body in listed(hidden) if isinstance(body, Grid)] == []
    shown = one(anomalies(said, True)(frames, LOOK), Grid)
    assert seen(shown, "place", "state", "until", "marked_by", "why") == [
        ("prod · SQL · wh-1", "expected", None, "ann@example.com", "month end"),
        ("prod · SQL · wh-3", "muted", day(30), "ann@example.com", "month end"),
    ]
    assert shown.thing_at("marked_by", 0) == Thing("principal", "ann@example.com")
    every = anomalies(dict.fromkeys(range(3), said[0]), False)(frames, LOOK)
    assert one(every, Empty).text == "No unusual cost in 212 series over 30 days; 3 marked as expected or muted."


def test_the_card_of_a_marked_one_says_who_marked_it_and_why() -> None:
    row = event(3600)
    said = built(row, said=mark("muted", row, day(30)))
    assert next(body.text for body in said if type(body) is Note) == (
        "Muted until 30 Nov 2026, says ann@example.com, 25 Nov 09:00: month end"
    )
    assert one(said, Finding).tone == "plain"


def test_a_card_names_the_thing_and_its_owner() -> None:
    owner = frame("things.described", {"owner": "ann@example.com"})
    facts = next(body for body in built(event(3600), owner) if isinstance(body, Grid))
    assert seen(facts, "place", "owner") == [("prod · SQL · wh-9", "ann@example.com")]
    assert facts.thing_at("place", 0) == Thing("warehouse", "9", "1")
    assert facts.thing_at("owner", 0) == Thing("principal", "ann@example.com")
    assert seen(next(body for body in built(event(3600)) if isinstance(body, Grid)), "owner") == [("–",)]


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.0004, "1 day in 2,500"), (0.00031, "1 day in 3,200"), (0.5, "1 day in 2"), (1.0, "1 day in 1"), (0.0, "never seen before")],
)  # fmt: skip
def test_a_chance_is_one_day_in_so_many(p: float, said: str) -> None:
    assert chance(p) == said


def change(at: dt.datetime, what: str, who: str | None = "ann@example.com") -> dict[str, Any]:
    return {"at": at, "what": what, "name": "wh", "who": who, "kind": "warehouse", "workspace_id": "1", "thing_id": "9"}


def at(number: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 11, number, hour, tzinfo=dt.UTC)


def cost(number: int, sku: str, much: float, product: str = "SQL") -> dict[str, Any]:
    return {
        "usage_date": day(number),
        "product": product,
        "sku_name": sku,
        "cost": Decimal(str(much)),
        "unpriced_rows": 0,
        "complete": True,
    }


def found(frames: Mapping[str, pd.DataFrame], product: str = "SQL") -> list[tuple[Any, ...]]:
    made = causes(day(23), (day(23), day(24)), product, Frames(frames), LOOK)
    return list(made.itertuples(index=False, name=None))


def test_changes_about_then_are_candidates_the_nearest_first() -> None:
    rows = [
        change(at(24), "after"),
        change(at(19), "too early"),
        change(at(25), "too late"),
        change(at(22), "size", None),
    ]
    assert found(frame("things.changes", *rows)) == [
        ("22 Nov 12:00", "size", None),
        ("24 Nov 12:00", "after", "ann@example.com"),
    ]


def test_a_new_sku_and_one_that_is_no_more_are_candidates() -> None:
    rows = [
        *(cost(n, "OLD", 10) for n in range(1, 23)),
        *(cost(n, "KEPT", 5) for n in range(1, 25)),
        cost(23, "NEW", 40),
        cost(24, "NEW", 60),
        cost(23, "DUST", 0.5),
        cost(23, "OTHER", 900, "JOBS"),
    ]
    assert found(frame("things.cost_by_day", *rows)) == [
        ("23 Nov", "New: New, $50.00 a day", None),
        ("23 Nov", "No more: Old, $7.86 a day", None),  # 22 days of 10 in four weeks
    ]
    of_all = found(frame("things.cost_by_day", *rows), "")
    assert ("23 Nov", "New: Other, $450.00 a day", None) in of_all


def test_it_is_the_price_where_one_of_its_skus_changed_then_else_the_quantity() -> None:
    used = frame("things.cost_by_day", *(cost(n, "PRO", 10) for n in range(1, 25)))
    priced = {
        "cloud": "AWS",
        "usage_unit": "DBU",
        "old_price": None,
        "new_price": None,
        "quantity": None,
        "effect": None,
    }
    rows = [
        priced | {"sku_name": sku, "changed_at": when, "change_ratio": ratio}
        for sku, when, ratio in (("PRO", at(23, 0), 0.25), ("PRO", at(10), 0.5), ("FREE", at(23), 9.0))
    ]
    changed = frame("finops.price_changes", *rows)
    assert found(used | changed) == [("23 Nov 00:00", "Price of Pro: +25%", None)]
    none = frame("finops.price_changes", *rows[1:])
    assert found(used | none) == [("", "The quantity: no price of what it uses changed", None)]
    assert found(used) == []  # prices could not be read: nothing is said of them


def test_causes_are_listed_and_who_did_it_is_a_way_to_them() -> None:
    said = built(event(3600), frame("things.changes", change(at(23), "size Small → Large")))
    table = [body for body in said if isinstance(body, Grid)][1]
    assert seen(table, "when", "cause", "who") == [("23 Nov 12:00", "size Small → Large", "ann@example.com")]
    assert table.thing_at("who", 0) == Thing("principal", "ann@example.com")
    assert "1 change is marked." in one(said, Plot).alt
    quiet = [body for body in built(event(3600)) if isinstance(body, Note)]
    assert quiet[-1].text == "Nothing that is recorded of it changed about then."


def test_days_that_follow_each_other_are_one_span() -> None:
    assert list(spans([day(3), day(1), day(2), day(5)])) == [(day(1), day(3)), (day(5), day(5))]
    assert list(spans([])) == []
