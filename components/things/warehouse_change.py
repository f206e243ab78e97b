"""Whether a change of a SQL warehouse did what it was made for: what it had and used, who waited, and its cost before and after."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from components.figures.change_marks import with_changes
from components.figures.strip import strip
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from things import Thing, ThingColumn

DAYS = 14  # before and after a change that are compared, at most
LEAST = 2  # whole days on each side, fewer tell nothing
SHOWN = 18  # days of hours that are drawn: each costs a kilobyte and a half
MORE, LESS = 1.2, 0.8  # times: what lies between is no difference
WAIT = 0.25  # hours a day: a queue that is shorter is none
SETTING = re.compile(r"(?:^|, )(size|clusters at most|clusters at least|auto-stop|type) ([^,]+?) → ([^,]+)")
COLUMNS = {
    "at": ("Changed", "time"), **offers.COLUMNS, "said": ("What", "text"), "who": ("By", "text"),
    "cost_before": ("Cost a day before", "money"), "cost_after": ("After", "money"), "times": ("Times", "number"),
    "wait_before": ("Queued a day before (h)", "number"), "wait_after": ("After (h)", "number"),
    "days_before": ("Days before", "count"), "days_after": ("Days after", "count"),
}  # fmt: skip


def change_of(thing: Thing | None) -> Panel:
    """The panel of the warehouse ``thing``; None: of no warehouse a setting changed."""

    @panel("Did the change do it?", height=420)
    def warehouse_change(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Clusters that were on and how much of that at least one statement used, hour by hour (UTC), the most that ran and
        queued at once under it, and each change of a setting. Before and after are whole days without that of the change."""
        if thing is None:
            return [Empty("0 settings of SQL warehouses changed in 60 days.", "What they are is in Inventory.")]
        hours = frames["warehouse_strip"]
        if hours.empty:
            return [
                Empty(
                    "It did not run in 0 hours that are known of these days.",
                    "Or its events are those of another region.",
                )
            ]
        rows = compared(hours, frames.get("changes", pd.DataFrame()), look)
        drawn = strip(
            _around(hours, rows),
            look,
            x="hour",
            had=("clusters", "clusters on"),
            used=("busy_hours", "busy"),
            under={"queued": "queued at most", "running": "running at most"},
            of=("clusters", "at once"),
        )
        bodies: list[Body] = [_found(rows, hours, look), with_changes(drawn, frames.get("changes"), look)]
        if rows.empty:
            return bodies
        rows = rows.assign(warehouse_id=thing.id, workspace_id=thing.workspace)
        made = [_back(row, look) for row in rows.itertuples()]
        which = ThingColumn("warehouse", ("workspace_id", "warehouse_id"))
        grid = Grid(
            offers.offered(rows, "warehouse", "warehouse", made, frames),
            COLUMNS,
            "whole days on each side, up to the change before and after it; the day of the change is on neither",
            things={"who": ThingColumn("principal", ("who",)), "state": offers.STATE, "warehouse": which},
            proposes={"propose": offers.button("warehouse")},
        )
        return [*bodies, grid]

    return warehouse_change


def compared(hours: pd.DataFrame, changes: pd.DataFrame, look: ViewContext) -> pd.DataFrame:
    """One row a change of a setting, the newest first: what a day cost and how long statements queued in it, before and after."""
    if changes.empty:
        return pd.DataFrame()
    told = changes[changes["what"].fillna("").map(lambda what: bool(SETTING.search(what)))].sort_values("at")
    whens: list[dt.date] = [one.date() for one in told["at"]]
    days = _days(hours)
    if not len(days):
        return pd.DataFrame()
    first, last = days.index[0], days.index[-1]
    made = []
    row: Any
    for place, row in enumerate(told.itertuples()):
        day = whens[place]
        since = max([first, day - dt.timedelta(days=DAYS), *(one + dt.timedelta(days=1) for one in whens[:place])])
        until = min([last, day + dt.timedelta(days=DAYS), *(one - dt.timedelta(days=1) for one in whens[place + 1 :])])
        before = days[(days.index >= since) & (days.index < day)]
        after = days[(days.index > day) & (days.index <= until)]
        enough = len(before) >= LEAST and len(after) >= LEAST
        was, now = (_a_day(before), _a_day(after)) if enough else ((None, None), (None, None))
        made.append(
            {
                "at": row.at, "warehouse": row.name if isinstance(row.name, str) else "it", "what": row.what,
                "said": change_in_words(row.what, look.names), "who": row.who,
                "cost_before": was[0], "cost_after": now[0], "wait_before": was[1], "wait_after": now[1],
                "times": float(now[0] / was[0]) if was[0] and now[0] is not None else None,
                "days_before": len(before), "days_after": len(after),
            }
        )  # fmt: skip
    return pd.DataFrame(made[::-1])


