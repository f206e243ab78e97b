"""InfraOps: which runtimes lose support, when, and whose jobs and clusters run on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.stacked import stacked
from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from runtimes import AS_OF, SOURCE, ends, release

SOON = 90  # days: what is worth a look
QUERY = "infraops.runtimes"
SHOWN = ("resource", "runtime", "monthly_cost", "owner", "last_used", "workspace")
ENDING = {"support_ends": ("Support ends", "date"), "days_left": ("Days left", "count")}


def runtimes_of(today: dt.date) -> Panel:
    """The panel, as of ``today``."""

    @panel("Runtimes that lose support", height=420)
    def runtimes(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """What each job and all-purpose cluster used last, by when its support ends and what it costs a month. Custom images,
        snapshots and releases that the table of dates lacks are unknown, not supported."""
        frame = frames["runtimes"]
        if frame.empty:
            return [Empty("No job or cluster with a runtime was billed in this period.")]
        rows = dated(things_apart(frame, "resource", "resource_id"), today)
        table = f"dates of {SOURCE} as of {fmt.day(AS_OF, year=True)}; serverless runs on none that anybody chooses"
        offered = offers.offered_of_kinds(rows, "resource", [_tell(row, look) for row in rows.itertuples()], frames)
        columns = {**offers.after_name(QUERY, SHOWN[:2]), **ENDING, **labelled(QUERY, SHOWN[2:])}
        return [
            said_of_runtimes(rows, look),
            _drawn(rows, look),
            Grid(
                offered,
                columns,
                table,
                things={**things_of(QUERY), "state": offers.STATE},
                proposes={"propose": offers.button("resource")},
            ),
        ]

    return runtimes


def dated(frame: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """With ``support_ends`` and ``days_left``; what ends first is first, what is not known comes after what has ended or ends
    soon, the dearest first within a day."""
    last = [ends(one if isinstance(one, str) else None) for one in frame["runtime"]]
    left = [(day - today).days if day is not None else None for day in last]
    made = frame.assign(
        support_ends=pd.Series(last, frame.index, dtype=object), days_left=pd.Series(left, frame.index, dtype="float64")
    )
    rank = made["days_left"].fillna(SOON)
    cost = [-float(one) if fmt.known(one) else 0.0 for one in made["monthly_cost"]]
    return made.assign(rank=rank, dear=cost).sort_values(["rank", "dear"], kind="stable").drop(columns=["rank", "dear"])


def said_of_runtimes(rows: pd.DataFrame, look: ViewContext) -> Finding:
    """What runs on runtimes that have lost their support or lose it soon, and what is not known."""
    ending, unknown = rows[rows["days_left"].le(SOON)], rows[rows["days_left"].isna()]
    lacking = f"; {fmt.counted(len(unknown), 'runtime')} not known" if len(unknown) else ""
    if ending.empty:
        return Finding(f"None of {len(rows):,} runs on a runtime whose support ends within {SOON} days{lacking}")
    gone = int(ending["days_left"].lt(0).sum())
    cost = f"{fmt.money(amount(ending['monthly_cost']), look.currency)} a month"
    word = f"{gone:,} of {len(ending):,} without support already" if gone else f"{len(ending):,} in all"
    return Finding(f"{cost} on runtimes that end within {SOON} days, {word}{lacking}", "act" if gone else "watch")


def _label(version: Any, day: dt.date | None) -> str:
    """``15.4 · 19 Aug 2027``; what has no known date is one bar."""
    return f"{release(version)} · {fmt.day(day, year=True)}" if day is not None else "no date known"


def _drawn(rows: pd.DataFrame, look: ViewContext) -> Body:
    """Money a month by runtime, the one that ends first on the left, and by owner."""
    by_end = rows.assign(
        end=[_label(version, day) for version, day in zip(rows["runtime"], rows["support_ends"], strict=True)]
    ).sort_values("support_ends", kind="stable", key=_last_where_unknown)
    return stacked(
        by_end,
        look,
        x="end",
        series="owner",
        value="monthly_cost",
        axis="name",
        thing=things_of(QUERY)["owner"],
        height=260,
    )


def _last_where_unknown(days: pd.Series) -> pd.Series:
    return days.map(lambda day: day or dt.date.max)


def _tell(row: Any, look: ViewContext) -> Offer | None:
    """To tell the owner, where it is known and the support ends soon."""
    if not fmt.known(row.days_left) or row.days_left > SOON or not isinstance(row.owner, str):
        return None
    when = f"{'ended' if row.days_left < 0 else 'ends'} on {fmt.day(row.support_ends, year=True)}"
    cost = f", {fmt.money(row.monthly_cost, look.currency)} a month" if fmt.known(row.monthly_cost) else ""
    name, runtime = plain(row.resource, 80), plain(row.runtime, 60)
    text = f"{name} runs on {runtime}, whose support {when} ({SOURCE}){cost}. Please move it to a supported release."
    subject = plain(f"Runtime of {name} {when}", 120)
    return Offer("notify.owner", text, {"recipient": row.owner, "subject": subject, "text": text})
