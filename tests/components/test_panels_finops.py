"""What a reader of FinOps sees: totals with their changes, the largest parts, what is left out, and what is unknown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from agents.detectors import cost_anomalies
from components.panels import finops
from components.tile import Empty, Grid, Look, Metrics, Note, Plot
from tests.components.bodies import bars, column, frame, notes, one, parts, seen

LOOK, NET_EUR = Look(), Look(currency="EUR", basis="net")


def d(text: str) -> Decimal:
    return Decimal(text)


def total(cost: str | None, before: str | None, unpriced: int = 0) -> dict[str, pd.DataFrame]:
    now, was = (None if v is None else d(v) for v in (cost, before))
    counts = {"priced_rows": 1, "unpriced_rows": unpriced, "previous_unpriced_rows": 0}
    return frame("finops.spend_total", {"cost": now, "previous_cost": was, **counts})


def leaf(workspace: str | None, product: str, resource: str, cost: str | None, before: str | None) -> dict[str, object]:
    return {
        "workspace_id": workspace, "workspace": f"ws {workspace}" if workspace else "account level", "product": product,
        "resource_kind": "job", "resource_id": resource, "resource": resource,
        "cost": None if cost is None else d(cost), "previous_cost": None if before is None else d(before),
    }  # fmt: skip


def day(number: int, product: str, cost: str | None) -> dict[str, object]:
    return {"usage_date": dt.date(2026, 11, number), "product": product, "cost": None if cost is None else d(cost)}


def test_the_four_largest_products_stand_beside_the_total_each_with_its_change() -> None:
    leaves = [
        leaf("1", "APPS", "a", "10", "20"), leaf("1", "SQL", "b", "45", "40"), leaf("2", "SQL", "c", "15", None),
        leaf("1", "DLT", "d", "5", "5"), leaf("1", "MODEL_SERVING", "e", "20", None), leaf("1", "JOBS", "f", "30", "40"),
    ]  # fmt: skip
    frames = total("125", "100") | frame("finops.spend_tree", *leaves) | frame("finops.spend_by_day")
    items = one(finops.totals(frames, LOOK), Metrics).items
    # SQL: 45 + 15 against 40; DLT is fifth and not shown; what was not there before has no change
    assert [(m.label, m.value, m.change) for m in items] == [
        ("Total, list price", "$125.00", 0.25),
        ("SQL", "$60.00", 0.5),
        ("Jobs", "$30.00", -0.25),
        ("Model serving", "$20.00", None),
        ("Apps", "$10.00", -0.5),
    ]
    assert {m.good for m in items} == {"down"}


@pytest.mark.parametrize(("cost", "before"), [("10", None), ("10", "0"), ("10", "-4"), (None, "10"), (None, None)])
def test_without_two_amounts_to_compare_there_is_no_change(cost: str | None, before: str | None) -> None:
    frames = total(cost, before) | frame("finops.spend_tree") | frame("finops.spend_by_day")
    (only,) = one(finops.totals(frames, LOOK), Metrics).items
    assert only.change is None


def test_the_total_names_basis_and_currency_and_counts_what_has_no_price() -> None:
    rest = frame("finops.spend_tree") | frame("finops.spend_by_day")
    (item,) = one(finops.totals(total("1234567.89", "1", 1234) | rest, NET_EUR), Metrics).items
    assert (item.label, item.value) == ("Total, net price", "€1.2M")
    assert item.help.startswith("1,234 usage rows have no price and are not in this sum")
    (item,) = one(finops.totals(total("1", "1") | rest, LOOK), Metrics).items
    assert item.help == ""


def test_a_trend_is_the_sum_of_each_day_in_the_order_of_days() -> None:
    days = [day(2, "SQL", "4"), day(1, "SQL", "1.5"), day(1, "JOBS", "2"), day(2, "JOBS", None)]
    tree = frame("finops.spend_tree", leaf("1", "SQL", "a", "5.5", "1"))
    items = one(finops.totals(total("7.5", "1") | tree | frame("finops.spend_by_day", *days), LOOK), Metrics).items
    assert [m.trend for m in items] == [(3.5, 4.0), (1.5, 4.0)]  # JOBS without a price on the second day adds nothing


def test_sums_are_exact_and_unknown_amounts_count_nothing() -> None:
    assert finops.amount([d("0.1"), None, d("0.2"), float("nan")]) == d("0.3")  # floats would give 0.30000000000000004
    assert finops.amount([]) == 0


def test_the_tree_says_who_is_largest_and_leaves_out_what_has_no_area() -> None:
    leaves = [
        leaf("1", "SQL", "W", "75", "50"),
        leaf(None, "JOBS", "J", "25", None),
        leaf("3", "JOBS", "free", None, None),
        leaf("3", "DLT", "taken back", "-5", None),
    ]
    drawn = one(finops.tree(frame("finops.spend_tree", *leaves), LOOK), Plot)
    assert drawn.alt == "$100.00 in 2 groups; ws 1 is largest with 75%." or drawn.alt.startswith(
        "$100.00 in 2 groups; "
    )
    trace = drawn.figure.to_dict()["data"][0]
    texts = dict(zip(trace["labels"], trace["text"], strict=True))
    assert texts["W"] == "$75.00 +50%"
    assert texts["account level"] == "$25.00 new"
    assert "free" not in texts and "taken back" not in texts
    assert "2 without cost or too small are not drawn" in notes(drawn)


def test_a_tree_without_any_money_is_empty() -> None:
    one(finops.tree(frame("finops.spend_tree", leaf("1", "SQL", "free", None, "5")), LOOK), Empty)
    one(finops.tree(frame("finops.spend_tree"), LOOK), Empty)


def test_the_seventh_product_of_a_day_is_other() -> None:
    days = [day(1, f"P{n}", str(n)) for n in range(1, 9)] + [day(2, "P8", None), day(2, "P1", "0.5")]
    drawn = one(finops.per_day(frame("finops.spend_by_day", *days), LOOK), Plot)
    found = parts(drawn)
    assert list(found) == ["P8", "P7", "P6", "P5", "P4", "P3", "Other"]
    assert found["Other"] == {"2026-11-01": 3, "2026-11-02": 0.5}  # P2 and P1: 2 + 1; then P1 alone
    assert drawn.alt == "$36.50 in all; highest on 2026-11-01 with $36.00; P8 is largest."  # 1 + 2 + … + 8 = 36


def matrix_row(period: dt.date, label: str, cost: str | None) -> dict[str, object]:
    return {"period": period, "group_key": label, "label": label, "cost": None if cost is None else d(cost)}


def test_groups_by_period_show_the_newest_first_and_add_up_exactly() -> None:
    old, new = dt.date(2026, 9, 1), dt.date(2026, 10, 1)
    frames = frame(
        "finops.spend_matrix",
        matrix_row(old, "SQL", "1.1"), matrix_row(new, "SQL", "2.2"), matrix_row(new, "JOBS", "9"),
        matrix_row(new, "JOBS", "0.25"),
    )  # fmt: skip
    grid = one(finops.matrix(frames, LOOK), Grid)
    names = list(grid.columns)
    assert [column(grid, n, NET_EUR)["label"] for n in names] == [
        "Group", "Shown periods (EUR net)", "1 Oct 2026 (EUR net)", "1 Sep 2026 (EUR net)",
    ]  # fmt: skip
    # two groups may have one name, as workspaces of another region do: 9 + 0.25
    assert seen(grid, *names) == [("JOBS", 9.25, 9.25, 0), ("SQL", 3.3, 2.2, 1.1)]
    assert list(grid.frame["total"]) == [d("9.25"), d("3.3")]  # floats would give 3.3000000000000003


def test_of_many_periods_the_newest_twelve_are_shown_and_summed() -> None:
    periods = [dt.date(2026, 9, 1) + dt.timedelta(days=n) for n in range(14)]
    values = [matrix_row(p, "A", "1") for p in periods] + [matrix_row(periods[0], "B", "50")]
    grid = one(finops.matrix(frame("finops.spend_matrix", *values), LOOK), Grid)
    assert len(grid.columns) == 14  # group, sum, twelve periods
    assert "2026-09-03" in grid.columns and "2026-09-02" not in grid.columns
    assert dict(seen(grid, "label", "total"))["A"] == 12
    one(finops.matrix(frame("finops.spend_matrix"), LOOK), Empty)


def mover(label: str, cost: str, before: str, quantity: str, price: str) -> dict[str, object]:
    return {"label": label, "movement": "changed", "cost": d(cost), "previous_cost": d(before),
            "change": d(cost) - d(before), "quantity_effect": d(quantity), "price_effect": d(price)}  # fmt: skip


def test_the_bill_goes_from_before_to_now_in_steps() -> None:
    frames = frame("finops.spend_movers", mover("JOBS", "0", "80", "-80", "0"), mover("SQL", "150", "100", "40", "10"))
    drawn, grid = one(finops.moved(frames, LOOK), Plot), one(finops.moved(frames, LOOK), Grid)
    assert drawn.alt == "From $180.00 to $150.00; the largest fall is JOBS, −$80.00."  # 80 + 100; 180 − 80 + 50
    assert drawn.figure.to_dict()["data"][0]["text"] == ["$180.00", "−$80.00", "+$50.00", "$150.00"]
    assert seen(grid, "label", "change", "quantity_effect", "price_effect") == [
        ("JOBS", -80, -80, 0), ("SQL", 50, 40, 10),
    ]  # fmt: skip
    one(finops.moved(frame("finops.spend_movers"), LOOK), Empty)


BAND = pd.DataFrame(
    {"day": pd.date_range("2026-11-01", periods=3), "cost": [100.0, 900.0, 40.0], "expected": 100.0, "low": 80.0,
     "high": 120.0}
)  # fmt: skip


def event(number: int, kind: str, excess: float, p: float) -> dict[str, object]:
    on = dt.date(2026, 11, number)
    return {"day": on, "last_day": on, "kind": kind, "place": "ws · SQL", "cost": 100 + excess, "expected": 100.0,
            "excess": excess, "p": p}  # fmt: skip


def test_unusual_days_are_marked_with_what_they_cost_too_much() -> None:
    values = [event(2, "spike", 800.0, 0.00001), event(3, "drop", -60.0, 0.0003)]
    events = pd.DataFrame(values, columns=[*cost_anomalies.COLUMNS, "place"])
    said = finops.anomalies({"events": events, "band": BAND}, LOOK)
    drawn, grid = one(said, Plot), one(said, Grid)
    assert drawn.alt.startswith("2 of 3 days outside what was expected")
    assert notes(drawn) == ["spike $800.00", "drop −$60.00"]
    assert seen(grid, "kind", "excess", "chance") == [("spike", 800, "< 0.0001"), ("drop", -60, "0.0003")]
    assert "mark" not in BAND  # shared with everybody who looks


def test_quiet_days_are_said_to_be_quiet() -> None:
    said = finops.anomalies({"events": pd.DataFrame(columns=[*cost_anomalies.COLUMNS, "place"]), "band": BAND}, LOOK)
    assert one(said, Plot).alt == "0 of 3 days outside what was expected."
    assert one(said, Empty).text == "No unusual cost in this period."


def test_the_forecast_says_its_middle_its_range_and_how_well_it_did() -> None:
    days = pd.date_range("2026-11-29", periods=2)
    frames = {
        "forecast_total": pd.DataFrame([{"p10": 900.0, "p50": 1000.0, "p90": 1250.0, "spent": 400.0, "wape": 0.081}]),
        "history": pd.DataFrame({"day": days - pd.Timedelta(days=2), "cost": [10.0, 20.0]}),
        "forecast": pd.DataFrame({"day": days, "p10": [1.0, 2.0], "p50": [3.0, 4.0], "p90": [5.0, 6.0]}),
    }
    said = finops.forecast(frames, NET_EUR)
    assert one(said, Note).text == (
        "Month end: €1k, with 8 of 10 chance between €900.00 and €1.2k; €400.00 so far. "
        "The same forecast missed earlier months by 8.1% on average."
    )
    assert "Expected €4.00" in one(said, Plot).alt and "€2.00 to €6.00" in one(said, Plot).alt
    assert "Not enough" in one(finops.forecast({"forecast_total": pd.DataFrame()}, LOOK), Empty).text


def test_a_changed_price_is_shown_by_unit_and_in_percent() -> None:
    change = {"sku_name": "S", "changed_at": dt.datetime(2026, 11, 1, 23, 30, tzinfo=dt.UTC), "old_price": d("0.07"),
              "new_price": d("0.063"), "change_ratio": -0.1, "quantity": d("10"), "effect": d("-0.07")}  # fmt: skip
    grid = one(finops.prices(frame("finops.price_changes", change), NET_EUR), Grid)
    assert seen(grid, "old_price", "new_price", "effect") == [(0.07, 0.063, -0.07)]  # 10 × (0.063 − 0.07)
    assert seen(grid, "change_ratio")[0][0] == pytest.approx(-10)  # percent
    assert [column(grid, n, NET_EUR)["label"] for n in ("old_price", "effect")] == ["Old (EUR)", "Effect (EUR net)"]
    one(finops.prices(frame("finops.price_changes"), LOOK), Empty)


def test_fourteen_owners_are_drawn_largest_first() -> None:
    values: list[dict[str, object]] = [{"owner": f"o{n}", "cost": d(str(n))} for n in range(1, 16)]
    drawn = one(finops.owners(frame("finops.owners", *values, {"owner": "free", "cost": None}), LOOK), Plot)
    found = bars(drawn)
    assert list(found)[0::13] == ["o15", "o2"] and len(found) == 14
    assert found["o15"] == "$15.00"
    assert notes(drawn) == ["2 more not drawn"]  # o1 and the one without a price
    assert drawn.alt == "o15 is first of 16 with $15.00."


def test_an_owner_without_a_price_is_not_zero() -> None:
    values: list[dict[str, object]] = [{"owner": "free", "cost": None}, {"owner": "paid", "cost": d("0.05")}]
    assert bars(one(finops.owners(frame("finops.owners", *values), LOOK), Plot)) == {"paid": "$0.05", "free": "–"}
    one(finops.owners(frame("finops.owners"), LOOK), Empty)
