"""InfraOps: what it costs to start SQL warehouses: how often, by whom, and how long each then runs without work."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

import pandas as pd

from components.figures.scatter import Axis, scatter
from components.panels import offers
from components.panels.amounts import ZERO, amount
from components.panels.infraops import STOPS, saves_of, sooner_of
from components.panels.offers import Offer
from components.panels.warehouse_types import machines_apart
from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Tone
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

QUERY = "infraops.warehouse_starts"
SCHEDULES = {"alert": "alert", "job": "job", "pipeline": "pipeline"}
KINDS = {**SCHEDULES, "dashboard": "dashboard", "person": "people", "nobody known": "nobody known"}
WORTH = 1  # a day, in the viewer's currency: a tail that costs less is no waste
ONCE = 0.05  # starts a day that would go: fewer are nothing to speak of
CURVES = (1, 4, 12)  # hours of tail a day
KEY = ["workspace_id", "warehouse_id"]
WAREHOUSES: dict[str, tuple[str, str]] = {
    **labelled(QUERY, ("warehouse",)), **offers.COLUMNS, "starts_a_day": ("Starts a day", "number"),
    "tail": ("Tail a start", "seconds"),
    "tail_a_day": ("Tail a day", "money"), "of_bill": ("Of its bill", "share"), "by": ("Started by", "text"), **STOPS,
    **labelled(QUERY, ("auto_stop_minutes", "warehouse_type", "owner")),
}  # fmt: skip
SCHEDULED = ("minutes", "starts_a_day", "work_a_day", "tail_a_day", "who", "warehouse")


@panel("Are we paying for starts?", height=420)
def warehouse_starts(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """How often each SQL warehouse starts, against how long it runs without work before it stops again. That tail belongs to
    whoever started it, not to nobody. On each curve as many hours a day are tail; the area of a dot is what it costs."""
    frame = frames["warehouse_starts"]
    if frame.empty:
        return [Empty("0 SQL warehouses of this region were billed in this period.")]
    frame = things_apart(frame, "warehouse", "warehouse_id")
    rows = whole(frame)
    known = rows[rows["evidence_days"].notna()]
    started = known[known["starts_a_day"].gt(0)]
    if known.empty:
        return [Note(f"Of {fmt.counted(len(rows), 'warehouse')} no start is known.", "unknown")]
    if started.empty:
        return [Finding(f"None of {fmt.counted(len(known), 'warehouse')} was started")]
    hour = _hour(started)
    drawn = scatter(
        started,
        look,
        x=Axis("starts_a_day", "number", "starts a day"),
        y=Axis("tail", "seconds", "tail a start"),
        label="warehouse",
        size="tail_a_day",
        detail="by",
        thing=things_of(QUERY)["warehouse"],
        curves=[hours * 3600.0 for hours in CURVES],
        curve_name=lambda one: _curve(one / 3600, hour, look),
    )
    made = [_found(frame, started, look), drawn, _warehouses(started, frames, len(rows) - len(known), look)]
    schedules = frame[frame["source_kind"].isin([*SCHEDULES, "dashboard"])]
    return [*made, _schedules(schedules, frames, look)] if len(schedules) else made


def whole(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a warehouse of ``frame``: its starts and tails summed over those who started it, the dearest first."""
    made = []
    for _, part in frame.groupby(KEY, sort=False):
        tails = part[part["tail"].notna()]
        counted, cost = float(tails["starts_a_day"].sum()), _sum(part["tail_a_day"])
        bill = part["cost_a_day"].iloc[0]
        made.append(
            part.iloc[0].to_dict()
            | {
                "starts_a_day": float(part["starts_a_day"].sum()),
                "tail": float((tails["tail"] * tails["starts_a_day"]).sum()) / counted if counted else None,
                "tail_a_day": cost,
                "of_bill": float(cost / bill) if fmt.known(cost) and fmt.known(bill) and bill > 0 else None,
                "by": _by(part),
            }
        )
    rows = pd.DataFrame(made)
    order = [-float(one) if fmt.known(one) else 1.0 for one in rows["tail_a_day"]]
    return rows.iloc[pd.Series(order).argsort(kind="stable")].reset_index(drop=True)


def _sum(values: pd.Series) -> Decimal | None:
    return amount(values) if values.notna().any() else None


def _by(part: pd.DataFrame) -> str:
    """``12 a day by 2 jobs, 8 by people``."""
    said = []
    for kind, rows in sorted(part.groupby("source_kind"), key=lambda one: -float(one[1]["starts_a_day"].sum())):
        word = KINDS.get(str(kind), str(kind))
        who = fmt.counted(len(rows), word) if kind in (*SCHEDULES, "dashboard") else word
        said.append(f"{fmt.number(float(rows['starts_a_day'].sum()))} by {who}")
    return ", ".join(said)


def _found(frame: pd.DataFrame, started: pd.DataFrame, look: ViewContext) -> Finding:
    """The warehouse whose tails after schedules cost most; where none is started by a schedule, that with the dearest."""
    scheduled = frame[frame["source_kind"].isin([*SCHEDULES])]
    parts = [(_sum(rows["tail_a_day"]) or ZERO, rows) for _, rows in scheduled.groupby(KEY)]
    cost, rows = max(parts, key=lambda one: one[0], default=(ZERO, scheduled))
    if not cost:
        worst = started.iloc[0]
        share = f", {fmt.percent(worst['of_bill'], 0)} of its bill" if fmt.known(worst["of_bill"]) else ""
        tail = f"{fmt.duration(worst['tail'])} of tail each" if fmt.known(worst["tail"]) else "tails not known"
        name, often = plain(worst["warehouse"], 40), fmt.number(worst["starts_a_day"])
        return Finding(f"{name} starts {often} times a day, none by a schedule of note: {tail}{share}")
    bill = rows["cost_a_day"].iloc[0]
    starts, work = float(rows["starts_a_day"].sum()), float(rows["work_a_day"].sum())
    kinds = rows["source_kind"].unique()
    word = SCHEDULES[kinds[0]] if len(kinds) == 1 else "schedule"
    verb = "starts" if len(rows) == 1 else "start"
    share = f"{fmt.percent(float(cost / bill), 0)} of its bill" if fmt.known(bill) and bill > 0 else "part of its bill"
    said = (
        f"{fmt.counted(len(rows), word)} {verb} {plain(rows['warehouse'].iloc[0], 40)} {fmt.number(starts)} times a day"
    )
    tone: Tone = "watch" if cost >= WORTH and fmt.known(bill) and cost * 10 >= bill else "plain"
    return Finding(f"{said} for {fmt.duration(work)} of work: {share} is their tail", tone)