def _days(hours: pd.DataFrame) -> pd.DataFrame:
    """What each UTC day cost and how long statements queued in it; a day without a row is one on which it was off. Of the last
    day, and of the first, not all may be known."""
    day = pd.Series([one.date() for one in hours["hour"]], hours.index)
    sums = pd.DataFrame(
        {
            "cost": [sum(filter(fmt.known, part), Decimal(0)) for _, part in hours["cost"].groupby(day)],
            "wait": hours["queued_hours"].astype(float).groupby(day).sum(),
        }
    )
    every = [one.date() for one in pd.date_range(sums.index.min(), sums.index.max())]
    return sums.reindex(every).iloc[1:-1]


def _a_day(days: pd.DataFrame) -> tuple[Decimal, float]:
    costs = [one if fmt.known(one) else Decimal(0) for one in days["cost"]]
    return sum(costs, Decimal(0)) / len(days), float(days["wait"].fillna(0).sum()) / len(days)


def _around(hours: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The hours that are drawn: with the newest change that is judged, or the last ones. Off is drawn as zero."""
    last = hours["hour"].max()
    judged = rows[rows["days_after"].ge(LEAST)] if len(rows) else rows
    if len(judged):
        last = min(last, judged["at"].iloc[0] + pd.Timedelta(days=SHOWN // 2))
    first = max(hours["hour"].min(), last - pd.Timedelta(days=SHOWN))
    every = pd.DataFrame({"hour": pd.date_range(first.floor("h"), last.floor("h"), freq="h")})
    known = hours[["hour", "clusters", "busy_hours", "queued", "running"]]
    return every.merge(known.astype({"hour": every["hour"].dtype}), on="hour", how="left").fillna(0)


def _found(rows: pd.DataFrame, hours: pd.DataFrame, look: ViewContext) -> Finding:
    """What the newest change that can be judged did."""
    judged = rows[rows["cost_after"].notna()] if len(rows) else rows
    if judged.empty:
        lacking = (
            f"; of {fmt.counted(len(rows), 'change')} too few days are known" if len(rows) else "; no setting changed"
        )
        on, busy = float(hours["running_hours"].sum()), float(hours["busy_hours"].sum())
        return Finding(f"On for {fmt.number(on)} h, busy for {fmt.number(min(busy, on))} h of it{lacking}")
    row = judged.iloc[0]
    by = f", {plain(look.names.called(row['who']), 24)}" if isinstance(row["who"], str) and row["who"] else ""
    what = plain(row["said"], 34)
    cost = (
        "costs as much" if row["times"] is None or LESS < row["times"] < MORE else f"costs {fmt.number(row['times'])}×"
    )
    dearer = row["times"] is not None and row["times"] >= MORE
    waits = _waits(row["wait_before"], row["wait_after"])
    return Finding(
        f"Since {fmt.day(row['at'].date())} ({what}{by}) {plain(row['warehouse'], 20)} {cost} and {waits}",
        "watch" if dearer and waits != "waits fell" else "plain",
    )


def _waits(before: float, after: float) -> str:
    if max(before, after) < WAIT:
        return "nobody waits, as before"
    if after <= before * LESS:
        return "waits fell"
    return "waits did not fall" if after <= before * MORE else "waits rose"


def _back(row: Any, look: ViewContext) -> Offer | None:
    """The size that it had, where it costs more since and waits did not fall."""
    size = next((found for found in SETTING.findall(row.what) if found[0] == "size"), None)
    if (
        size is None
        or not fmt.known(row.times)
        or row.times < MORE
        or _waits(row.wait_before, row.wait_after) == "waits fell"
    ):
        return None
    cost = f"{fmt.money(row.cost_before, look.currency)} a day before, {fmt.money(row.cost_after, look.currency)} after"
    waits = f"{fmt.number(row.wait_before)} h queued a day before, {fmt.number(row.wait_after)} h after"
    known = f"{row.days_before} and {row.days_after} whole days"
    why = f"Since {fmt.day(row.at.date())} its size is {size[2]}, not {size[1]}: {cost}; {waits} ({known})."
    return Offer("warehouse.resize", why, {"cluster_size": size[1]})
