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
            f"Total, {look.basis} price", fmt.money(total["cost"] if fmt.known(total["cost"]) else ZERO, look.currency),
            ratio(total["cost"] or ZERO, total["previous_cost"] or ZERO) if fmt.known(total["cost"]) else None,
            good="down", trend=_trend(days), help=_unpriced_help(int(total["unpriced_rows"])),
        )
    ]  # fmt: skip
    sums = tree.groupby("product")[["cost", "previous_cost"]].agg(amount).sort_values("cost", ascending=False).head(4)
    for product, row in sums.iterrows():
        own = days[days["product"] == product]
        items.append(
            Metric(str(product).replace("_", " ").capitalize(), fmt.money(row["cost"], look.currency),
                   ratio(row["cost"], row["previous_cost"]), good="down", trend=_trend(own))
        )  # fmt: skip
    return Metrics(items, "against the equal period before; corrections included, usage without a price left out")


def _trend(days: pd.DataFrame) -> tuple[float, ...]:
    sums = days.groupby("usage_date")["cost"].agg(amount)
    return tuple(float(v) for v in sums)


def _unpriced_help(rows: int) -> str:
    return f"{rows:,} usage rows have no price and are not in this sum; see Bill quality." if rows else ""


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
        "label": ("Contributor", "text"), "movement": ("Movement", "text"), "cost": ("Now", "money"),
        "previous_cost": ("Before", "money"), "change": ("Change", "money"),
        "quantity_effect": ("by quantity", "money"), "price_effect": ("by price", "money"),
    }  # fmt: skip
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
    drawn = band(account, look, x="day", value="cost", low="low", high="high", expected="expected", flag="unusual",
                 flag_text="mark")  # fmt: skip
    if events.empty:
        return [
            drawn,
            Empty("No unusual cost in this period.", "Every resource stayed within what it does on such days."),
        ]
    columns = {
        "day": ("From", "date"), "last_day": ("To", "date"), "kind": ("Kind", "text"), "place": ("Where", "text"),
        "cost": ("Cost", "money"), "expected": ("Expected", "money"), "excess": ("Excess", "money"),
        "p": ("p", "number"),
    }  # fmt: skip
    return [
        drawn,
        Grid(events, columns, caption="p is the chance of such a day in quiet times, ranked over all series"),
    ]


@panel("How the month ends")
def forecast(frames: Frames, look: Look) -> Sequence[Body]:
    """The month so far and a fan to its end, with how well the same forecast did before."""
    if frames["forecast_total"].empty:
        return [Empty("Not enough complete days for a forecast.", "It needs seven weeks of billing data.")]
    total = frames["forecast_total"].iloc[0]
    drawn = fan(frames["history"], frames["forecast"], look, x="day", value="cost", middle="p50",
                ranges=[("p10", "p90", "8 of 10 outcomes")])  # fmt: skip
    money = {name: fmt.money(total[name], look.currency) for name in ("p10", "p50", "p90", "spent")}
    text = (
        f"Month end: {money['p50']}, with 8 of 10 chance between {money['p10']} and {money['p90']}; "
        f"{money['spent']} so far. The same forecast missed earlier months by {fmt.percent(total['wape'])} on average."
    )
    return [Note(text), drawn]


PARTS = ("allocated", "idle", "untagged", "unallocated", "unpriced")


@panel("Does it add up?")
def reconciliation(frames: Frames, look: Look) -> Sequence[Body]:
    """Each month's bill and the disjoint parts it is made of; they sum to it to the last digit."""
    frame, bills = frames["reconciliation"], frames["bill_by_month"]
    if frame.empty:
        return [Empty("No billing rows in this period.")]
    drawn = stacked(frame, look, x="month", series="part", value="cost", height=260)
    by_month = frame.groupby("month")["cost"].agg(amount)
    off = {m: by_month[m] - b for m, b in zip(bills["month"], bills["bill"], strict=True)
           if m in by_month.index and by_month[m] != (b if fmt.known(b) else ZERO)}  # fmt: skip
    wide = frame.pivot_table(index="month", columns="part", values="cost", aggfunc=amount).reindex(columns=list(PARTS))
    wide["sum"], wide["bill"] = by_month, bills.set_index("month")["bill"]
    verdict = (
        Note("Allocated + idle + untagged + unallocated equals the bill of every month, to the last digit.", "ok")
        if not off
        else Note(f"{len(off)} months do not add up: the parts and the bill were read at different times.", "watch")
    )
    columns = {"month": ("Month", "date"), **{p: (p.capitalize(), "money") for p in PARTS},
               "sum": ("Sum", "money"), "bill": ("Bill", "money")}  # fmt: skip
    shown = wide.reset_index().sort_values("month", ascending=False).map(lambda v: None if _missing(v) else v)
    return [
        verdict,
        drawn,
        Grid(shown, columns, caption="unpriced usage has no money: its quantity is under Bill quality"),
    ]


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and pd.isna(value))


