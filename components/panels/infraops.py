"""InfraOps: what SQL warehouses cost without work, where people wait for them, and what would mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components.figures.scatter import Axis, scatter
from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.panels.savings import worth_it
from components.panels.warehouse_types import machines_apart
from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

IDLE_LIMIT = 20  # a day, in the viewer's currency: what is worth a look
QUEUE_LIMIT = 0.5  # hours of queue on one day
SUSTAINED = 3  # days with a queue: fewer call for no larger warehouse
SOON = 10  # idle minutes: what a warehouse is made with
WAREHOUSES = (
    "warehouse", "idle_a_day", "queued_a_day", "waited_days", "auto_stop_minutes", "warehouse_type", "owner",
)  # fmt: skip
Late = Mapping[tuple[str, str], float]  # by workspace and warehouse: money of four weeks
STOPS = {"evidence": ("Stopping sooner, a month", "text")}


def idles(frame: pd.DataFrame) -> pd.Series:
    """Which rows of infraops.idle_and_waits idle for more than is worth a look."""
    return frame["idle_a_day"].map(lambda value: fmt.known(value) and value >= IDLE_LIMIT).astype(bool)


def waits(frame: pd.DataFrame) -> pd.Series:
    """Which rows of it made people wait in a queue for longer than is worth a look, on one day or more."""
    return frame["queued_a_day"].ge(QUEUE_LIMIT).astype(bool)


@panel("Where we pay and wait", height=420)
def idle_and_waits(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Each SQL warehouse: what its idle time costs a day against how long statements queue on a day with a queue. Top right
    is the wrong shape, not the wrong size. The area of a dot is what the warehouse costs."""
    frame = frames["idle_and_waits"]
    if frame.empty:
        return [Empty("No SQL warehouse was billed in this period.")]
    late = late_of(frames)
    known = _worst_first(things_apart(frame[frame["evidence_days"].notna()], "warehouse", "warehouse_id"), late)
    unknown = len(frame) - len(known)
    if known.empty:
        return [Note(f"Of {fmt.counted(unknown, 'warehouse')} no running time is known.", "unknown")]
    drawn = scatter(
        known,
        look,
        x=Axis("idle_a_day", "money", "idle a day", IDLE_LIMIT),
        y=Axis("queued_a_day", "number", "hours queued on a day with a queue", QUEUE_LIMIT),
        label="warehouse",
        size="cost_a_day",
        detail="workspace",
        thing=things_of("infraops.idle_and_waits")["warehouse"],
    )
    lacking = f"{fmt.counted(unknown, 'warehouse')} of another region or without events not measured" if unknown else ""
    caption = "; ".join(filter(None, (lacking, machines_apart(known["warehouse_type"]))))
    return [_found(known, look), drawn, _listed(known, frames, late, caption, look)]


def _listed(known: pd.DataFrame, frames: Frames, late: Late, caption: str, look: ViewContext) -> Grid:
    """The rows with what stopping sooner would save, and the button that proposes it."""
    query, best = "infraops.idle_and_waits", sooner_of(frames)
    sooner = [best.get((row.workspace_id, row.warehouse_id)) for row in known.itertuples()]
    made = [_offer(row, one, late, look) for row, one in zip(known.itertuples(), sooner, strict=True)]
    saves = pd.Series([_shortly(one, look) for one in sooner], known.index, dtype=object)
    return Grid(
        offers.offered(known.assign(evidence=saves), "warehouse", "warehouse", made, frames),
        {**offers.after_name(query, WAREHOUSES[:2]), **STOPS, **labelled(query, WAREHOUSES[2:])},
        caption,
        things={**things_of(query), "state": offers.STATE},
        proposes={"propose": offers.button("warehouse")},
    )


def late_of(frames: Frames) -> Late:
    """What finops.idle_warehouses says that :data:`SOON` would save, of the warehouses that stop later than that or never."""
    frame = frames.get("idle_warehouses")
    if frame is None:
        return {}
    rows = frame[frame["minutes"].eq(SOON) & (frame["auto_stop_minutes"].gt(SOON) | frame["auto_stop_minutes"].eq(0))]
    every: list[Any] = list(rows[rows["idle_stretches"].gt(0)].itertuples())
    return {(one.workspace_id, one.warehouse_id): float(one.saving_high) for one in every if fmt.known(one.saving_high)}


