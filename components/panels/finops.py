"""FinOps: what we spend, what moved, where it goes. Money is exact until it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from components import format as fmt
from components.figures.bars import ranked
from components.figures.lines import band, fan
from components.figures.stacked import stacked
from components.figures.treemap import treemap
from components.figures.waterfall import waterfall
from components.panel import panel
from components.tile import Body, Empty, Frames, Grid, Look, Metric, Metrics, Note

ZERO = Decimal(0)


def amount(values: Any) -> Any:
    """The exact sum (Decimal) of a money column; unknown amounts count nothing."""
    return sum((v for v in values if fmt.known(v)), ZERO)


def product_name(code: str) -> str:
    """``MODEL_SERVING`` -> ``Model serving``; short codes such as SQL stay."""
    return code if len(code) <= 3 else code.replace("_", " ").capitalize()


def ratio(now: Decimal, before: Decimal) -> float | None:
    """The change as a ratio; None when there was nothing before."""
    return float(now / before - 1) if before > 0 else None


@panel("This period")
def totals(frames: Frames, look: Look) -> Body:
    """The bill and its four largest products, each against the equal period before."""
    total = frames["spend_total"].iloc[0]
    tree, days = frames["spend_tree"], frames["spend_by_day"]
    items = [
        Metric(
            f"Total, {look.basis} price",
            fmt.money(total["cost"] if fmt.known(total["cost"]) else ZERO, look.currency),
            ratio(total["cost"] or ZERO, total["previous_cost"] or ZERO) if fmt.known(total["cost"]) else None,
            good="down",
            trend=_trend(days),
            help=_unpriced_help(int(total["unpriced_rows"])),
        )
    ]
    sums = tree.groupby("product")[["cost", "previous_cost"]].agg(amount).sort_values("cost", ascending=False).head(4)
    for product, row in sums.iterrows():
        own = days[days["product"] == product]
        items.append(
            Metric(
                product_name(str(product)),
                fmt.money(row["cost"], look.currency),
                ratio(row["cost"], row["previous_cost"]),
                good="down",
                trend=_trend(own),
            )
        )
    return Metrics(items, "against the equal period before; corrections included, usage without a price left out")


def _trend(days: pd.DataFrame) -> tuple[float, ...]:
    sums = days.groupby("usage_date")["cost"].agg(amount)
    return tuple(float(v) for v in sums)


def _unpriced_help(rows: int) -> str:
    return f"{rows:,} usage rows have no price and are not in this sum; see the view Quality." if rows else ""


@panel("Where the money goes", height=380)
def tree(frames: Frames, look: Look) -> Body:
    """Workspace, product, resource by cost; colour is the change."""
    frame = frames["spend_tree"].copy()
    frame["leaf"] = frame["resource_kind"] + ":" + frame["resource_id"].fillna("")
    levels = [("workspace_id", "workspace"), ("product", "product"), ("leaf", "resource")]
    return treemap(frame, look, levels=levels, value="cost", previous="previous_cost", height=380)


@panel("Spend per day")
def per_day(frames: Frames, look: Look) -> Body:
    """Cost per day, stacked by product."""
    return stacked(frames["spend_by_day"], look, x="usage_date", series="product", value="cost")


@panel("By group and period", height=420)
def matrix(frames: Frames, look: Look) -> Sequence[Body]:
    """Groups by period: the same figures as bars and as a table with one column per period."""
    frame = frames["spend_matrix"]
    drawn = stacked(frame, look, x="period", series="label", value="cost", height=280)
    if isinstance(drawn, Empty):
        return [drawn]
    wide = frame.pivot_table(index="label", columns="period", values="cost", aggfunc=amount, sort=True)
    periods = sorted(wide.columns, reverse=True)[:12]
    wide = wide[periods].map(lambda v: v if fmt.known(v) else ZERO)
    wide.insert(0, "total", wide.sum(axis=1))
    wide = wide.sort_values("total", ascending=False).reset_index()
    wide.columns = [str(name) for name in wide.columns]
    names = {str(p): (fmt.day(pd.Timestamp(str(p)).date(), year=True), "money") for p in periods}
    return [drawn, Grid(wide, {"label": ("Group", "text"), "total": ("Shown periods", "money"), **names})]


@panel("What moved the bill", height=340)
def moved(frames: Frames, look: Look) -> Sequence[Body]:
    """From the bill before to the bill now, step by step; then quantity and price apart."""
    frame = frames["spend_movers"]
    before = amount(frame["previous_cost"])
    drawn = waterfall(frame, look, label="label", change="change", first=("Before", before), last="Now", height=340)
    if isinstance(drawn, Empty):
        return [drawn]
    columns = {
        "label": ("Contributor", "text"),
        "movement": ("Movement", "text"),
        "cost": ("Now", "money"),
        "previous_cost": ("Before", "money"),
        "change": ("Change", "money"),
        "quantity_effect": ("by quantity", "money"),
        "price_effect": ("by price", "money"),
    }
    return [drawn, Grid(frame, columns)]


@panel("Unusual cost")
def anomalies(frames: Frames, look: Look) -> Sequence[Body]:
    """The account's band with its unusual days, and the events at the deepest place that explains them."""
    events, account = frames["events"], frames["band"].copy()
    marks = {
        day: f"{kind} {fmt.money(excess, look.currency)}"
        for day, kind, excess in zip(events["day"], events["kind"], events["excess"], strict=True)
    }
    account["mark"] = [marks.get(day.date(), "") for day in account["day"]]
    account["unusual"] = account["mark"] != ""
    drawn = band(
        account,
        look,
        x="day",
        value="cost",
        low="low",
        high="high",
        expected="expected",
        flag="unusual",
        flag_text="mark",
    )
    if events.empty:
        return [
            drawn,
            Empty("No unusual cost in this period.", "Every resource stayed within what it does on such days."),
        ]
    columns = {
        "day": ("From", "date"),
        "last_day": ("To", "date"),
        "kind": ("Kind", "text"),
        "place": ("Where", "text"),
        "cost": ("Cost", "money"),
        "expected": ("Expected", "money"),
        "excess": ("Excess", "money"),
        "chance": ("Chance", "text"),
    }
    told = events.assign(chance=["< 0.0001" if p < 1e-4 else f"{p:.4f}" for p in events["p"]])
    return [
        drawn,
        Grid(told, columns, caption="Chance: of such a day in quiet times, ranked over all series"),
    ]


