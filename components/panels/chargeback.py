"""FinOps, who pays and whether it adds up: allocation, savings, quality of the bill."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.bars import ranked
from components.figures.stacked import stacked
from components.panels.amounts import ZERO, amount, worth
from components.panels.finops import NO_OWNER
from components.panels.warehouse_types import machines_apart
from components.text import format as fmt
from components.text.codes import worded
from components.text.composed_tags import composed
from components.text.names import named, things_apart, told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Plot
from things import ThingColumn

MOST_CLUSTERS = 12
BLANK, TAB = "\N{OPEN BOX}", "\N{RIGHTWARDS ARROW TO BAR}"
UNSEEN = re.compile(r"^\s+|\s+$|\s{2,}|[^\S ]")  # blanks that a table drops, joins or shows as others
RECONCILED = (
    "unpriced usage has no money: its quantity is in the view Quality; usage has the price in force when it ends, so a bill "
    "that prices it by its start differs by one hour per SKU and price change"
)
WAREHOUSE = (
    "warehouse", "workspace", "owner", "warehouse_type", "warehouse_size", "auto_stop_minutes", "cost", "idle_cost", "idle_ratio",
    "running_hours", "busy_hours",
)  # fmt: skip
PART = ThingColumn("", ("workspace_id", "opened"), "opens")  # of a shared cluster: a job's, else the cluster's own
PARTS = ("allocated", "idle", "untagged", "unallocated", "unpriced")


@panel("Does it add up?", waits=400)
def reconciliation(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Each month's bill and the disjoint parts it is made of; they sum to it to the last digit."""
    frame, bills = frames["reconciliation"], frames["bill_by_month"]
    sums: dict[Any, Any] = frame.groupby("month")["cost"].agg(amount).to_dict()
    bill = dict(zip(bills["month"], bills["bill"], strict=True))
    months = sorted(sums.keys() | bill.keys(), reverse=True)
    if not months:
        return [Empty("Nothing was billed in this period.")]
    off = sum(sums.get(month, ZERO) != amount([bill.get(month)]) for month in months)
    asked = fmt.counted(len(months), "month")
    late = f"{off:,} of {asked} {'does' if off == 1 else 'do'} not add up: parts and bill were read at different times"
    whole = fmt.money(amount(bill.values()), look.currency)
    exact = f"The parts add up to the bill of {asked}, {whole}, to the last digit"
    verdict = Finding(late, "watch") if off else Finding(exact, "ok")
    drawn = (
        [] if frame.empty else [stacked(frame, look, x="month", series="part", value="cost", idle="idle", height=260)]
    )
    cells = frame.groupby(["month", "part"])["cost"].agg(amount).to_dict()
    shown = pd.DataFrame(
        {"month": m, **{p: cells.get((m, p)) for p in PARTS}, "sum": sums.get(m), "bill": bill.get(m)} for m in months
    )
    columns = {
        "month": ("Month", "date"),
        **{p: (p.capitalize(), "money") for p in PARTS},
        "sum": ("Sum", "money"),
        "bill": ("Bill", "money"),
    }
    return [
        verdict,
        *drawn,
        Grid(shown, columns, caption=RECONCILED),
    ]


def _visible(spelling: str) -> str:
    """Blanks that would not be seen, as signs."""
    return UNSEEN.sub(lambda m: "".join(TAB if c == "\t" else BLANK for c in m.group()), spelling)


def _joined(*parts: object) -> str:
    """The parts that are known, in one line."""
    return " · ".join(part for part in parts if isinstance(part, str) and part)