def _worst_first(known: pd.DataFrame, late: Late) -> pd.DataFrame:
    """Those that idle and make people wait, then those that stop late or never, by what stopping as soon as others would save
    and by what the idle time costs; then the others by that."""
    stops = known["auto_stop_minutes"]
    slow = idles(known) & (stops.gt(SOON) | stops.eq(0))
    saved = [late.get(one, 0.0) for one in zip(known["workspace_id"], known["warehouse_id"], strict=True)]
    idle = [float(one) if fmt.known(one) else 0.0 for one in known["idle_a_day"]]
    ranked = known.assign(both=idles(known) & waits(known), saved=saved, late=slow, idle=idle)
    order = ["both", "saved", "late", "idle"]
    return ranked.sort_values(order, ascending=False, kind="stable").drop(columns=order)


def _found(known: pd.DataFrame, look: ViewContext) -> Finding:
    """The worst warehouse that does both, else how many do one of them."""
    idle, queue = idles(known), waits(known)
    if (idle & queue).any():
        worst = known[idle & queue].iloc[0]
        does = f"idles {fmt.money(worst['idle_a_day'], look.currency)} a day and makes people wait"
        hours = f"{fmt.number(worst['queued_a_day'])} h on {fmt.counted(int(worst['waited_days']), 'day')}"
        return Finding(f"{plain(worst['warehouse'], 40)} {does} {hours}: wrong shape", "act")
    a_day = fmt.money(amount(known["idle_a_day"]), look.currency)
    waited = f"{queue.sum():,} made people wait {QUEUE_LIMIT} h on a day"
    text = f"{a_day} a day idle on {fmt.counted(len(known), 'warehouse')}; {waited}, none does both"
    return Finding(text, "watch" if idle.any() or queue.any() else "plain")


def sooner_of(frames: Frames) -> dict[Any, Any]:
    """By workspace and warehouse: the best row of finops.idle_warehouses, where stopping so soon saves something."""
    frame = frames.get("idle_warehouses")
    rows = [] if frame is None else worth_it(frame).itertuples()
    return {(row.workspace_id, row.warehouse_id): row for row in rows}


def saves_of(best: Any, look: ViewContext) -> str | None:
    """``after 5 min: $97.10 to $101.00 a month``."""
    if best is None or not fmt.known(best.saving_high):
        return None
    saves = f"{fmt.money(best.saving_low, look.currency)} to {fmt.money(best.saving_high, look.currency)} a month"
    return f"after {best.minutes} min: {saves}"


def _shortly(best: Any, look: ViewContext) -> str | None:
    """``5 min: $97 to $101``, for a narrow column."""
    if best is None or not fmt.known(best.saving_high):
        return None
    low, high = (fmt.money(round(one), look.currency) for one in (best.saving_low, best.saving_high))
    return f"{best.minutes} min: {low} to {high}"


def _offer(row: Any, best: Any, late: Late, look: ViewContext) -> Offer | None:
    """More clusters where people waited on several days, else an earlier stop where that saves something, else nothing."""
    if row.waited_days >= SUSTAINED and row.queued_a_day >= QUEUE_LIMIT and fmt.known(row.max_clusters):
        full = fmt.counted(int(row.max_clusters), "cluster")
        who = fmt.counted(int(row.people), "person or service", "people and services")
        days = fmt.counted(int(row.waited_days), "day")
        why = (
            f"On {days} statements queued {fmt.number(row.queued_a_day)} h because its {full} were full; {who} waited."
        )
        return Offer("warehouse.set_max_clusters", why, {"max_num_clusters": int(row.max_clusters) + 1})
    if best is None or not fmt.known(row.idle_a_day):
        return None
    if row.idle_a_day < IDLE_LIMIT and late.get((row.workspace_id, row.warehouse_id), 0.0) < IDLE_LIMIT:
        return None
    stops = f"stops after {best.auto_stop_minutes} idle minutes" if best.auto_stop_minutes else "never stops by itself"
    idle = f"idles {fmt.money(row.idle_a_day, look.currency)} a day"
    known = f"measured on {fmt.counted(int(row.evidence_days), 'day')}"
    stop = f"Stopping {saves_of(best, look) or f'after {best.minutes} min'}."
    return Offer(
        "warehouse.set_autostop", f"It {stops} and {idle}, {known}. {stop}", {"auto_stop_minutes": int(best.minutes)}
    )
