"""Overview: how the month goes."""

from __future__ import annotations

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Frames, Note


@panel("This month")
def month(frames: Frames, look: ViewContext) -> Body:
    """The bill so far and where the month is likely to end."""
    if frames["forecast_total"].empty:
        return Empty("Too few complete days for a forecast of the month: it needs 49 in a row.")
    total = frames["forecast_total"].iloc[0]
    spent, low, middle, high = (fmt.money(total[name], look.currency) for name in ("spent", "p10", "p50", "p90"))
    return Note(f"Month to date {spent}, likely {middle} at its end ({low} to {high} in 8 of 10 months like it).")