@panel("Without a cost centre")
def untagged(frames: Frames, look: Look) -> Sequence[Body]:
    """Who spends without the tag."""
    frame = frames["untagged"]
    missing, whole = amount(frame["untagged_cost"]), amount(frame["cost"])
    if frame.empty:
        return [Empty("No spend in this period.")]
    share = float(missing / whole) if whole else None
    said = Note(
        f"{fmt.percent(share)} of the shown spend ({fmt.money(missing, look.currency)}) carries no such tag.",
        "watch" if share and share > 0.1 else "plain",
    )
    frame = frame.assign(name=frame["owner"].fillna("no identity") + " · " + frame["product"].fillna(""))
    return [said, ranked(frame, look, label="name", value="untagged_cost", top=12)]


@panel("Tags spelled in several ways")
def tag_variants(frames: Frames, look: Look) -> Body:
    """Spellings that mean the same."""
    if frames["tag_variants"].empty:
        return Empty("Every tag is spelled one way.")
    columns = {"kind": ("What", "text"), "tag_key": ("Key", "text"), "spelling": ("Spelling", "text"),
               "normal": ("Means", "text"), "usage_rows": ("Rows", "count"),
               "preferred": ("Most used", "flag")}  # fmt: skip
    return Grid(frames["tag_variants"], columns)


@panel("SQL warehouses, idle apart")
def warehouses(frames: Frames, look: Look) -> Sequence[Body]:
    """SQL warehouses: what was used and what ran idle."""
    frame = frames["warehouse_idle"]
    if frame.empty:
        return [Empty("No SQL warehouse usage in this period.")]
    idle, whole = amount(frame["idle_cost"]), amount(frame["cost"])
    said = Note(f"{fmt.money(idle, look.currency)} of {fmt.money(whole, look.currency)} ran without any statement.")
    columns = {
        "warehouse": ("Warehouse", "text"), "workspace": ("Workspace", "text"), "owner": ("Owner", "text"),
        "warehouse_size": ("Size", "text"), "auto_stop_minutes": ("Auto-stop (min)", "count"),
        "cost": ("Cost", "money"), "idle_cost": ("Idle", "money"), "idle_ratio": ("Idle share", "share"), "running_hours": ("Running", "hours"),
        "busy_hours": ("Busy", "hours"),
    }  # fmt: skip
    return [said, Grid(frame, columns)]


@panel("Who uses the warehouses")
def warehouse_users(frames: Frames, look: Look) -> Body:
    """Warehouse cost by the person or tool whose statements used it; idle time stands apart."""
    frame = frames["warehouse_share"]
    named = frame.assign(who=frame["executed_by"].where(frame["executed_by"].notna(), frame["part"]))
    named["who"] = named["who"] + " · " + named["source"].fillna("")
    sums = named.groupby("who")["cost"].agg(amount).reset_index()
    return ranked(sums, look, label="who", value="cost", top=14)


@panel("Shared clusters by job")
def clusters(frames: Frames, look: Look) -> Body:
    """Shared clusters split among their jobs by run time; time without a job stands apart."""
    frame = frames["cluster_share"]
    named = frame.assign(job=frame["job"].where(frame["job"].notna(), frame["part"]))
    return stacked(named.assign(cluster=named["cluster"].fillna(named["cluster_id"])), look, x="cluster", series="job",
                   value="cost", height=300)  # fmt: skip


