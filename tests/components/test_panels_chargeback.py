"""What a reader of allocation, savings and quality sees: does it add up, who lacks the tag, what is idle, what is unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

import pandas as pd
import pytest

from components.panels import chargeback, lost_tags, savings_list
from components.text.composed_tags import composed
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot
from tests.components.bodies import bars, column, frame, listed, notes, one, parts, seen

LOOK, NET_EUR = ViewContext(), ViewContext(currency="EUR", basis="net")


def d(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def part(month: int, name: str, cost: str, unit: str | None = None) -> dict[str, object]:
    return {"month": dt.date(2026, month, 1), "part": name, "usage_unit": unit, "cost": d(cost), "usage_rows": 1}


def books(parts_: list[dict[str, object]], bills: Mapping[int, str | None]) -> dict[str, pd.DataFrame]:
    months = [{"month": dt.date(2026, m, 1), "bill": d(b)} for m, b in bills.items()]
    return frame("finops.reconciliation", *parts_) | frame("finops.bill_by_month", *months)


def test_parts_that_make_the_bill_are_said_to_add_up_newest_month_first() -> None:
    # unpriced usage stands in two units, each with no money; 60.10 + 10.05 = 70.15
    values = [
        part(9, "allocated", "60.10"), part(9, "idle", "10.05"), part(9, "unpriced", "0", "DBU"),
        part(9, "unpriced", "0", "GB"), part(10, "untagged", "5"), part(10, "unallocated", "0.5"),
    ]  # fmt: skip
    said = chargeback.reconciliation(books(values, {9: "70.15", 10: "5.5"}), NET_EUR)
    verdict, grid = one(said, Finding), one(said, Grid)
    assert verdict.tone == "ok" and "add up to the bill of 2 months" in verdict.text
    assert seen(grid, "month", "allocated", "idle", "untagged", "unallocated", "unpriced", "sum", "bill") == [
        (dt.date(2026, 10, 1), None, None, 5, 0.5, None, 5.5, 5.5),  # a part that did not occur is not zero
        (dt.date(2026, 9, 1), 60.1, 10.05, None, None, 0, 70.15, 70.15),
    ]
    assert column(grid, "idle", NET_EUR)["label"] == "Idle (EUR net)"
    assert parts(one(said, Plot))["allocated"] == {"2026-09-01": 60.1, "2026-10-01": 0}


@pytest.mark.parametrize(
    ("bill", "tone"),
    [("0.3", "ok"), ("0.300000000000000001", "watch"), ("0.299999999999999999", "watch"), ("-0.3", "watch")],
)
def test_the_verdict_is_about_the_last_digit(bill: str, tone: str) -> None:
    # as floats 0.1 + 0.2 would differ from 0.3, and the second bill would be equal to the first
    values = [part(9, "allocated", "0.1"), part(9, "idle", "0.2"), part(10, "idle", "1")]
    verdict = one(chargeback.reconciliation(books(values, {9: bill, 10: "1"}), LOOK), Finding)
    assert verdict.tone == tone
    assert verdict.text.startswith("1 of 2 months does not add up") == (tone == "watch")  # October is right


def test_a_month_of_usage_without_any_price_adds_up_to_nothing() -> None:
    said = chargeback.reconciliation(books([part(9, "unpriced", "0", "DBU")], {9: "0"}), LOOK)
    assert one(said, Finding).tone == "ok"
    assert seen(one(said, Grid), "unpriced", "sum", "bill") == [(0, 0, 0)]
    assert "Nothing was billed" in one(chargeback.reconciliation(books([], {}), LOOK), Empty).text


@pytest.mark.parametrize(("bill", "tone"), [("0.000000000000000001", "ok"), ("0", "watch")])
def test_the_last_digit_counts_on_the_largest_bill(bill: str, tone: str) -> None:
    whole = "12345678901234567890"  # 38 digits with those behind the point
    values = [part(9, "allocated", whole), part(9, "idle", "0.000000000000000001")]
    with localcontext(prec=60):
        owed = Decimal(whole) + Decimal(bill)
    said = chargeback.reconciliation(books(values, {9: str(owed)}), LOOK)
    assert one(said, Finding).tone == tone
    assert one(said, Grid).frame["sum"][0] == Decimal("12345678901234567890.000000000000000001")


@pytest.mark.parametrize(
    ("months", "bills", "off"),
    [
        ({9: "5", 10: "7"}, {9: "5"}, 1),  # October is not among the bills
        ({9: "5"}, {9: "5", 10: "7"}, 1),  # nor here among the parts
        ({}, {9: "5", 10: "7"}, 2),
        ({9: "5", 10: "0"}, {9: "5"}, 0),  # a month of no money needs no bill
        ({9: "5"}, {9: "5", 10: "0"}, 0),
        ({9: "5"}, {9: None}, 1),
        ({9: "0"}, {9: None}, 0),
    ],
)  # fmt: skip
def test_a_month_that_only_one_side_knows_does_not_add_up(
    months: dict[int, str], bills: dict[int, str | None], off: int
) -> None:
    said = chargeback.reconciliation(books([part(m, "allocated", c) for m, c in months.items()], bills), LOOK)
    verdict = one(said, Finding)
    assert verdict.tone == ("watch" if off else "ok")
    words = {1: "1 of ", 2: "2 of 2 months do not add up"}
    assert verdict.text.startswith(words.get(off, "The parts add up"))
    assert [month.month for (month,) in seen(one(said, Grid), "month")] == sorted(months | bills, reverse=True)


def spend(owner: str | None, product: str, cost: str | None, untagged: str | None, rows: int) -> dict[str, object]:
    return {
        "owner": owner,
        "product": product,
        "cost": d(cost),
        "untagged_cost": d(untagged),
        "untagged_rows": rows,
        "usage_rows": 9,
    }


def test_the_share_without_a_tag_is_of_all_that_is_shown_but_tagged_rows_are_not_drawn() -> None:
    values = [
        spend("ann", "SQL", "100", "20", 2), spend(None, "JOBS", "50", "30", 1), spend("cy", "DLT", "50", "0", 0),
    ]  # fmt: skip
    said = chargeback.untagged(frame("finops.untagged", *values), LOOK)
    note, drawn = one(said, Finding), one(said, Plot)
    assert note.text == "25% of the shown spend ($50.00) names no cost centre"  # 50 of 200, cy's 50 included
    assert note.tone == "watch"
    assert bars(drawn) == {"no identity · Jobs": "$30.00", "ann · SQL": "$20.00"}
    assert drawn.alt == "no identity · Jobs is first of 2 with $30.00, 60% of $50.00."


@pytest.mark.parametrize(("untagged", "tone"), [("10", "plain"), ("10.01", "watch")])
def test_more_than_a_tenth_without_a_tag_is_watched(untagged: str, tone: str) -> None:
    said = chargeback.untagged(frame("finops.untagged", spend("ann", "SQL", "100", untagged, 1)), NET_EUR)
    assert one(said, Finding).tone == tone
    assert "€10.0" in one(said, Finding).text


def test_when_all_of_it_carries_the_tag_that_is_said() -> None:
    tagged = [spend("ann", "SQL", "100", "0", 0), spend("bob", "JOBS", None, "0", 0)]
    assert chargeback.untagged(frame("finops.untagged", *tagged), LOOK) == [
        Empty("All of the shown spend, $100.00, names a cost centre.")
    ]
    assert one(chargeback.untagged(frame("finops.untagged"), LOOK), Empty).text == "No spend in this period."


def test_usage_without_tag_and_price_stays_and_is_not_zero() -> None:
    values = [spend("bob", "JOBS", None, None, 3), spend("ann", "SQL", "100", "50", 3)]
    said = chargeback.untagged(frame("finops.untagged", *values), LOOK)
    assert one(said, Finding).text.startswith("50% of the shown spend ($50.00)")
    assert bars(one(said, Plot)) == {"ann · SQL": "$50.00", "bob · Jobs": "–"}


def test_usage_without_tag_where_nothing_has_a_price_is_said_to_have_none() -> None:
    values = [spend("bob", "JOBS", None, None, 3), spend("ann", "SQL", None, None, 2)]
    said = chargeback.untagged(frame("finops.untagged", *values), LOOK)
    assert one(said, Finding) == Finding("What names no cost centre has no price (5 usage rows)", "unknown")
    assert bars(one(said, Plot)) == {"bob · Jobs": "–", "ann · SQL": "–"}
    tagged = spend("cy", "SQL", "100", "0", 0)  # all that has a price carries the tag
    said = chargeback.untagged(frame("finops.untagged", spend("bob", "JOBS", None, None, 1), tagged), LOOK)
    assert one(said, Finding).text == "What names no cost centre has no price (1 usage row)"
    said = chargeback.untagged(frame("finops.untagged", spend("bob", "JOBS", "0", "0", 1)), LOOK)
    assert one(said, Finding).text == "$0.00 names no cost centre"


def test_twelve_without_a_tag_are_drawn_and_the_others_counted() -> None:
    values = [spend(f"o{n}", "SQL", "10", str(n), 1) for n in range(1, 15)] + [spend("t", "SQL", "10", "0", 0)] * 5
    drawn = one(chargeback.untagged(frame("finops.untagged", *values), LOOK), Plot)
    assert list(bars(drawn))[::11] == ["o14 · SQL", "o3 · SQL"]
    assert notes(drawn) == ["2 more not drawn"]  # o2 and o1; the five that carry the tag are not among them


def test_blanks_of_a_spelling_that_would_be_lost_are_seen() -> None:
    spellings = {
        "ab": "ab", " ab": "␣ab", "ab  ": "ab␣␣", " a b ": "␣a b␣", "  a-b": "␣␣a-b", "a b": "a b",
        "a  b": "a␣␣b", "a\tb": "a⇥b", "a \tb": "a␣⇥b", "ab\t": "ab⇥", "a\u00a0b": "a␣b",
    }  # fmt: skip
    values = [
        {"kind": "value", "tag_key": "cc", "normal": "ab", "spelling": s, "usage_rows": 1200, "preferred": s == "ab"}
        for s in spellings
    ]
    frames = frame("finops.tag_variants", *values)
    grid = one(chargeback.tag_variants(frames, LOOK), Grid)
    assert [w for (w,) in seen(grid, "written")] == list(spellings.values())
    assert grid.caption == "␣ is a blank that would not be seen, ⇥ a tab"
    assert seen(grid, "preferred", "usage_rows")[:2] == [("yes", 1200), ("no", 1200)]
    assert list(frames["tag_variants"]["spelling"]) == list(spellings)  # the rows themselves stay as written
    one(chargeback.tag_variants(frame("finops.tag_variants"), LOOK), Empty)


def spelled(kind: str, key: str, spelling: str, rows: int, variants: int = 1) -> dict[str, object]:
    return {
        "kind": kind,
        "tag_key": key,
        "normal": spelling.lower() if kind == "value" else key,
        "spelling": spelling,
        "variants": variants,
        "usage_rows": rows,
        "first_seen": dt.date(2026, 1, rows),
        "last_seen": dt.date(2026, 2, rows),
        "preferred": rows > 2,
    }


def test_letters_with_their_marks_apart_are_the_composed_ones() -> None:
    """One key in two forms and one value in two are no variants; a value in capitals under either key is."""
    values = [
        spelled("key", "cafe\u0301", "cafe\u0301", 1), spelled("key", "caf\u00e9", "caf\u00e9", 2),
        spelled("value", "cafe\u0301", "Red", 1), spelled("value", "caf\u00e9", "red", 2),
        spelled("value", "caf\u00e9", "re\u0301el", 3), spelled("value", "cafe\u0301", "r\u00e9el", 4),
        spelled("value", "caf\u00e9", "\u00c9t\u00e9", 5), spelled("value", "caf\u00e9", "e\u0301te\u0301", 6),
        spelled("value", "cafe\u0301", "\u00e9te\u0301", 7), spelled("value", "size", "gr\u00f6\u00dfe", 8),
    ]  # fmt: skip
    frames = frame("finops.tag_variants", *values)
    grid = one(chargeback.tag_variants(frames, LOOK), Grid)
    assert seen(grid, "tag_key", "normal", "written", "usage_rows", "preferred") == [
        ("caf\u00e9", "red", "red", 2, "yes"),
        ("caf\u00e9", "red", "Red", 1, "no"),
        ("caf\u00e9", "\u00e9t\u00e9", "\u00e9t\u00e9", 13, "yes"),
        ("caf\u00e9", "\u00e9t\u00e9", "\u00c9t\u00e9", 5, "no"),
    ]
    [_, _, merged, _] = composed(frames["tag_variants"]).itertuples()
    assert (merged.variants, merged.first_seen, merged.last_seen) == (2, dt.date(2026, 1, 6), dt.date(2026, 2, 7))


def test_what_has_marks_that_cannot_be_composed_is_one_spelling() -> None:
    frames = frame(
        "finops.tag_variants",
        spelled("value", "team", "\u0939\u093f", 1),
        spelled("key", "\u0939\u093f", "\u0939\u093f", 2),
    )
    one(chargeback.tag_variants(frames, LOOK), Empty)


def test_idle_warehouses_are_summed_and_unknown_idle_time_stays_unknown() -> None:
    known = {"warehouse": "bi", "auto_stop_minutes": 10, "cost": d("100"), "idle_cost": d("40"), "idle_ratio": 0.4,
             "running_hours": 10.0, "busy_hours": 6.0}  # fmt: skip
    calm = {"warehouse": "ml", "auto_stop_minutes": 5, "cost": d("60"), "idle_cost": d("0"), "idle_ratio": 0.0}
    said = chargeback.warehouses(frame("finops.warehouse_idle", known, calm), NET_EUR)
    assert one(said, Finding).text == "€40.00 of €160.00 ran without any statement"
    grid = one(said, Grid)
    assert seen(grid, "warehouse", "idle_cost", "idle_ratio") == [("bi", 40, 0.4), ("ml", 0, 0)]
    dark: dict[str, object] = {"warehouse": "far", "cost": d("50"), "auto_stop_minutes": None}
    grid = one(chargeback.warehouses(frame("finops.warehouse_idle", known, dark), LOOK), Grid)
    assert seen(grid, "warehouse", "auto_stop_minutes", "idle_cost", "idle_ratio")[1] == ("far", None, None, None)


def test_what_ran_idle_is_a_share_of_the_warehouses_with_evidence() -> None:
    bi: dict[str, object] = {"warehouse": "bi", "cost": d("100"), "idle_cost": d("40")}
    dark: dict[str, object] = {"warehouse": "far", "cost": d("50")}

    def said(*values: dict[str, object]) -> str:
        return one(chargeback.warehouses(frame("finops.warehouse_idle", *values), LOOK), Finding).text

    assert said(bi, dark) == (
        "$40.00 of $100.00 ran without any statement; not known what ran idle for 1 warehouse ($50.00)"
    )
    assert said(dark, dark | {"cost": d("60")}) == "Not known what ran idle for 2 warehouses ($110.00)"
    assert said(dark | {"cost": None}) == "Not known what ran idle for 1 warehouse (–)"


def test_no_warehouse_usage_is_said() -> None:
    one(chargeback.warehouses(frame("finops.warehouse_idle"), LOOK), Empty)


def use(who: str | None, source: str | None, cost: str | None, part_: str = "work") -> dict[str, object]:
    return {"warehouse_id": "1", "part": part_, "executed_by": who, "source": source, "cost": d(cost)}


def test_people_are_summed_over_warehouses_by_tool_and_idle_time_stands_apart() -> None:
    values = [
        use("ann", "dashboard", "10"), use("ann", "dashboard", "5"), use("ann", "notebook", "1"),
        use(None, None, "12", "idle"), use(None, None, "1", "idle"), use("bob", "genie", None),
    ]  # fmt: skip
    said = chargeback.warehouse_users(frame("finops.warehouse_share", *values), LOOK)
    drawn = one(said, Plot)
    found = list(bars(drawn).items())
    assert found[:2] == [("ann · dashboard", "$15.00"), ("ann · notebook", "$1.00")]
    assert found[2:] == [("bob · genie", "–")]  # without a price it is not zero
    assert one(said, Finding).text == "ann · dashboard is first of 3 with $15.00, 94% of $16.00; $13.00 ran idle"
    unused = chargeback.warehouse_users(frame("finops.warehouse_share", use(None, None, "12", "idle")), LOOK)
    assert one(unused, Finding).text == "$12.00 ran idle; nobody used a warehouse"
    one(chargeback.warehouse_users(frame("finops.warehouse_share"), LOOK), Empty)


def share(
    cluster: str | None, part_: str, job: str | None, cost: str, id_: str = "id-2", workspace: str = "1"
) -> dict[str, object]:
    ids = {"workspace_id": workspace, "cluster_id": id_}
    return ids | {"cluster": cluster, "part": part_, "job": job, "cost": d(cost)}


def test_a_cluster_is_split_among_its_jobs_and_the_time_without_one() -> None:
    values = [
        share("small", "job", "etl", "12", "id-1"), share("big", "job", "etl", "10"), share("big", "no job", None, "30"),
        share(None, "no job", None, "15", "id-3"),
    ]  # fmt: skip
    drawn = one(chargeback.clusters(frame("finops.cluster_share", *values), LOOK), Plot)
    # a cluster without a name goes by its id; 40, 15 and 12 is their order
    assert parts(drawn) == {
        "No job": {"big": 30, "id-3": 15, "small": 0},
        "etl": {"big": 10, "id-3": 0, "small": 12},
    }
    hatched = {t["name"]: "pattern" in t["marker"] for t in drawn.figure.to_dict()["data"]}
    assert hatched == {"No job": True, "etl": False}  # what ran for nobody looks alike on every figure
    axis = drawn.figure.to_dict()["layout"]["yaxis"]
    assert (axis["type"], list(axis["categoryarray"])) == ("category", ["big", "id-3", "small"])
    one(chargeback.clusters(frame("finops.cluster_share"), LOOK), Empty)


def test_clusters_of_one_name_stand_apart() -> None:
    values = [
        share("etl", "no job", None, "1", "a", "1"), share("etl", "no job", None, "2", "b", "1"),
        share("etl", "job", "j", "4", "b", "1"), share("etl", "no job", None, "3", "c", "2"),
        share("bi", "no job", None, "5", "d", "1"),
    ]  # fmt: skip
    drawn = one(chargeback.clusters(frame("finops.cluster_share", *values), LOOK), Plot)
    # two in workspace 1 go by their ids, the only one in workspace 2 goes by that
    assert parts(drawn)["No job"] == {"etl · b": 2, "bi": 5, "etl · 2": 3, "etl · a": 1}
    assert parts(drawn)["j"]["etl · b"] == 4
    assert list(parts(drawn)["j"]) == ["etl · b", "bi", "etl · 2", "etl · a"]  # 6, 5, 3, 1


def test_the_most_expensive_clusters_are_drawn_and_the_cost_of_the_others_is_said() -> None:
    values = [share(f"c{n:02}", "no job", None, str(n), f"id-{n}") for n in range(1, 15)]  # cost 1 to 14
    said = chargeback.clusters(frame("finops.cluster_share", *values), LOOK)
    assert list(parts(one(said, Plot))["No job"]) == [f"c{n:02}" for n in range(14, 2, -1)]
    assert one(said, Note).text == "The 12 most expensive; 2 clusters cost $3.00 besides."


def saving(resource: str, amount: str | None, confidence: str) -> dict[str, object]:
    return {"what": "Stop it", "resource": resource, "monthly_saving": d(amount), "confidence": confidence}


def test_savings_of_all_kinds_stand_in_one_list_largest_first() -> None:
    frames = (
        frame("finops.savings_idle_endpoints", saving("b", "10.5", "high"), saving("unknown", None, "high"))
        | frame("finops.savings_no_autotermination")
        | frame("finops.savings_failed_runs", saving("a", "10.5", "medium"), saving("z", "100", "low"))
    )
    said = savings_list.savings(frames, LOOK)
    assert one(said, Finding).text.startswith("$121.00 a month in 4 places, $10.50 of it with high confidence")
    assert seen(one(said, Grid), "resource", "monthly_saving") == [
        ("z", 100),
        ("a", 10.5),
        ("b", 10.5),
        ("unknown", None),
    ]
    one(savings_list.savings({name: f.head(0) for name, f in frames.items()}, LOOK), Empty)
    only = savings_list.savings(frame("finops.savings_failed_runs", saving("a", "2", "high")), LOOK)
    assert one(only, Finding).text.startswith("$2.00 a month in 1 place, ")


def test_usage_without_a_price_is_shown_by_quantity_never_as_money() -> None:
    row = {"sku_name": "S", "usage_unit": "DBU", "quantity": d("10.25"), "usage_rows": 3, "reason": "free"}
    grid = one(chargeback.unpriced(frame("finops.unpriced", row), LOOK), Grid)
    assert seen(grid, "sku_name", "usage_unit", "quantity", "usage_rows", "reason") == [("S", "DBU", 10.25, 3, "free")]
    assert not {kind for _, kind in grid.columns.values()} & {"money", "price"}
    assert "not zero money" in grid.caption
    one(chargeback.unpriced(frame("finops.unpriced"), LOOK), Empty)


def test_corrections_say_what_they_did_to_the_bill() -> None:
    def correction(number: int, product: str, effect: str | None) -> dict[str, object]:
        return {"usage_date": dt.date(2026, 11, number), "product": product, "effect": d(effect)}

    values = [correction(1, "SQL", "-12.5"), correction(2, "JOBS", "2.25"), correction(2, "FREE", None)]
    said = chargeback.corrections(frame("finops.corrections", *values), LOOK)
    assert one(said, Finding).text == "Corrections changed the bill in this period by −$10.25"
    assert parts(one(said, Plot))["SQL"]["2026-11-01"] == -12.5
    one(chargeback.corrections(frame("finops.corrections"), LOOK), Empty)


def test_list_and_net_prices_stand_side_by_side() -> None:
    row = {"sku_name": "S", "usage_unit": "DBU", "quantity": d("10"), "list_price": d("1"), "net_price": d("0.8"),
           "discount_ratio": 0.2, "discount": d("2")}  # fmt: skip
    grid = one(chargeback.discounts(frame("finops.discounts", row), LOOK), Grid)
    assert seen(grid, "list_price", "net_price", "discount_ratio", "discount") == [(1, 0.8, 0.2, 2)]
    assert column(grid, "net_price", NET_EUR)["label"] == "Net price (EUR)"
    one(chargeback.discounts(frame("finops.discounts"), LOOK), Empty)


def test_the_day_of_a_price_is_that_of_the_reader() -> None:
    start = dt.datetime(2026, 10, 31, 20, 0, tzinfo=dt.UTC)
    row = {"basis": "list", "currency_code": "EUR", "skus": 7, "first_price": start, "last_price": start}
    grid = one(chargeback.currencies(frame("finops.currencies", row), LOOK), Grid)
    ((when, skus),) = seen(grid, "last_price", "skus")
    assert (when, skus) == (start, 7)
    assert column(grid, "last_price", ViewContext(zone="Asia/Tokyo"))["type_config"]["timezone"] == "Asia/Tokyo"
    assert "0 prices" in one(chargeback.currencies(frame("finops.currencies"), LOOK), Empty).text


def test_what_lost_both_tags_cost_that_once() -> None:
    def lost(resource: str, cost: str | None) -> dict[str, Any]:
        known = {"workspace_id": "1", "resource_kind": "job", "resource_id": resource, "resource": resource}
        return known | {"tag_value": "blue", "days": 3, "cost": cost and Decimal(cost)}

    centre = frame("finops.lost_tags", lost("load", "70"), lost("store", "5"))["lost_tags"]
    team = frame("finops.lost_tags", lost("load", "70"), lost("new", None))["lost_tags"]
    said = listed(lost_tags.lost_tags(Frames({"centre": centre, "team": team}), LOOK))
    assert one(said, Finding).text == "3 resources, load first, lost the tag and cost $75.00 since"
    assert one(said, Grid).frame[["resource", "tag"]].to_numpy().tolist() == [
        ["load", "cost centre"], ["load", "team"], ["store", "cost centre"], ["new", "team"],
    ]  # fmt: skip
    assert one(said, Grid).frame["act"].tolist() == [""] * 4  # nobody is known to ask
    none = Frames({"centre": centre.head(0), "team": team.head(0)})
    assert lost_tags.lost_tags(none, LOOK) == Empty("No resource lost its cost centre or team.")


def test_the_owner_of_what_lost_its_tag_is_asked_for_it() -> None:
    row = {
        "workspace_id": "1",
        "resource_kind": "job",
        "resource_id": "7",
        "resource": "load",
        "tag_value": "blue",
        "owner": "zoe",
    }
    centre = frame(
        "finops.lost_tags", row | {"last_tagged": dt.datetime(2026, 11, 2, tzinfo=dt.UTC), "cost": Decimal(70)}
    )
    frames = Frames({"centre": centre["lost_tags"], "team": frame("finops.lost_tags")["lost_tags"]})
    offered = one(listed(lost_tags.lost_tags(frames, LOOK)), Grid).frame.iloc[0]
    assert (offered["act"], offered["params"]["recipient"]) == ("notify.owner", "zoe")
    assert "lost the tag of its cost centre on 2 Nov; it was “blue”. It has cost $70.00 since." in offered["why"]
