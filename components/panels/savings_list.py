"""FinOps: what can be saved, and what is proposed or done about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

import pandas as pd

from approvals.reading.proposed import Proposed
from components.panels import savings as saved
from components.panels.amounts import amount
from components.text import format as fmt
from components.text.names import things_apart
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Derive, Empty, Finding, Frames, Grid, Note, Proposes
from things import ThingColumn

SAVINGS = {
    "what": ("What", "text"),
    "resource": ("Resource", "text"),
    "monthly_saving": ("A month", "money"),
    "state": ("Proposal", "text"),
    "propose": ("", "text"),
    "confidence": ("Confidence", "text"),
    "owner": ("Owner", "text"),
    "evidence": ("Evidence", "long"),
    "effort": ("Effort", "text"),
}


BUTTON = Proposes("resource", "act", "params", "why")


def proposed(known: Iterable[Proposed]) -> Derive:
    """The frames of the savings with what is proposed about them."""
    names, rows = [one.name for one in fields(Proposed)], [vars(one) for one in known]
    return lambda frames: frames | {"proposed": pd.DataFrame(rows, columns=names)}


@panel("What can be saved", height=620)
def savings(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Every saving we can show evidence for, largest first, with what is proposed or done about it."""
    known = [Proposed(*row) for row in frames.get("proposed", pd.DataFrame()).itertuples(index=False, name=None)]
    asked = {name: frame for name, frame in frames.items() if name in saved.KINDS}
    rows = {name: saved.warehouses(f, look) if name == "idle_warehouses" else f for name, f in asked.items()}
    found = [
        frame.assign(sort=saved.KINDS[name][0], act=saved.KINDS[name][1]) for name, frame in rows.items() if len(frame)
    ]
    if not found:
        return [
            Empty(
                f"No saving found: {len(asked)} kinds of waste were looked at.", "Idle, failed and misplaced compute."
            )
        ]
    frame = saved.with_forms(saved.with_proposals(pd.concat(found, ignore_index=True), known))
    frame = frame.sort_values(["monthly_saving", "resource"], ascending=[False, True], na_position="last")
    sure = amount(frame.loc[frame["confidence"] == "high", "monthly_saving"])
    said = Finding(
        f"{fmt.money(amount(frame['monthly_saving']), look.currency)} a month in {fmt.counted(len(frame), 'place')}, "
        f"{fmt.money(sure, look.currency)} of it with high confidence"
    )
    overlap = "savings may overlap on one resource; unknown amounts count nothing"
    things = {**things_of("finops.savings_failed_runs"), "state": ThingColumn("proposal", ("proposal_id",))}
    shown = things_apart(frame, "resource", "resource_id")
    return [
        said,
        Note(_by_kind(frame, look)),
        Grid(shown, SAVINGS, overlap, things=things, proposes={"propose": BUTTON}),
    ]


def _by_kind(frame: pd.DataFrame, look: ViewContext) -> str:
    """``Runs that fail: $100.00 in 1 place; … $20.00 is under way.``: the sums by kind, the largest first."""
    sums = {str(sort): (amount(rows["monthly_saving"]), len(rows)) for sort, rows in frame.groupby("sort")}
    told = [
        f"{sort}: {fmt.money(whole, look.currency)} in {fmt.counted(count, 'place')}"
        for sort, (whole, count) in sorted(sums.items(), key=lambda one: -one[1][0])
    ]
    under_way = amount(frame.loc[frame["state"].isin(saved.UNDER_WAY), "monthly_saving"])
    done = amount(frame.loc[frame["state"] == "done", "monthly_saving"])
    ends = [
        f"{fmt.money(sum_, look.currency)} is {word}"
        for sum_, word in ((under_way, "under way"), (done, "done"))
        if sum_
    ]
    return "; ".join(told) + "." + (f" Of it {' and '.join(ends)}." if ends else "")
