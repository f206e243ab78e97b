"""FinOps: what we spend, what moved, where it goes. Money is exact until it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from components.figures.bars import ranked
from components.figures.canvas import NOTHING
from components.figures.stacked import stacked
from components.figures.treemap import treemap
from components.figures.waterfall import waterfall
from components.panels.amounts import ZERO, amount, ratio, worth
from components.panels.cut_off import sentence, words_of
from components.panels.groups import GROUP
from components.text import format as fmt
from components.text.codes import in_words, worded
from components.text.names import lines, named
from components.text.tokens import OTHER
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Metric, Metrics, Note, Plot

NO_OWNER = "no identity"
APPEARED = ("new", "gone")
MOST_PERIODS = 12  # columns of a table
NO_COMPARISON = "The billing table does not hold the whole period to compare with."


@panel("This period", height=170)
def totals(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The bill and its four largest products, each with its change."""
    tree, days = frames["spend_tree"], frames["spend_by_day"]
    items = [_metric(f"Total, {look.basis} price", frames["spend_total"], days, days, look)]
    products = sorted(tree.groupby("product"), key=lambda part: amount(part[1]["cost"]), reverse=True)
    for product, rows in products[:4]:
        items.append(_metric(in_words(str(product)), rows, days[days["product"] == product], days, look))
    against = f"{look.versus}; " if "previous_cost" in tree else ""
    caption = f"{against}corrections included, usage without a price left out"
    late = ", ".join(fmt.day(day) for day in _unfinished(days))
    said = Finding(_bill(items[0], products, look))
    return [said, Metrics(items, f"{caption}; records of {late} still arrive" if late else caption)]


def _bill(whole: Metric, products: list[Any], look: ViewContext) -> str:
    """The sum in words: ``$182.4k in this period, +4.7% against the period before; most is Jobs, $75k``."""
    if whole.value == fmt.NONE:
        return f"What the bill of {len(products)} products comes to in this period is not known"
    change = f", {fmt.change(whole.change)} {look.versus}" if whole.change is not None else ""
    largest = worth(products[0][1]["cost"]) if products else None
    most = (
        f"; most is {plain(in_words(str(products[0][0])), 30)}, {fmt.money(largest, look.currency)}" if largest else ""
    )
    return f"{whole.value} in this period{change}{most}"


def _metric(label: str, rows: pd.DataFrame, own: pd.DataFrame, days: pd.DataFrame, look: ViewContext) -> Metric:
    """The sum of ``rows`` with its change; what was used and has no price is unknown, what was not used cost nothing."""
    unpriced = int(rows["unpriced_rows"].sum())
    cost = worth(rows["cost"]) if unpriced else amount(rows["cost"])
    if cost is None:
        return Metric(label, fmt.NONE, good="down", help=_unpriced_help(unpriced))
    return Metric(
        label,
        fmt.money(cost, look.currency),
        ratio(cost, amount(rows.get("previous_cost", ()))),
        good="down",
        trend=_trend(own, days),
        help=_unpriced_help(unpriced),
        amount=cost,
        kind="money",
    )


def _trend(own: pd.DataFrame, days: pd.DataFrame) -> tuple[float, ...]:
    """The cost of every day from the first to the last of ``days``; a day without usage is 0."""
    if own.empty:
        return ()
    sums = own.groupby("usage_date")["cost"].agg(amount).to_dict()
    every = pd.date_range(days["usage_date"].min(), days["usage_date"].max()).date
    return tuple(float(sums.get(day, ZERO)) for day in every)


def _unpriced_help(rows: int) -> str:
    have = "has no price and is" if rows == 1 else "have no price and are"
    return f"{fmt.counted(rows, 'usage row')} {have} not in this sum; see the view Quality." if rows else ""


@panel("Where the money goes", height=380)
def tree(frames: Frames, look: ViewContext) -> Body:
    """Workspace, product, resource by cost; colour is the change."""
    frame = frames["spend_tree"].copy()
    frame["leaf"] = frame["resource_kind"] + ":" + frame["resource_id"].fillna("")
    frame["called"] = frame["product"].map(in_words, na_action="ignore")
    levels = [("workspace_id", "workspace"), ("product", "called"), ("leaf", "resource")]
    previous = "previous_cost" if "previous_cost" in frame else None
    return treemap(
        frame,
        look,
        levels=levels,
        value="cost",
        previous=previous,
        thing=things_of("finops.spend_tree")["resource"],
        within="tree",
        height=380,
    )


@panel("Spend per day")
def per_day(frames: Frames, look: ViewContext) -> Body:
    """Cost per day, stacked by product."""
    days = worded(frames["spend_by_day"], "finops.spend_by_day")
    return stacked(
        days, look, x="usage_date", series="product", value="cost", marked=dict.fromkeys(_unfinished(days), "so far")
    )


def _unfinished(days: pd.DataFrame) -> list[Any]:
    """The days of which records still arrive."""
    return sorted(set(days.loc[days["complete"].eq(False), "usage_date"]))


