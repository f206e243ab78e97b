"""Spend as ``finops.spend_by_day`` gives it: usage_date, product, cost (money), unpriced_rows."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from components import format as fmt
from components.figures.bars import ranked
from components.figures.canvas import NOTHING, floats
from components.figures.stacked import stacked
from components.tile import Body, Frames, Look, Metric, Metrics


def totals(frames: Frames, look: Look) -> Body:
    """The bill and its three largest products."""
    frame = frames["spend_by_day"]
    if frame.empty:
        return NOTHING
    sums = _by_product(frame)
    whole = sum(sums.values(), Decimal(0))
    days = pd.Series(floats(frame["cost"]), dtype="float64").groupby(frame["usage_date"].to_numpy()).sum()
    first = Metric("Total", fmt.money(whole, look.currency, basis=look.basis), good="down", trend=tuple(days))
    rest = [Metric(name, fmt.money(cost, look.currency)) for name, cost in list(sums.items())[:3]]
    unpriced = Metric(
        "Unpriced usage rows",
        fmt.number(int(frame["unpriced_rows"].sum())),
        help="Usage without a price is not in the sums.",
    )
    return Metrics([first, *rest, unpriced])


def per_day(frames: Frames, look: Look) -> Body:
    """Spend per day by product."""
    return stacked(frames["spend_by_day"], look, x="usage_date", series="product", value="cost")


def products(frames: Frames, look: Look) -> Body:
    """Products by spend."""
    sums = _by_product(frames["spend_by_day"])
    return ranked(
        pd.DataFrame({"product": list(sums), "cost": list(sums.values())}), look, label="product", value="cost", top=10
    )


def _by_product(frame: pd.DataFrame) -> dict[str, Decimal]:
    """Exact sums by product, largest first; what has no price is not counted."""
    sums: dict[str, Decimal] = {}
    for product, cost in zip(frame["product"], frame["cost"], strict=True):
        if fmt.known(cost):
            sums[str(product)] = sums.get(str(product), Decimal(0)) + cost
    return dict(sorted(sums.items(), key=lambda item: -item[1]))
