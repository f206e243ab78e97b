"""UserOps: how often people come, month by month. Counts of everybody, never names."""

from __future__ import annotations

from collections.abc import Sequence

from components.figures.lines import lines
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames

DRAWN = {"often": "on 10 days or more", "sometimes": "on 3 to 9 days", "seldom": "on 1 or 2 days"}


@panel("How often people come", height=300)
def use_tiers(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """People by the days of a month on which they did something, in months that are over and in which the records speak from the
    first day. Of fewer than five people nothing is said; services are no people. Who did nothing in a month may be on leave."""
    rows = frames["tiers"]
    if rows.empty:
        return Empty("0 months are over in which the records say how often five people or more came.")
    last = rows.iloc[-1]
    month = last["month"].strftime("%b %Y")
    said = f"{int(last['often']):,} of {fmt.counted(int(last['people']), 'person', 'people')} came on 10 days or more in {month}"
    if fmt.known(last["gone"]) and last["before"]:
        said += f"; {int(last['gone']):,} of {int(last['before']):,} of the month before did not come"
    return [Finding(said), lines(rows, look, x="month", columns=DRAWN, unit="count", of="people", months=True)]