@panel("By group and period", height=480)
def matrix(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Groups by period: the same figures as bars and as a table with one column per period, from the oldest on."""
    frame = frames["spend_matrix"]
    frame = frame.assign(label=lines(frame), by=frame.get("by"))
    cut = words_of(frame)
    drawn = stacked(
        frame,
        look,
        x="period",
        series="label",
        value="cost",
        rest=OTHER,
        marked=cut,
        thing=GROUP,
        when="in the period from",
        height=280,
    )
    if isinstance(drawn, Empty):
        return [drawn]
    said = [Finding(drawn.alt)] if isinstance(drawn, Plot) else []
    if isinstance(drawn, Plot):
        drawn = replace(drawn, alt=drawn.alt + sentence(cut))
    wide = frame.groupby(["label", "period"])["cost"].agg(worth).unstack(fill_value=0)
    periods = sorted(wide.columns)[-MOST_PERIODS:]
    shown = frame[frame["period"].isin(periods)]
    costs = [shown[shown["period"] == period]["cost"] for period in periods]
    whole: dict[Any, Any] = {
        "label": "All",
        "total": worth(shown["cost"]),
        **dict(zip(periods, map(worth, costs), strict=True)),
    }
    wide = wide[periods]
    wide.insert(0, "total", shown.groupby("label")["cost"].agg(worth).reindex(wide.index, fill_value=0))
    wide = wide.sort_values("total", ascending=False).reset_index()
    wide = wide.merge(frame.drop_duplicates("label")[["label", "group_key", "by"]], on="label")
    columns = {
        "label": ("Group", "text"),
        "total": ("Total" if len(periods) == frame["period"].nunique() else f"Last {len(periods)} periods", "money"),
    }
    two, caption = [period for period in periods if period not in cut][-2:], ""
    if len(two) == 2:
        wide["change"] = [_changed(row[two[1]], row[two[0]]) for row in wide.to_dict("records")]
        whole["change"] = _changed(whole[two[1]], whole[two[0]])
        columns["change"] = ("Change", "change")
        of = "the last two whole periods" if cut else "the last two periods"
        caption = f"change: {_called(two[1], cut)} against {_called(two[0], cut)}, {of}"
    wide.columns = [str(name) for name in wide.columns]
    columns |= {str(period): (_called(period, cut), "money") for period in periods}
    total = {str(name): value for name, value in whole.items()} if len(wide) > 1 else {}
    return [*said, drawn, Grid(wide, columns, caption, things={"label": GROUP}, total=total)]


def _changed(now: Any, before: Any) -> float | None:
    return ratio(now, before) if fmt.known(now) and fmt.known(before) else None


def _called(period: Any, cut: Mapping[Any, str]) -> str:
    """The head of a period's column: ``1 Oct 2026``, ``1 Oct 2026, 3 of 31 days``."""
    day = fmt.day(pd.Timestamp(str(period)).date(), year=True)
    return f"{day}, {cut[period]}" if period in cut else day


@panel("What moved the bill", height=340)
def moved(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """From the bill before to the bill now, step by step; then quantity and price apart."""
    frame = frames["spend_movers"]
    if frame.empty:
        return [NOTHING]
    frame = frame.assign(label=lines(frame), by=frame.get("by"))
    if "change" not in frame:
        return [
            Finding(f"{fmt.money(amount(frame['cost']), look.currency)} in this period; nothing to compare it with"),
            Note(NO_COMPARISON, "unknown"),
            Grid(frame, labelled("finops.spend_movers", ("label", "cost")), things={"label": GROUP}),
        ]
    before, steps = amount(frame["previous_cost"]), frame[frame["change"].map(bool)]
    drawn = (
        Empty(f"Nothing moved: {fmt.money(before, look.currency)} in this period as in the one before.")
        if steps.empty
        else waterfall(steps, look, label="label", change="change", first=before, thing=GROUP)
    )
    shown = labelled("finops.spend_movers")
    appeared = frame["movement"].where(frame["movement"].isin(APPEARED))  # that the others changed is in every row
    if appeared.isna().all():
        shown = {name: said for name, said in shown.items() if name != "movement"}
    return [drawn, Grid(frame.assign(movement=appeared), shown, f"Change {look.versus}", things={"label": GROUP})]


prices = grid(
    "Prices that changed",
    "finops.price_changes",
    "Prices that changed inside the period.",
    key="prices",
    finding=lambda rows, look: (
        f"{fmt.counted(len(rows), 'price')} changed in this period; "
        f"what was used costs {fmt.money(abs(amount(rows['effect'])), look.currency)} "
        f"{'more' if amount(rows['effect']) >= 0 else 'less'}"
    ),
    empty="No price changed in this period.",
    caption="Usage has the price in force when it ends: an hour that ends at a change, the new one",
)


@panel("Who spends")
def owners(frames: Frames, look: ViewContext) -> Body:
    """Who spends."""
    frame = frames["owners"]
    return ranked(
        frame.assign(who=named(frame["owner"], NO_OWNER), owner=frame["owner"].where(frame["owner"].ne(OTHER))),
        look,
        label="who",
        value="cost",
        thing=things_of("finops.owners")["owner"],
        top=14,
    )
