"""What is shown of a service of the gateway: how it is called, day by day, and how its calls end."""

from __future__ import annotations

from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.codes import worded
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames

QUERY = "things.gateway_days"


@panel("How it is called", height=320)
def days(frames: Frames, look: ViewContext) -> list[Body]:
    """Calls by UTC day, as the gateway records them, by how they ended; what the caller did wrong is no failure."""
    frame = frames["gateway_days"]
    if frame.empty:
        return [Empty("Nobody called it in this period.", "The gateway records calls for a year.")]
    calls, tokens = int(frame["calls"].sum()), float(frame["tokens"].sum())
    bad = {name: int(frame.loc[frame["ended"].eq(name), "calls"].sum()) for name in ("REFUSED", "FAILED")}
    said = f"{fmt.counted(calls, 'call')} with {fmt.number(tokens)} tokens"
    told = [f"{fmt.percent(count / calls)} {name.lower()}" for name, count in bad.items() if count]
    drawn = stacked(
        worded(frame, QUERY), look, x="day", series="ended", value="calls", unit="count", things="calls", height=240
    )
    text, much = f"{said}; {', '.join(told) or 'none refused or failed'}", sum(bad.values()) > 0.05 * calls
    return [Finding(text, "watch" if much else "plain"), drawn]