SAVINGS = {
    "what": ("What", "text"), "resource": ("Resource", "text"), "workspace": ("Workspace", "text"),
    "owner": ("Owner", "text"), "monthly_saving": ("A month", "money"), "confidence": ("Confidence", "text"),
    "effort": ("Effort", "text"), "evidence": ("Evidence", "text"),
}  # fmt: skip


@panel("What can be saved", height=620)
def savings(frames: Frames, look: Look) -> Sequence[Body]:
    """Every saving we can show evidence for, largest first."""
    found = [frame for frame in frames.values() if not frame.empty]
    if not found:
        return [Empty("No saving found in this period.", "Idle, failed and misplaced compute were looked at.")]
    frame = pd.concat(found, ignore_index=True)
    frame = frame.sort_values(["monthly_saving", "resource"], ascending=[False, True], na_position="last")
    sure = amount(frame.loc[frame["confidence"] == "high", "monthly_saving"])
    said = Note(
        f"{fmt.money(amount(frame['monthly_saving']), look.currency)} a month in {len(frame)} places; "
        f"{fmt.money(sure, look.currency)} of it with high confidence. Savings may overlap on one resource."
    )
    return [said, Grid(frame, SAVINGS)]


@panel("Usage without a price")
def unpriced(frames: Frames, look: Look) -> Body:
    """Usage that has no price."""
    if frames["unpriced"].empty:
        return Empty("Every usage row of this period has a price.")
    columns = {"sku_name": ("SKU", "text"), "usage_unit": ("Unit", "text"), "quantity": ("Quantity", "quantity"),
               "usage_rows": ("Rows", "count"), "first_seen": ("First", "date"), "last_seen": ("Last", "date"),
               "reason": ("Why", "text")}  # fmt: skip
    return Grid(
        frames["unpriced"], columns, caption="shown by quantity: without a price it is not zero money, it is unknown"
    )


@panel("Corrections")
def corrections(frames: Frames, look: Look) -> Sequence[Body]:
    """Retractions and restatements, and what they did to the bill."""
    frame = frames["corrections"]
    if frame.empty:
        return [Empty("No corrections in this period.")]
    effect = amount(frame["effect"])
    said = Note(f"Corrections changed the bill by {fmt.money(effect, look.currency)}.")
    return [said, stacked(frame, look, x="usage_date", series="product", value="effect", height=240)]


@panel("List against net price")
def discounts(frames: Frames, look: Look) -> Body:
    """List against contract price."""
    if frames["discounts"].empty:
        return Empty(
            "No contract prices to compare.", "system.billing.account_prices is absent or carries no SKU used here."
        )
    columns = {"sku_name": ("SKU", "text"), "usage_unit": ("Unit", "text"), "quantity": ("Quantity", "quantity"),
               "list_price": ("List price", "price"), "net_price": ("Net price", "price"),
               "discount_ratio": ("Discount", "ratio"), "discount": ("Saved", "money")}  # fmt: skip
    return Grid(frames["discounts"], columns, caption="list and net are never summed; Saved is list minus net")


@panel("Prices that changed")
def prices(frames: Frames, look: Look) -> Body:
    """Prices that changed inside the period."""
    if frames["price_changes"].empty:
        return Empty("No price changed in this period.")
    frame = frames["price_changes"]
    columns = {"sku_name": ("SKU", "text"), "changed_at": ("Changed", "time"), "old_price": ("Old", "price"),
               "new_price": ("New", "price"), "change_ratio": ("Change", "change"),
               "effect": ("Effect", "money")}  # fmt: skip
    return Grid(frame, columns)


@panel("Currencies")
def currencies(frames: Frames, look: Look) -> Body:
    """In which currencies prices exist."""
    columns = {"basis": ("Basis", "text"), "currency_code": ("Currency", "text"), "skus": ("SKUs", "count"),
               "first_price": ("First price", "time"), "last_price": ("Newest price", "time")}  # fmt: skip
    return Grid(frames["currencies"], columns, caption="figures of two currencies or two bases are never added")


@panel("Who spends")
def owners(frames: Frames, look: Look) -> Body:
    """Who spends."""
    return ranked(frames["owners"], look, label="owner", value="cost", top=14)
