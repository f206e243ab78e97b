"""FinOps: how the month ends."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.bands import cumulative, fan
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note


@panel("How the month ends", height=560)
def forecast(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The month as it adds up beside the one before, its days with a fan to the end, and how well the same forecast did
    before."""
    if frames["forecast_total"].empty:
        return [Empty("Too few complete days for a forecast: it needs 49 in a row.")]
    total = frames["forecast_total"].iloc[0]
    month = frames.get("month", pd.DataFrame())
    adds_up = [] if month.empty else [cumulative(month, look, names=_names(month), height=280)]
    drawn = fan(
        frames["history"],
        frames["forecast"],
        look,
        x="day",
        value="cost",
        middle="p50",
        ranges=[("p10", "p90", "8 of 10 outcomes")],
        height=240,
    )
    money = {name: fmt.money(total[name], look.currency) for name in ("p10", "p50", "p90", "spent")}
    missed = (
        f"The same forecast missed earlier months by {fmt.percent(total['wape'])} on average."
        if fmt.known(total["wape"])
        else "The billing table holds no earlier month to compare this forecast with."
    )
    text = f"The month ends at {money['p50']}, 8 of 10 times between {money['p10']} and {money['p90']}; {money['spent']} so far."
    if total["unseen"]:
        missed += f" No {total['unseen']} like the one ahead was seen yet: what it adds is not known."
    return [Finding(text), *adds_up, drawn, Note(missed)]


def _names(month: pd.DataFrame) -> tuple[str, str]:
    """``November`` and ``October``."""
    first = month["date"].iloc[0]
    return f"{first:%B}", f"{first - pd.Timedelta(days=1):%B}"