@panel("How the month ends")
def forecast(frames: Frames, look: Look) -> Sequence[Body]:
    """The month so far and a fan to its end, with how well the same forecast did before."""
    if frames["forecast_total"].empty:
        return [Empty("Not enough complete days for a forecast.", "It needs seven weeks of billing data.")]
    total = frames["forecast_total"].iloc[0]
    drawn = fan(
        frames["history"],
        frames["forecast"],
        look,
        x="day",
        value="cost",
        middle="p50",
        ranges=[("p10", "p90", "8 of 10 outcomes")],
    )
    money = {name: fmt.money(total[name], look.currency) for name in ("p10", "p50", "p90", "spent")}
    text = (
        f"Month end: {money['p50']}, with 8 of 10 chance between {money['p10']} and {money['p90']}; "
        f"{money['spent']} so far. The same forecast missed earlier months by {fmt.percent(total['wape'])} on average."
    )
    return [Note(text), drawn]


@panel("Prices that changed")
def prices(frames: Frames, look: Look) -> Body:
    """Prices that changed inside the period."""
    if frames["price_changes"].empty:
        return Empty("No price changed in this period.")
    frame = frames["price_changes"]
    columns = {
        "sku_name": ("SKU", "text"),
        "changed_at": ("Changed", "time"),
        "old_price": ("Old", "price"),
        "new_price": ("New", "price"),
        "change_ratio": ("Change", "change"),
        "effect": ("Effect", "money"),
    }
    return Grid(frame, columns)


@panel("Who spends")
def owners(frames: Frames, look: Look) -> Body:
    """Who spends."""
    return ranked(frames["owners"], look, label="owner", value="cost", top=14)
