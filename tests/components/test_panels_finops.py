"""What a reader of FinOps sees: totals with their changes, the largest parts, what is left out, and what is unknown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from agents.detectors.cost_frames import forecast_frames
from approvals.people.roles import RowLimits
from components.figures.bands import band, fan
from components.figures.bars import pareto
from components.figures.treemap import treemap
from components.frame.filters import Filters
from components.frame.page import Page
from components.panels import amounts, finops, month_end
from components.panels.cut_off import cut_off, grouped_and_cut
from components.sections.month_budget import budget_for
from components.text.tokens import tokens
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Metrics, Note, Plot
from settings import Settings
from tests.components.bodies import bars, column, frame, listed, notes, one, parts, path_of, seen
from tests.components.reading import NOW, Reader

LOOK, NET_EUR = ViewContext(), ViewContext(currency="EUR", basis="net")


def d(text: str) -> Decimal:
    return Decimal(text)


def total(cost: str | None, before: str | None, unpriced: int = 0) -> dict[str, pd.DataFrame]:
    now, was = (None if v is None else d(v) for v in (cost, before))
    counts = {"priced_rows": 1, "unpriced_rows": unpriced, "previous_unpriced_rows": 0}
    return frame("finops.spend_total", {"cost": now, "previous_cost": was, **counts})


def leaf(
    workspace: str | None, product: str, resource: str, cost: str | None, before: str | None, unpriced: int = 0
) -> dict[str, object]:
    return {
        "workspace_id": workspace,
        "workspace": f"ws {workspace}" if workspace else "account level",
        "product": product,
        "resource_kind": "job",
        "resource_id": resource,
        "resource": resource,
        "cost": None if cost is None else d(cost),
        "previous_cost": None if before is None else d(before),
        "unpriced_rows": unpriced,
    }


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
    frames = total(cost, before, unpriced=3) | frame("finops.spend_tree") | frame("finops.spend_by_day")
    (only,) = one(finops.totals(frames, LOOK), Metrics).items
    assert only.change is None


def test_the_total_names_basis_and_currency_and_counts_what_has_no_price() -> None:
    rest = frame("finops.spend_tree") | frame("finops.spend_by_day")
    (item,) = one(finops.totals(total("1234567.89", "1", 1234) | rest, NET_EUR), Metrics).items
    assert (item.label, item.value) == ("Total, net price", "€1.2M")
    assert item.help.startswith("1,234 usage rows have no price and are not in this sum")
    (item,) = one(finops.totals(total("1", "1", 1) | rest, LOOK), Metrics).items
    assert item.help == "1 usage row has no price and is not in this sum; see the view Quality."
    (item,) = one(finops.totals(total("1", "1") | rest, LOOK), Metrics).items
    assert item.help == ""


def test_what_is_used_without_a_price_is_unknown_and_what_is_not_used_costs_nothing() -> None:
    leaves = [
        leaf("1", "SQL", "a", None, "100", unpriced=2), leaf("1", "SQL", "b", None, "50"),
        leaf("1", "JOBS", "gone", None, "100"), leaf("1", "DLT", "c", "30", "40", unpriced=1),
    ]  # fmt: skip
    days = frame("finops.spend_by_day", day(1, "SQL", None), day(1, "DLT", "30"))
    frames = total(None, "290", unpriced=3) | frame("finops.spend_tree", *leaves) | days
    items = {m.label: m for m in one(finops.totals(frames, LOOK), Metrics).items}
    assert {name: (m.value, m.change) for name, m in items.items()} == {
        "Total, list price": ("–", None),
        "SQL": ("–", None),  # two rows without a price: nobody knows whether it fell
        "Jobs": ("$0.00", -1),  # nothing of it was used
        "DLT": ("$30.00", -0.25),
    }
    assert items["SQL"].trend == () and items["SQL"].help.startswith("2 usage rows have no price")
    (item,) = one(finops.totals(total(None, "10") | frame("finops.spend_tree") | days, LOOK), Metrics).items
    assert (item.value, item.change) == ("$0.00", -1)


def test_a_trend_is_the_sum_of_each_day_in_the_order_of_days() -> None:
    days = [day(2, "SQL", "4"), day(1, "SQL", "1.5"), day(1, "JOBS", "2"), day(2, "JOBS", None)]
    tree = frame("finops.spend_tree", leaf("1", "SQL", "a", "5.5", "1"))
    items = one(finops.totals(total("7.5", "1") | tree | frame("finops.spend_by_day", *days), LOOK), Metrics).items
    assert [m.trend for m in items] == [(3.5, 4.0), (1.5, 4.0)]  # JOBS without a price on the second day adds nothing


def test_a_day_without_usage_is_zero_in_the_trend() -> None:
    days = [day(1, "JOBS", "2"), day(2, "SQL", "4"), day(5, "SQL", "1"), day(6, "JOBS", "3")]
    tree = frame("finops.spend_tree", leaf("1", "SQL", "a", "5", "1"), leaf("1", "JOBS", "b", "5", "1"))
    items = one(finops.totals(total("10", "2") | tree | frame("finops.spend_by_day", *days), LOOK), Metrics).items
    assert {m.label: m.trend for m in items} == {
        "Total, list price": (2, 4, 0, 0, 1, 3),
        "SQL": (0, 4, 0, 0, 1, 0),
        "Jobs": (2, 0, 0, 0, 0, 3),
    }


def test_sums_are_exact_and_unknown_amounts_count_nothing() -> None:
    assert amounts.amount([d("0.1"), None, d("0.2"), float("nan")]) == d("0.3")  # floats would give 0.30000000000000004
    assert amounts.amount([]) == 0
    # 20 digits before the point and 18 behind: more than the 28 that decimals keep by themselves
    parts = [d("12345678901234567890"), d("0.000000000000000001")]
    assert amounts.amount(parts) == d("12345678901234567890.000000000000000001")


def test_the_tree_says_who_is_largest_and_leaves_out_what_has_no_area() -> None:
    leaves = [
        leaf("1", "SQL", "W", "75", "50"),
        leaf(None, "JOBS", "J", "25", None),
        leaf("3", "JOBS", "free", None, None),
        leaf("3", "DLT", "taken back", "-5", None),
    ]
    drawn = one(finops.tree(frame("finops.spend_tree", *leaves), LOOK), Plot)
    assert drawn.alt == "$95.00 in 3 groups; ws 1 is largest with $75.00 (79%)."  # 75 + 25 − 5, as the total says
    trace = drawn.figure.to_dict()["data"][0]
    texts = dict(zip(trace["labels"], trace["text"], strict=True))
    assert texts["W"] == "$75.00 +50%"
    assert texts["account level"] == "$25.00 new"
    assert "free" not in texts and "taken back" not in texts
    assert "2 without cost not drawn" in notes(drawn)


def tiles(plot: Plot) -> dict[tuple[str, ...], tuple[str, float]]:
    """What a treemap writes on each part, and the area it has of its own."""
    trace = plot.figure.to_dict()["data"][0]
    paths = [tuple(i.split("/")) for i in trace["ids"]]
    return dict(zip(paths, zip(trace["text"], trace["values"], strict=True), strict=True))


def test_a_group_counts_what_is_gone_and_what_was_taken_back() -> None:
    leaves = [
        leaf("1", "SQL", "W", "75", "50"), leaf("1", "SQL", "X", None, "100"), leaf("2", "JOBS", "J", "60", "80"),
        leaf("2", "DLT", "back", "-20", None),
    ]  # fmt: skip
    drawn = one(finops.tree(frame("finops.spend_tree", *leaves), LOOK), Plot)
    # 1: 75 against 50 + 100; 2: 60 − 20 against 80; areas are of what costs something
    assert tiles(drawn) == {
        ("%*",): ("$115.00 −50%", 0),
        ("1",): ("$75.00 −50%", 0),
        ("1", "SQL"): ("$75.00 −50%", 0),
        ("1", "SQL", "job:W"): ("$75.00 +50%", 75),
        ("2",): ("$40.00 −50%", 0),
        ("2", "JOBS"): ("$60.00 −25%", 0),
        ("2", "JOBS", "job:J"): ("$60.00 −25%", 60),
    }
    trace = drawn.figure.to_dict()["data"][0]
    assert "before: $150.00 (−50%)" in trace["hovertext"][1] and "before: $150.00 (−50%)" in trace["hovertext"][2]
    assert trace["marker"]["colors"][2] == tokens("light").diverging[0]  # −50 % is drawn as −40 %
    assert drawn.alt == "$115.00 in 2 groups; ws 1 is largest with $75.00 (65%)."
    evens = frame("finops.spend_tree", leaf("1", "SQL", "a", "5", "0.1"), leaf("1", "SQL", "b", "-5", "-0.1"))
    assert one(finops.tree(evens, LOOK), Plot).alt == "$0.00 in 1 group; ws 1 is largest with $0.00."


def test_what_is_too_much_to_draw_stands_together_where_it_belongs() -> None:
    rows = [("1", "a", "10", "5"), ("1", "b", "9", None), ("1", "c", "2", "4"), ("1", "d", "1", "2"),
            ("2", "e", "8", None), ("3", "f", "1.5", "1"), ("3", "g", None, "7")]  # fmt: skip
    table = pd.DataFrame(
        [{"w": w, "r": r, "now": d(now) if now else None, "was": d(was) if was else None} for w, r, now, was in rows]
    )
    drawn = treemap(table, LOOK, levels=[("w", "w"), ("r", "r")], value="now", previous="was", most=10)
    assert isinstance(drawn, Plot)
    found = tiles(drawn)  # three leaves: with their groups and places for the others these are at most ten
    assert found[("1",)] == ("$22.00 +100%", 0)  # 10 + 9 + 2 + 1 against 5 + 4 + 2
    assert found[("2",)] == ("$8.00 new", 0)
    more = {path: said for path, said in found.items() if path[-1] == "%+"}
    assert more == {("1", "%+"): ("$3.00 −50%", 3), ("%+",): ("$1.50 +50%", 1.5)}
    assert sum(area for _, area in found.values()) == 31.5  # nothing that costs something is without area
    trace = drawn.figure.to_dict()["data"][0]
    labels = dict(zip(trace["ids"], trace["labels"], strict=True))
    assert (labels["1/%+"], labels["%+"]) == ("2 more", "1 more")
    assert path_of("1/%+") == ("1",) and path_of("%+") == ()
    assert drawn.alt == "$31.50 in 3 groups; 1 is largest with $22.00 (70%)."


def test_a_tree_without_any_money_is_unknown_or_empty() -> None:
    one(finops.tree(frame("finops.spend_tree", leaf("1", "SQL", "free", None, "5")), LOOK), Note)
    one(finops.tree(frame("finops.spend_tree"), LOOK), Empty)


def test_the_seventh_product_of_a_day_is_other() -> None:
    days = [day(1, f"P{n}", str(n)) for n in range(1, 9)] + [day(2, "P8", None), day(2, "P1", "0.5")]
    drawn = one(finops.per_day(frame("finops.spend_by_day", *days), LOOK), Plot)
    found = parts(drawn)
    assert list(found) == ["P8", "P7", "P6", "P5", "P4", "P3", "Other"]
    assert found["Other"] == {"2026-11-01": 3, "2026-11-02": 0.5}  # P2 and P1: 2 + 1; then P1 alone
    assert drawn.alt == "P8 is 22% of $36.50; highest on 1 Nov with $36.00."  # 1 + 2 + … + 8 = 36


def test_a_day_whose_records_still_arrive_is_marked_and_named() -> None:
    done, late = day(1, "SQL", "4") | {"complete": True}, day(2, "SQL", "1") | {"complete": False}
    days = frame("finops.spend_by_day", done, late)
    assert notes(one(finops.per_day(days, LOOK), Plot)) == ["so far"]
    rest = total("5", "5") | frame("finops.spend_tree")
    assert one(finops.totals(rest | days, LOOK), Metrics).versus.endswith("; records of 2 Nov still arrive")
    days = frame("finops.spend_by_day", done)
    assert notes(one(finops.per_day(days, LOOK), Plot)) == []
    assert one(finops.totals(rest | days, LOOK), Metrics).versus.endswith("usage without a price left out")


def matrix_row(period: dt.date, label: str, cost: str | None) -> dict[str, object]:
    return {"period": period, "group_key": label, "label": label, "cost": None if cost is None else d(cost)}


def test_groups_by_period_run_as_the_bars_do_and_add_up_exactly() -> None:
    old, new = dt.date(2026, 9, 1), dt.date(2026, 10, 1)
    frames = frame(
        "finops.spend_matrix",
        matrix_row(old, "SQL", "1.1"),
        matrix_row(new, "SQL", "2.2"),
        matrix_row(new, "JOBS", "9"),
        matrix_row(new, "JOBS", "0.25"),
    )
    grid = one(finops.matrix(frames, LOOK), Grid)
    names = list(grid.columns)
    assert [column(grid, n, NET_EUR)["label"] for n in names] == [
        "Group",
        "Total (EUR net)",
        "Change",
        "1 Sep 2026 (EUR net)",
        "1 Oct 2026 (EUR net)",
    ]
    # two groups may have one name, as workspaces of another region do: 9 + 0.25
    assert seen(grid, *names) == [
        ("JOBS", 9.25, None, 0, 9.25), ("SQL", 3.3, 100, 1.1, 2.2), ("All", 12.55, pytest.approx(940.90909), 1.1, 11.45),
    ]  # fmt: skip
    assert len(grid.frame) == 2 and grid.thing_at("label", 2) is None  # the last row is drawn, and no row of the table
    assert grid.caption == "change: 1 Oct 2026 against 1 Sep 2026, the last two periods"
    assert list(grid.frame["total"]) == [d("9.25"), d("3.3")]  # floats would give 3.3000000000000003


def test_periods_that_the_window_cuts_are_hatched_and_said() -> None:
    old, new = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
    frames = frame("finops.spend_matrix", matrix_row(old, "SQL", "1"), matrix_row(new, "SQL", "2"))
    cut = grouped_and_cut("product", "month", dt.date(2026, 10, 29), dt.date(2026, 12, 1))(Frames(frames))
    drawn, grid = one(finops.matrix(cut, LOOK), Plot), one(finops.matrix(cut, LOOK), Grid)
    assert drawn.figure.to_dict()["data"][0]["marker"]["pattern"]["shape"] == ["/", ""]
    assert notes(drawn) == ["3 of 31 days"] and drawn.alt.endswith(" Cut off: 1 Oct (3 of 31 days).")
    assert [label for label, _ in grid.columns.values()][2:] == ["1 Oct 2026, 3 of 31 days", "1 Nov 2026"]
    assert "change" not in grid.columns  # only one of the two is whole
    whole = grouped_and_cut("product", "month", old, dt.date(2026, 12, 1))(Frames(frames))
    assert "pattern" not in one(finops.matrix(whole, LOOK), Plot).figure.to_dict()["data"][0]["marker"]


@pytest.mark.parametrize(
    ("period", "grain", "start", "end", "said"),
    [
        ("2026-10-26", "week", "2026-10-29", "2026-11-28", "4 of 7 days"),
        ("2026-11-23", "week", "2026-10-29", "2026-11-28", "5 of 7 days"),
        ("2026-11-16", "week", "2026-10-29", "2026-11-28", None),
        ("2026-10-29", "day", "2026-10-29", "2026-11-28", None),
        ("2026-02-01", "month", "2026-02-10", "2026-02-20", "10 of 28 days"),  # cut on both sides
        ("2024-02-01", "month", "2024-02-01", "2024-02-29", "28 of 29 days"),
        ("2026-12-01", "month", "2026-12-01", "2027-01-01", None),
    ],
)
def test_how_many_days_of_a_period_lie_in_the_window(
    period: str, grain: str, start: str, end: str, said: str | None
) -> None:
    at, first, after = (dt.date.fromisoformat(one) for one in (period, start, end))
    assert cut_off([at], grain, first, after).get(at) == said


def test_of_many_periods_the_newest_twelve_are_shown_and_summed() -> None:
    periods = [dt.date(2026, 9, 1) + dt.timedelta(days=n) for n in range(14)]
    values = [matrix_row(p, "A", "1") for p in periods] + [matrix_row(periods[0], "B", "50")]
    grid = one(finops.matrix(frame("finops.spend_matrix", *values), LOOK), Grid)
    assert len(grid.columns) == 15  # group, sum, change, twelve periods
    assert grid.columns["total"][0] == "Last 12 periods"
    assert "2026-09-03" in grid.columns and "2026-09-02" not in grid.columns
    assert dict(seen(grid, "label", "total"))["A"] == 12
    one(finops.matrix(frame("finops.spend_matrix"), LOOK), Empty)


def test_a_group_without_a_price_is_unknown_in_the_table_and_one_without_usage_is_zero() -> None:
    old, new = dt.date(2026, 9, 1), dt.date(2026, 10, 1)
    values = [matrix_row(new, "FREE", None), matrix_row(old, "SQL", None), matrix_row(new, "SQL", "2"),
              matrix_row(new, "JOBS", "3")]  # fmt: skip
    grid = one(finops.matrix(frame("finops.spend_matrix", *values), LOOK), Grid)
    assert seen(grid, "label", "total", "2026-10-01", "2026-09-01") == [
        ("JOBS", 3, 3, 0),
        ("SQL", 2, 2, None),
        ("FREE", None, None, 0),
        ("All", 5, 5, None),
    ]


def test_the_sum_of_a_group_keeps_every_digit() -> None:
    large, small = d("12345678901234567890"), d("0.000000000000000001")
    values = [matrix_row(dt.date(2026, m, 1), "A", str(v)) for m, v in ((9, large), (10, small))]
    grid = one(finops.matrix(frame("finops.spend_matrix", *values), LOOK), Grid)
    assert list(grid.frame["total"]) == [d("12345678901234567890.000000000000000001")]


def mover(label: str, cost: str, before: str, quantity: str, price: str) -> dict[str, object]:
    return {
        "label": label,
        "movement": "changed",
        "cost": d(cost),
        "previous_cost": d(before),
        "change": d(cost) - d(before),
        "quantity_effect": d(quantity),
        "price_effect": d(price),
    }


def test_the_bill_goes_from_before_to_now_in_steps() -> None:
    frames = frame("finops.spend_movers", mover("JOBS", "0", "80", "-80", "0"), mover("SQL", "150", "100", "40", "10"))
    drawn, grid = one(finops.moved(frames, LOOK), Plot), one(finops.moved(frames, LOOK), Grid)
    assert (
        drawn.alt == "From $180.00 to $150.00 (−16.7%); the largest fall is JOBS, −$80.00."
    )  # 80 + 100; 180 − 80 + 50
    assert drawn.figure.to_dict()["data"][0]["text"] == ["−$80.00", "+$50.00", "−$30.00"]
    assert seen(grid, "label", "change", "quantity_effect", "price_effect") == [
        ("JOBS", -80, -80, 0),
        ("SQL", 50, 40, 10),
    ]
    one(finops.moved(frame("finops.spend_movers"), LOOK), Empty)


def test_what_did_not_change_neither_rose_nor_fell() -> None:
    same, fell = mover("SQL", "100", "100", "0", "0"), mover("JOBS", "0.5", "1", "-0.5", "0")
    said = finops.moved(frame("finops.spend_movers", same, fell), LOOK)
    assert one(said, Plot).alt == "From $101.00 to $100.50 (−0.5%); the largest fall is JOBS, −$0.50."
    assert one(said, Plot).figure.to_dict()["data"][0]["text"] == ["−$0.50", "−$0.50"]
    said = finops.moved(frame("finops.spend_movers", same, mover("DLT", "5", "5", "-1", "1")), LOOK)
    assert one(said, Empty).text == "Nothing moved: $105.00 in this period as in the one before."
    assert [name for (name,) in seen(one(said, Grid), "label")] == ["SQL", "DLT"]


def test_only_what_is_new_or_gone_is_said_to_be() -> None:
    changed, new = mover("SQL", "150", "100", "40", "10"), mover("DLT", "5", "0", "5", "0") | {"movement": "new"}
    assert "movement" not in one(finops.moved(frame("finops.spend_movers", changed), LOOK), Grid).columns
    grid = one(finops.moved(frame("finops.spend_movers", changed, new), LOOK), Grid)
    assert seen(grid, "label", "movement") == [("SQL", None), ("DLT", "new")]


BAND = pd.DataFrame(
    {
        "day": pd.date_range("2026-11-01", periods=3),
        "cost": [100.0, 900.0, 40.0],
        "expected": 100.0,
        "low": 80.0,
        "high": 120.0,
    }
)


def test_a_day_is_written_as_a_day_and_a_time_as_a_time() -> None:
    def drawn(*when: str) -> Plot:
        odd = BAND.head(len(when)).assign(day=pd.to_datetime(list(when)), odd=True)
        return one(band(odd, LOOK, x="day", value="cost", low="low", high="high", flag="odd"), Plot)

    one_day = drawn("2026-11-02")
    assert one_day.alt == "1 of 1 day outside what was expected: 2 Nov."
    assert one_day.figure.to_dict()["data"][2]["hovertext"] == ["<b>actual</b><br>Mon 2 Nov: $100.00"]
    assert drawn("2026-11-02 00:00", "2026-11-03 14:00").alt.endswith(": 2 Nov, 3 Nov.")


def test_the_forecast_says_its_middle_its_range_and_how_well_it_did() -> None:
    days = pd.date_range("2026-11-29", periods=2)
    frames = {
        "forecast_total": pd.DataFrame(
            [{"p10": 900.0, "p50": 1000.0, "p90": 1250.0, "spent": 400.0, "wape": 0.081, "unseen": ""}]
        ),
        "history": pd.DataFrame({"day": days - pd.Timedelta(days=2), "cost": [10.0, 20.0]}),
        "forecast": pd.DataFrame({"day": days, "p10": [1.0, 2.0], "p50": [3.0, 4.0], "p90": [5.0, 6.0]}),
    }
    said = month_end.forecast(frames, NET_EUR)
    assert one(said, Finding).text == "The month ends at €1k, 8 of 10 times between €900.00 and €1.2k; €400.00 so far."
    assert one(said, Note).text == "The same forecast missed earlier months by 8.1% on average."
    assert one(said, Plot).alt == "Expected €4.00 by 30 Nov (8 of 10 outcomes: €2.00 to €6.00)."
    frames["forecast_total"]["wape"] = float("nan")
    assert one(month_end.forecast(frames, NET_EUR), Note).text.endswith(
        "The billing table holds no earlier month to compare this forecast with."
    )
    frames["forecast_total"]["unseen"] = "end of a quarter"
    assert one(month_end.forecast(frames, NET_EUR), Note).text.endswith(
        " No end of a quarter like the one ahead was seen yet: what it adds is not known."
    )
    assert "Too few" in one(month_end.forecast({"forecast_total": pd.DataFrame()}, LOOK), Empty).text


def test_what_is_expected_begins_where_what_was_ends() -> None:
    days = pd.date_range("2026-11-26", periods=4)
    drawn = one(
        [
            fan(
                pd.DataFrame({"day": days[:2], "cost": [10.0, 20.0]}),
                pd.DataFrame({"day": days[2:], "p10": [1.0, 2.0], "p50": [3.0, 4.0], "p90": [5.0, 6.0]}),
                LOOK,
                x="day",
                value="cost",
                middle="p50",
                ranges=[("p10", "p90", "8 of 10")],
            )
        ],
        Plot,
    )
    ahead = next(one for one in drawn.figure.to_dict()["data"] if one.get("name") == "forecast")
    assert (ahead["x"], ahead["y"]) == (["2026-11-27", "2026-11-28", "2026-11-29"], [20, 3, 4])


def months(last: str) -> pd.DataFrame:
    """1 a day in September, 2 in October, 3 in November, from 1 August (1) on up to ``last``."""
    days = pd.date_range("2026-08-01", last)
    costs = [{9: 1, 10: 2, 11: 3}.get(day.month, 1) for day in days]
    return pd.DataFrame({"usage_date": days.date, "cost": [d(str(c)) for c in costs], "complete": True})


def test_the_month_adds_up_beside_the_one_before() -> None:
    made = forecast_frames(months("2026-11-10"))
    month = made["month"].set_index("day")
    assert list(month.index) == list(range(1, 32))  # October has 31 days, November 30
    assert dict(month["actual"].dropna()) == {day: 3.0 * day for day in range(1, 11)}
    assert dict(month["before"]) == {day: 2.0 * day for day in range(1, 32)}
    assert month["ahead"].first_valid_index() == 10 and list(month.loc[10, ["low", "ahead", "high"]]) == [30] * 3
    total = made["forecast_total"].iloc[0]
    ends = list(month.loc[30, ["low", "ahead", "high"]])
    assert ends == pytest.approx([total["p10"], total["p50"], total["p90"]]) and list(
        month.loc[31:, "ahead"].isna()
    ) == [True]
    drawn = next(one for one in listed(month_end.forecast(made, LOOK)) if isinstance(one, Plot))
    assert drawn.alt == "November: $30.00 by day 10; October $20.00 by then, $62.00 in all."


@pytest.mark.parametrize(
    ("amount", "said", "tone", "label"),
    [
        (25.0, "Over budget since 9 Nov: the month ends at ", "act", "budget $25.00, over since 9 Nov"),
        (31.5, "Over budget on 11 Nov: the month ends at ", "watch", "budget $31.50, over on 11 Nov"),
        (5000.0, "Within budget: the month ends at ", "ok", "budget $5k"),
    ],
)
def test_the_month_is_within_its_budget_or_over_it_from_a_day_on(
    amount: float, said: str, tone: str, label: str
) -> None:
    made = forecast_frames(months("2026-11-10")) | {"budget": month_end.budgeted(amount)}
    bodies = listed(month_end.forecast(made, LOOK))
    found = one(bodies, Finding)
    assert found.text.startswith(said) and f" of ${amount:,.2f}".removesuffix(".00")[:4] in found.text
    assert found.tone == tone
    layout = next(body for body in bodies if isinstance(body, Plot)).figure.to_dict()["layout"]
    assert [note["text"] for note in layout["annotations"]] == [label]
    assert [shape["y0"] for shape in layout["shapes"]] == [amount]


def test_what_the_budget_is_not_compared_with_is_said() -> None:
    made = forecast_frames(months("2026-11-10")) | {"budget": month_end.budgeted(None, "It is the whole account's.")}
    bodies = listed(month_end.forecast(made, LOOK))
    assert one(bodies, Finding).text.startswith("The month ends at ")
    assert next(body.text for body in bodies if type(body) is Note) == "It is the whole account's."


@pytest.mark.parametrize(
    ("look", "limits", "amount", "why"),
    [
        (LOOK, RowLimits(), 170_000.0, ""),
        (ViewContext(limited=("workspaces",)), RowLimits(), None, "whole account"),
        (NET_EUR, RowLimits(), None, "USD and list prices"),
        (LOOK, RowLimits(workspaces=frozenset({"1"})), None, None),
    ],
)
def test_a_budget_is_compared_with_the_whole_account_in_its_prices_only(
    look: ViewContext, limits: RowLimits, amount: float | None, why: str | None
) -> None:
    page = Page("", Filters(dt.date(2026, 11, 1), dt.date(2026, 11, 20)), look, NOW, Reader({}), limits)
    found = budget_for(page, Settings(monthly_budget="170000 USD"))
    assert budget_for(page, Settings()).empty
    if why is None:
        assert found.empty
    else:
        assert found["amount"].tolist() == [amount] and why in found["why"].iloc[0]


def test_a_month_of_which_no_day_is_complete_and_one_that_is_not_whole_before() -> None:
    month = forecast_frames(months("2026-10-31"))["month"].set_index("day")
    assert month["actual"].isna().all() and month["before"].notna().sum() == 31
    assert month["ahead"].first_valid_index() in (0, 1) and month.index.min() == 1
    short = forecast_frames(months("2026-11-10").iloc[65:])  # from 5 October on: too few days for a forecast
    assert short["month"].empty
    missing = months("2026-11-29")
    missing = missing[missing["usage_date"] >= dt.date(2026, 10, 2)]
    found = forecast_frames(missing)["month"]
    assert found["before"].isna().all() and found["actual"].notna().sum() == 29


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
    assert drawn.alt == "o15 is first of 16 with $15.00, 12% of $120.00."


def test_one_of_many_makes_and_several_make_most_of_it() -> None:
    def reach(*sizes: int) -> str:
        table = pd.DataFrame({"n": [f"n{i}" for i in range(len(sizes))], "v": sizes})
        return one(pareto(table, LOOK, label="n", value="v"), Plot).alt

    assert reach(8, 2) == "n0 is most frequent (8 of 10); 1 of 2 makes 80% of it."
    assert reach(5, 4, 1) == "n0 is most frequent (5 of 10); 2 of 3 make 80% of it."


def test_an_owner_without_a_price_is_not_zero() -> None:
    values: list[dict[str, object]] = [{"owner": "free", "cost": None}, {"owner": "paid", "cost": d("0.05")}]
    assert bars(one(finops.owners(frame("finops.owners", *values), LOOK), Plot)) == {"paid": "$0.05", "free": "–"}
    one(finops.owners(frame("finops.owners"), LOOK), Empty)