def _hour(started: pd.DataFrame) -> float | None:
    """What an hour without work costs on the warehouse in the middle."""
    hours = started["starts_a_day"] * started["tail"].astype(float) / 3600
    costs = [
        float(cost) / one
        for cost, one in zip(started["tail_a_day"], hours, strict=True)
        if fmt.known(cost) and fmt.known(one) and one > 0
    ]
    return median(costs) if costs else None


def _curve(hours: float, cost: float | None, look: ViewContext) -> str:
    return f"{hours:.0f} h a day" + (f", about {fmt.money(hours * cost, look.currency)}" if cost else "")


def _warehouses(started: pd.DataFrame, frames: Frames, unknown: int, look: ViewContext) -> Grid:
    """What would stop each sooner."""
    best = sooner_of(frames)
    sooner = [best.get((row.workspace_id, row.warehouse_id)) for row in started.itertuples()]
    made = [_stop(row, one, look) for row, one in zip(started.itertuples(), sooner, strict=True)]
    saves = pd.Series([saves_of(one, look) for one in sooner], started.index, dtype=object)
    lacking = f"{fmt.counted(unknown, 'warehouse')} without events not measured" if unknown else ""
    return Grid(
        offers.offered(started.assign(evidence=saves), "warehouse", "warehouse", made, frames),
        WAREHOUSES,
        "; ".join(filter(None, (lacking, machines_apart(started["warehouse_type"])))),
        things={**things_of(QUERY), "state": offers.STATE},
        proposes={"propose": offers.button("warehouse")},
    )


def _stop(row: Any, best: Any, look: ViewContext) -> Offer | None:
    if best is None or not fmt.known(row.tail_a_day) or row.tail_a_day < WORTH:
        return None
    often = f"It starts {fmt.number(row.starts_a_day)} times a day ({row.by}) and then runs {fmt.duration(row.tail)} without work"
    why = f"{often}, {fmt.money(row.tail_a_day, look.currency)} a day. Stopping {saves_of(best, look)}."
    return Offer("warehouse.set_autostop", why, {"auto_stop_minutes": int(best.minutes)})


def _schedules(rows: pd.DataFrame, frames: Frames, look: ViewContext) -> Grid:
    """Who starts them by a schedule, at which minutes, and whom to ask for a common one."""
    own = rows["source_kind"].isin(["job", "pipeline"])
    dashboard = rows["source_kind"].eq("dashboard")
    acted = rows.assign(
        plan=dashboard,
        source=rows["source"].where(own | dashboard, "alert " + rows["source_id"].astype(str).str[:6] + "…"),
        resource_kind=rows["source_kind"].where(own, "warehouse"),
        resource_id=rows["source_id"].where(own, rows["warehouse_id"]),
        acts_on=rows["source"].where(own, rows["warehouse"]),
    ).sort_values("plan", kind="stable")
    made = [_slot(row, look) for row in acted.itertuples()]
    columns = {**labelled(QUERY, ("source", "source_kind")), **offers.COLUMNS, **labelled(QUERY, SCHEDULED)}
    on = ThingColumn("", ("workspace_id", "resource_id"), "resource_kind")
    return Grid(
        offers.offered_of_kinds(acted, "acts_on", made, frames),
        columns,
        "of one hour the schedules could come at one minute; a dashboard may be opened by people",
        things={**things_of(QUERY), "state": offers.STATE, "acts_on": on},
        proposes={"propose": offers.button("acts_on")},
    )


def _slot(row: Any, look: ViewContext) -> Offer | None:
    """To ask who runs it for the minute at which most of that hour come; a job that nobody is known to run can be paused."""
    if row.source_kind not in SCHEDULES or not fmt.known(row.tail_a_day) or row.tail_a_day < WORTH:
        return None
    name, warehouse = plain(row.source, 80), plain(row.warehouse, 80)
    often = f"{name} starts {warehouse} {fmt.number(row.starts_a_day)} times a day at {row.minutes} (UTC)"
    dear = fmt.money(row.tail_a_day, look.currency)
    cost = f"it works {fmt.duration(row.work_a_day)} and then runs on without work for {dear} a day"
    fewer = (
        f" If all that start it within an hour came at :{int(row.common_minute):02d}, "
        f"{fmt.number(row.fewer_a_day)} starts a day would go."
        if fmt.known(row.common_minute) and row.fewer_a_day >= ONCE
        else " Fewer runs, or serverless compute of the job, would spare them."
    )
    text = f"{often}: {cost}.{fewer}"
    if not isinstance(row.who, str):
        return Offer("job.pause_schedule", text, {"paused": True}) if row.source_kind == "job" else None
    subject = plain(f"{name} starts {warehouse} {fmt.number(row.starts_a_day)} times a day", 120)
    return Offer("notify.owner", text, {"recipient": row.who, "subject": subject, "text": text})
