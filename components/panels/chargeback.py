"""FinOps, who pays and whether it adds up: allocation, savings, quality of the bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components import format as fmt
from components.figures.bars import ranked
from components.figures.stacked import stacked
from components.panel import panel
from components.panels.finops import ZERO, amount
from components.tile import Body, Empty, Frames, Grid, Look, Note

BLANK = "\N{OPEN BOX}"
PARTS = ("allocated", "idle", "untagged", "unallocated", "unpriced")


@panel("Does it add up?")
def reconciliation(frames: Frames, look: Look) -> Sequence[Body]:
    """Each month's bill and the disjoint parts it is made of; they sum to it to the last digit."""
    frame, bills = frames["reconciliation"], frames["bill_by_month"]
    if frame.empty:
        return [Empty("No billing rows in this period.")]
    drawn = stacked(frame, look, x="month", series="part", value="cost", height=260)
    by_month = frame.groupby("month")["cost"].agg(amount)
    off = {
        m: by_month[m] - b
        for m, b in zip(bills["month"], bills["bill"], strict=True)
        if m in by_month.index and by_month[m] != (b if fmt.known(b) else ZERO)
    }
    wide = frame.pivot_table(index="month", columns="part", values="cost", aggfunc=amount).reindex(columns=list(PARTS))
    wide["sum"], wide["bill"] = by_month, bills.set_index("month")["bill"]
    verdict = (
        Note("Allocated + idle + untagged + unallocated equals the bill of every month, to the last digit.", "ok")
        if not off
        else Note(f"{len(off)} months do not add up: the parts and the bill were read at different times.", "watch")
    )
    columns = {
        "month": ("Month", "date"),
        **{p: (p.capitalize(), "money") for p in PARTS},
        "sum": ("Sum", "money"),
        "bill": ("Bill", "money"),
    }
    shown = wide.reset_index().sort_values("month", ascending=False).map(lambda v: None if _missing(v) else v)
    return [
        verdict,
        drawn,
        Grid(shown, columns, caption="unpriced usage has no money: its quantity is in the view Quality"),
    ]


def _visible(spelling: str) -> str:
    """Blanks at the ends, which nobody sees, as signs."""
    word = spelling.strip(" ")
    before = len(spelling) - len(spelling.lstrip(" "))
    return BLANK * before + word + BLANK * (len(spelling) - len(word) - before)


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and pd.isna(value))


@panel("Without a cost centre")
def untagged(frames: Frames, look: Look) -> Sequence[Body]:
    """Who spends without the tag."""
    frame = frames["untagged"]
    missing, whole = amount(frame["untagged_cost"]), amount(frame["cost"])
    if frame.empty:
        return [Empty("No spend in this period.")]
    frame = frame[frame["untagged_rows"] > 0]
    if frame.empty:
        return [Empty("All of the shown spend carries the tag.")]
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
    frame = frames["tag_variants"]
    if frame.empty:
        return Empty("Every tag is spelled one way.")
    columns = {
        "kind": ("What", "text"),
        "tag_key": ("Key", "text"),
        "written": ("Spelling", "text"),
        "normal": ("Means", "text"),
        "usage_rows": ("Rows", "count"),
        "preferred": ("Most used", "flag"),
    }
    return Grid(frame.assign(written=frame["spelling"].map(_visible)), columns, caption=f"{BLANK} is a blank at an end")


@panel("SQL warehouses, idle apart")
def warehouses(frames: Frames, look: Look) -> Sequence[Body]:
    """SQL warehouses: what was used and what ran idle."""
    frame = frames["warehouse_idle"]
    if frame.empty:
        return [Empty("No SQL warehouse usage in this period.")]
    idle, whole = amount(frame["idle_cost"]), amount(frame["cost"])
    said = Note(f"{fmt.money(idle, look.currency)} of {fmt.money(whole, look.currency)} ran without any statement.")
    columns = {
        "warehouse": ("Warehouse", "text"),
        "workspace": ("Workspace", "text"),
        "owner": ("Owner", "text"),
        "warehouse_size": ("Size", "text"),
        "auto_stop_minutes": ("Auto-stop (min)", "count"),
        "cost": ("Cost", "money"),
        "idle_cost": ("Idle", "money"),
        "idle_ratio": ("Idle share", "share"),
        "running_hours": ("Running", "hours"),
        "busy_hours": ("Busy", "hours"),
    }
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
    return stacked(
        named.assign(cluster=named["cluster"].fillna(named["cluster_id"])),
        look,
        x="cluster",
        series="job",
        value="cost",
        height=300,
    )


SAVINGS = {
    "what": ("What", "text"),
    "resource": ("Resource", "text"),
    "workspace": ("Workspace", "text"),
    "owner": ("Owner", "text"),
    "monthly_saving": ("A month", "money"),
    "confidence": ("Confidence", "text"),
    "effort": ("Effort", "text"),
    "evidence": ("Evidence", "text"),
}


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


@panel("Usage without a price", width=3)
def unpriced(frames: Frames, look: Look) -> Body:
    """Usage that has no price."""
    if frames["unpriced"].empty:
        return Empty("Every usage row of this period has a price.")
    columns = {
        "sku_name": ("SKU", "text"),
        "usage_unit": ("Unit", "text"),
        "quantity": ("Quantity", "quantity"),
        "usage_rows": ("Rows", "count"),
        "first_seen": ("First", "date"),
        "last_seen": ("Last", "date"),
        "reason": ("Why", "text"),
    }
    return Grid(
        frames["unpriced"], columns, caption="shown by quantity: without a price it is not zero money, it is unknown"
    )


@panel("Corrections", width=2)
def corrections(frames: Frames, look: Look) -> Sequence[Body]:
    """Retractions and restatements, and what they did to the bill."""
    frame = frames["corrections"]
    if frame.empty:
        return [Empty("No corrections in this period.")]
    effect = amount(frame["effect"])
    said = Note(f"Corrections changed the bill by {fmt.money(effect, look.currency)}.")
    return [said, stacked(frame, look, x="usage_date", series="product", value="effect", height=240)]


@panel("List against net price", width=3)
def discounts(frames: Frames, look: Look) -> Body:
    """List against contract price."""
    if frames["discounts"].empty:
        return Empty(
            "No contract prices to compare.", "system.billing.account_prices is absent or carries no SKU used here."
        )
    columns = {
        "sku_name": ("SKU", "text"),
        "usage_unit": ("Unit", "text"),
        "quantity": ("Quantity", "quantity"),
        "list_price": ("List price", "price"),
        "net_price": ("Net price", "price"),
        "discount_ratio": ("Discount", "ratio"),
        "discount": ("Saved", "money"),
    }
    return Grid(frames["discounts"], columns, caption="list and net are never summed; Saved is list minus net")


@panel("Currencies", width=2)
def currencies(frames: Frames, look: Look) -> Body:
    """In which currencies prices exist."""
    columns = {
        "basis": ("Basis", "text"),
        "currency_code": ("Currency", "text"),
        "skus": ("SKUs", "count"),
        "first_price": ("First price", "time"),
        "last_price": ("Newest price", "time"),
    }
    return Grid(frames["currencies"], columns, caption="figures of two currencies or two bases are never added")
