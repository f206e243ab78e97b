"""What a thing costs: by day, and in one line."""

from __future__ import annotations

import pandas as pd

from components.figures.change_marks import with_changes
from components.figures.stacked import stacked
from components.panels.amounts import amount, worth
from components.text import format as fmt
from components.text.codes import in_words, worded
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note

WEEK = 7  # days
CLEARLY, LEAST = 0.2, 10.0  # share, and amount in the currency, from which a change is said
HINT = "The bill names jobs, not the clusters made for them, and no tables."


@panel("What it costs")
def money(frames: Frames, look: ViewContext) -> list[Body]:
    """Cost per day, corrections included, stacked by SKU; a day whose records still arrive is marked, and so is what
    changed."""
    days = frames["cost_by_day"]
    if days.empty:
        return [Empty("Nothing of this was billed in the period.", HINT)]
    late = days.loc[days["complete"].eq(False), "usage_date"]
    drawn = stacked(
        worded(days, "things.cost_by_day"),
        look,
        x="usage_date",
        series="sku_name",
        value="cost",
        marked=dict.fromkeys(late, "so far"),
        height=240,
    )
    return [Finding(cost_line(days, look)), with_changes(drawn, frames.get("changes"), look)]


def risen(frames: Frames, look: ViewContext) -> Note | None:
    """That the last seven whole days cost clearly more, or less, than the seven before, for the sentence; None where they did
    not, or where one of them is not known."""
    frame = frames["cost_by_day"]
    whole = frame[frame["complete"].eq(True)]
    if whole.empty or int(whole["unpriced_rows"].sum()):
        return None
    newest, first = whole["usage_date"].max(), whole["usage_date"].min()
    if (pd.Timestamp(newest) - pd.Timestamp(first)).days < 2 * WEEK - 1:
        return None
    ago = (pd.Timestamp(newest) - pd.to_datetime(whole["usage_date"])).dt.days
    week, before = (
        float(amount(whole.loc[days, "cost"]) or 0) for days in (ago < WEEK, (ago >= WEEK) & (ago < 2 * WEEK))
    )
    if before <= 0 or abs(week - before) < LEAST or abs(week / before - 1) < CLEARLY:
        return None
    more = "more" if week > before else "less"
    text = f"The last 7 whole days cost {fmt.money(week, look.currency)}, {fmt.percent(abs(week / before - 1), 0)} {more} than"
    return Finding(f"{text} the 7 before ({fmt.money(before, look.currency)}).", "watch" if week > before else "plain")


def cost_line(days: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.cost_by_day in one sentence: how much, for which products, on which basis, what has no price."""
    unpriced = int(days["unpriced_rows"].sum())
    cost = worth(days["cost"]) if unpriced else amount(days["cost"])
    if cost is None:
        return f"What it costs is not known: none of its {fmt.counted(unpriced, 'usage row')} has a price in {look.currency}."
    products = days.groupby("product")["cost"].agg(amount).sort_values(ascending=False)
    names = ", ".join(in_words(str(name)) for name in products.index[:3])
    spread = fmt.counted(int(days["usage_date"].nunique()), "day")
    lacking = f" {fmt.counted(unpriced, 'usage row')} without a price not counted." if unpriced else ""
    return f"{fmt.money(cost, look.currency)} at {look.basis} prices on {spread}, for {names}.{lacking}"