@panel("Without a cost centre")
def untagged(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Who spends without the tag."""
    frame = frames["untagged"]
    whole = amount(frame["cost"])
    if frame.empty:
        return [Empty("No spend in this period.")]
    frame = frame[frame["untagged_rows"] > 0]
    if frame.empty:
        return [Empty(f"All of the shown spend, {fmt.money(whole, look.currency)}, names a cost centre.")]
    missing = worth(frame["untagged_cost"])
    share = float(missing / whole) if missing is not None and whole > 0 else None
    money = fmt.money(missing, look.currency)
    if missing is None:
        rows = fmt.counted(int(frame["untagged_rows"].sum()), "usage row")
        said = Finding(f"What names no cost centre has no price ({rows})", "unknown")
    else:
        part = money if share is None else f"{fmt.percent(share)} of the shown spend ({money})"
        said = Finding(f"{part} names no cost centre", "watch" if share and share > 0.1 else "plain")
    frame = worded(frame, "finops.untagged")
    owners = named(frame["owner"], NO_OWNER)
    frame = frame.assign(name=[_joined(*parts) for parts in zip(owners, frame["product"], strict=True)])
    return [
        said,
        ranked(frame, look, label="name", value="untagged_cost", thing=things_of("finops.untagged")["owner"], top=12),
    ]


@panel("Tags spelled in several ways")
def tag_variants(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Spellings that mean the same."""
    frame = composed(frames["tag_variants"])
    if frame.empty:
        return Empty("Every tag is spelled one way in this period.")
    columns = {
        "kind": ("What", "text"),
        "tag_key": ("Key", "text"),
        "written": ("Spelling", "text"),
        "normal": ("Means", "text"),
        "usage_rows": ("Rows", "count"),
        "preferred": ("Most used", "flag"),
    }
    caption = f"{BLANK} is a blank that would not be seen, {TAB} a tab"
    meant = frame.groupby(["kind", "tag_key", "normal"], dropna=False).ngroups
    ways = fmt.counted(len(frame), "spelling")
    said = f"{ways} of {fmt.counted(meant, 'tag key or value', 'tag keys and values')}"
    return [Finding(said), Grid(frame.assign(written=frame["spelling"].map(_visible)), columns, caption=caption)]


@panel("SQL warehouses, idle apart")
def warehouses(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """SQL warehouses: what was used and what ran idle."""
    frame = frames["warehouse_idle"]
    if frame.empty:
        return [Empty("No SQL warehouse usage in this period.")]
    seen = frame["idle_cost"].map(fmt.known)
    idle, whole, dark = (
        fmt.money(worth(v), look.currency)
        for v in (frame.loc[seen, "idle_cost"], frame.loc[seen, "cost"], frame.loc[~seen, "cost"])
    )
    unseen = f"not known what ran idle for {fmt.counted(int((~seen).sum()), 'warehouse')} ({dark})"
    said = f"{idle} of {whole} ran without any statement" if seen.any() else unseen[0].upper() + unseen[1:]
    said += f"; {unseen}" if seen.any() and not seen.all() else ""
    shown, things = labelled("finops.warehouse_idle", WAREHOUSE), things_of("finops.warehouse_idle")
    apart = machines_apart(frame["warehouse_type"])
    return [Finding(said), Grid(things_apart(frame, "warehouse", "warehouse_id"), shown, apart, things=things)]


def in_case(labels: pd.Series, names: pd.Series) -> pd.Series:
    """``labels`` with a capital where they are words of ours, in place of ``names`` that are not known."""
    return labels.where(names.notna(), labels.str.capitalize())


@panel("Who uses the warehouses")
def warehouse_users(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Warehouse cost by the person or tool whose statements used it; what no one person used is said apart: beside idle time
    all people would be thin lines."""
    whole = frames["warehouse_share"]
    who = named(whole["executed_by"], whole["part"])
    users = whole.assign(who=[_joined(*parts) for parts in zip(who, whole["source"], strict=True)])
    users = users[whole["executed_by"].notna()]
    sums = users.groupby("who").agg({"cost": worth, "executed_by": "first"}).reset_index()
    drawn = ranked(
        sums, look, label="who", value="cost", thing=things_of("finops.warehouse_share")["executed_by"], top=14
    )
    rest = whole[whole["executed_by"].isna()].groupby("part")["cost"].agg(worth)
    idle = rest.pop("idle") if "idle" in rest else None
    besides = [f"{fmt.money(cost, look.currency)} {part}" for part, cost in rest.items()]
    note = [Note(f"Besides, of nobody by name: {', '.join(besides)}.")] if besides else []
    if not idle:
        return [drawn, *note]
    spent = f"{fmt.money(idle, look.currency)} ran idle"
    if not isinstance(drawn, Plot):
        return [Finding(f"{spent}; nobody used a warehouse"), *note]
    return [Finding(f"{drawn.alt.removesuffix('.')}; {spent}"), drawn, *note]


@panel("Shared clusters by job", height=380)
def clusters(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Shared clusters split among their jobs by run time; time without a job stands apart."""
    frame = frames["cluster_share"]
    names = told_apart(frame["cluster"].fillna(frame["cluster_id"]), frame["workspace_id"], frame["cluster_id"])
    jobs = told_apart(frame["job"], frame["workspace_id"], frame["job_id"]).where(frame["part"].eq("job"))
    frame = frame.assign(
        cluster=names,
        job=in_case(named(jobs, frame["part"]), jobs),
        opens=jobs.notna().map({True: "job", False: "cluster"}),
        opened=frame["job_id"].where(jobs.notna(), frame["cluster_id"]),
    )
    costs = frame.groupby("cluster")["cost"].agg(amount).sort_values(ascending=False, kind="stable")
    shown, rest = costs.head(MOST_CLUSTERS), costs.iloc[MOST_CLUSTERS:]
    drawn = frame[frame["cluster"].isin(shown.index)].sort_values("cluster", key=lambda c: c.map(shown.index.get_loc))
    figure = stacked(
        drawn, look, x="cluster", series="job", value="cost", idle="No job", axis="name", thing=PART, height=320
    )
    if rest.empty:
        return [figure]
    others = fmt.counted(len(rest), "cluster costs", "clusters cost")
    return [
        Note(f"The {len(shown)} most expensive; {others} {fmt.money(amount(rest), look.currency)} besides."),
        figure,
    ]


def _skus(rows: pd.DataFrame) -> str:
    return fmt.counted(rows["sku_name"].nunique(), "SKU")


unpriced = grid(
    "Usage without a price",
    "finops.unpriced",
    "Usage that has no price.",
    finding=lambda rows, _: (
        f"{fmt.counted(int(rows['usage_rows'].sum()), 'usage row')} of {_skus(rows)} without a price"
    ),
    empty="Every usage row in this period has a price.",
    caption="shown by quantity: without a price it is not zero money, it is unknown",
)


@panel("Corrections")
def corrections(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Retractions and restatements, and what they did to the bill."""
    frame = frames["corrections"]
    if frame.empty:
        return [Empty("No corrections in this period.")]
    effect, query = amount(frame["effect"]), "finops.corrections"
    said = Finding(f"Corrections changed the bill in this period by {fmt.money(effect, look.currency)}")
    return [said, stacked(worded(frame, query), look, x="usage_date", series="product", value="effect", height=240)]


discounts = grid(
    "List against net price",
    "finops.discounts",
    "List against contract price.",
    finding=lambda rows, look: (
        f"The contract {'saves' if amount(rows['discount']) >= 0 else 'adds'} "
        f"{fmt.money(abs(amount(rows['discount'])), look.currency)} on {_skus(rows)}; "
        f"the highest discount is {fmt.percent(max(filter(fmt.known, rows['discount_ratio']), default=None))}"
    ),
    columns=("sku_name", "usage_unit", "quantity", "list_price", "net_price", "discount_ratio", "discount"),
    empty="No contract prices to compare in this period.",
    hint="system.billing.account_prices is absent or carries no SKU used here.",
    caption="list and net are never summed; Saved is list minus net",
)


currencies = grid(
    "Currencies",
    "finops.currencies",
    "In which currencies prices exist.",
    finding=lambda rows, _: (
        f"Prices are known in {fmt.counted(rows['currency_code'].nunique(), 'currency', 'currencies')}: "
        f"{', '.join(sorted(plain(one, 8) for one in rows['currency_code'].unique())[:6])}"
    ),
    empty="0 prices are known.",
    hint="system.billing.list_prices holds no rows.",
    caption="figures of two currencies or two bases are never added",
)
