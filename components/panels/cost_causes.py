"""What could have caused an unusual cost of one thing: changes of it about then, SKUs that it began or ceased to use, and
whether prices or quantities moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pandas as pd

from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.tile import Frames

COLUMNS = {"when": ("When", "text"), "cause": ("What", "text"), "who": ("By", "text")}
BEFORE = dt.timedelta(days=3)  # how long before its first day a change may have caused it
USUAL = dt.timedelta(days=28)  # before its first day, in which it is seen which SKUs are used
MOST = 5  # changes that are listed
MATERIAL = 0.1  # share of the difference below which a SKU explains nothing
Row = tuple[str, str, str | None]


def causes(first: dt.date, days: Sequence[dt.date], product: str, frames: Frames, look: ViewContext) -> pd.DataFrame:
    """The candidates (``when``, ``cause``, ``who``: an id or None), of what the questions answered: rows of things.changes
    (``changes``), things.cost_by_day (``cost_by_day``) and finops.price_changes (``price_changes``) as far as they are there.
    ``first`` is the event's first day, ``days`` its own; ``product`` narrows the costs, empty: all."""
    rows = [*_changed(first, max(days), frames.get("changes"), look)]
    costs = frames.get("cost_by_day")
    if costs is not None and not costs.empty:
        costs = costs[costs["product"].eq(product)] if product else costs
        rows += [*_skus(first, days, costs, look), *_prices(first, max(days), costs, frames.get("price_changes"), look)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _changed(first: dt.date, last: dt.date, changes: pd.DataFrame | None, look: ViewContext) -> Iterator[Row]:
    """Changes of the thing from shortly before its first day on, those nearest to it first."""
    if changes is None or changes.empty:
        return
    known = changes[changes["at"].notna() & changes["what"].notna()]
    day = known["at"].dt.tz_convert("UTC").dt.date
    near = known[(day >= first - BEFORE) & (day <= last)]
    far = (near["at"] - pd.Timestamp(first, tz="UTC")).abs()
    for row in near.assign(far=far).sort_values("far", kind="stable").head(MOST).to_dict("records"):
        who = row["who"] if isinstance(row["who"], str) else None
        yield (
            fmt.moment(row["at"].to_pydatetime(), look.zone),
            plain(change_in_words(row["what"], look.names), 200),
            who,
        )


def _skus(first: dt.date, days: Sequence[dt.date], costs: pd.DataFrame, look: ViewContext) -> Iterator[Row]:
    """SKUs that were not used before, or are used no more, where that is a part of the difference."""
    day = pd.to_datetime(costs["usage_date"]).dt.date
    cost = costs.assign(cost=pd.to_numeric(costs["cost"].astype(object), errors="coerce").fillna(0).astype(float))
    now = cost[day.isin(list(days))].groupby("sku_name")["cost"].sum() / len(days)
    before = cost[(day < first) & (day >= first - USUAL)].groupby("sku_name")["cost"].sum() / USUAL.days
    moved = now.sub(before, fill_value=0.0)
    whole = abs(moved.sum())
    for name, change in moved.sort_values(key=abs, ascending=False).to_dict().items():
        if before.sum() <= 0 or not whole or abs(change) < MATERIAL * whole:
            continue
        much = f"{in_words(str(name))}, {fmt.money(abs(change), look.currency)} a day"
        if before.get(name, 0.0) <= 0:
            yield fmt.day(first), f"New: {much}", None
        elif now.get(name, 0.0) <= 0:
            yield fmt.day(first), f"No more: {much}", None


def _prices(
    first: dt.date, last: dt.date, costs: pd.DataFrame, prices: pd.DataFrame | None, look: ViewContext
) -> Iterator[Row]:
    """Prices of its SKUs that changed about then; where none did, that it is the quantity."""
    if prices is None:
        return
    used = prices[prices["sku_name"].isin(set(costs["sku_name"]))]
    day = used["changed_at"].dt.date
    near = used[(day >= first - BEFORE) & (day <= last)]
    for row in near.itertuples():
        said = f"Price of {in_words(row.sku_name)}: {fmt.change(row.change_ratio)}"
        yield fmt.moment(row.changed_at.to_pydatetime(), look.zone), said, None
    if near.empty:
        yield "", "The quantity: no price of what it uses changed", None
