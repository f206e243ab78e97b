"""InfraOps: what serverless compute would change for jobs and SQL warehouses, and what it changed for those that moved."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from components.figures.paired import paired
from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "infraops.serverless_candidates"
ENOUGH = 3  # jobs that ran both ways: fewer teach nothing of the others
WAITS = 0.25  # of a run: who starts up for longer has something to win
WORTH = 5  # a month, in the viewer's currency: less is not worth a trial
EXPECTED = {"expected": ("On serverless a month", "text")}
SHOWN = ("verdict", "barrier", "setup", "runs", "serverless_runs", "owner")
UNKNOWN = "machines billed by the cloud are in no figure; language, libraries and network of a job are in no table"


@panel("What serverless would change", height=420)
def serverless(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Jobs on clusters of their own and SQL warehouses that are not serverless: what they cost now, and between which figures
    they would cost on serverless, by the least and the largest ratio of the jobs here that ran both ways. Those that moved are
    measured before and after, with whatever else changed meanwhile."""
    frame = frames["serverless_candidates"]
    if frame.empty:
        return [Empty("0 jobs and SQL warehouses of this region run on classic compute of their own.")]
    rows = things_apart(frame, "resource", "resource_id")
    order = rows["verdict"].map({"MOVED": 0, "CANDIDATE": 1, "BLOCKED": 2})
    rows = rows.assign(place=order).sort_values("place", kind="stable").drop(columns="place")
    rows = rows.assign(
        expected=pd.Series([_expected(row, look) for row in rows.itertuples()], rows.index, dtype=object)
    )
    made = offers.offered_of_kinds(rows, "resource", [_try(row, look) for row in rows.itertuples()], frames)
    columns = {**labelled(QUERY, ("resource",)), **offers.COLUMNS, **labelled(QUERY, ("monthly_cost",)), **EXPECTED}
    return [
        _found(rows, look),
        _drawn(rows, look),
        Grid(
            made,
            {**columns, **labelled(QUERY, SHOWN)},
            UNKNOWN,
            things={**things_of(QUERY), "state": offers.STATE},
            proposes={"propose": offers.button("resource")},
        ),
    ]


def _found(rows: pd.DataFrame, look: ViewContext) -> Finding:
    """What could move, between which figures, and from how many that is known."""
    free = rows[rows["verdict"].eq("CANDIDATE")]
    of = f"{len(free):,} of {len(rows):,}"
    priced = free[free["expected_low"].notna() & free["monthly_cost"].notna()]
    if priced.empty:
        return Finding(f"{of} could be serverless" + (", at a cost that is not known" if len(free) else ""))
    now, low, high = (amount(priced[name]) for name in ("monthly_cost", "expected_low", "expected_high"))
    there = f"there {fmt.money(low, look.currency)} to {fmt.money(high, look.currency)}"
    known = rows["both_ways"].max()
    learned = int(known) if fmt.known(known) else 0
    by = f"by {learned:,} jobs that ran both ways" if learned >= ENOUGH else f"a guess: {learned:,} ran both ways"
    said = f"{of} could be serverless: {fmt.money(now, look.currency)} a month, {there}, {by}"
    return Finding(said, "watch" if high < now else "plain")


def _drawn(rows: pd.DataFrame, look: ViewContext) -> Body:
    """Now and then, those that moved first."""
    told = rows["resource"].where(rows["verdict"].ne("MOVED"), rows["resource"] + " (moved)")
    middle = pd.Series([_middle(row) for row in rows.itertuples()], rows.index, dtype=object)
    return paired(
        rows.assign(told=told, middle=middle),
        look,
        label="told",
        said_first=("monthly_cost", "on classic"),
        came=("middle", "on serverless"),
        low="expected_low",
        high="expected_high",
        of="a month",
        thing=things_of(QUERY)["resource"],
    )


def _middle(row: Any) -> Decimal | None:
    known = fmt.known(row.expected_low) and fmt.known(row.expected_high)
    return (row.expected_low + row.expected_high) / 2 if known else None


def _expected(row: Any, look: ViewContext) -> str | None:
    if not (fmt.known(row.expected_low) and fmt.known(row.expected_high)):
        return None
    low, high = (fmt.money(one, look.currency) for one in (row.expected_low, row.expected_high))
    return f"{low} measured" if row.verdict == "MOVED" else low if low == high else f"{low} to {high}"


def _try(row: Any, look: ViewContext) -> Offer | None:
    """To ask its owner for a trial, where that may be cheaper, or where much of each run is start-up."""
    if (
        row.verdict != "CANDIDATE"
        or not isinstance(row.owner, str)
        or row.expected is None
        or not fmt.known(row.monthly_cost)
    ):
        return None
    starts = fmt.known(row.setup) and fmt.known(row.took) and row.setup >= WAITS * row.took
    if row.monthly_cost < WORTH or not (row.expected_low < row.monthly_cost or starts):
        return None
    name, cost = plain(row.resource, 80), fmt.money(row.monthly_cost, look.currency)
    there = f"{name} costs {cost} a month on classic compute; on serverless {row.expected}"
    waits = f" {fmt.duration(row.setup)} of the {fmt.duration(row.took)} of a run are start-up." if starts else ""
    text = (
        f"{there}, without the machines that the cloud bills.{waits} Please try a copy for three runs before it is moved: "
        "its language, libraries and network are in no table."
    )
    return Offer(
        "notify.owner", text, {"recipient": row.owner, "subject": plain(f"{name} on serverless", 120), "text": text}
    )
