"""UserOps: which forms of statements cost most, and which of them a change would make cheaper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pandas as pd

from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from things import ThingColumn

QUERY = "userops.query_patterns"
COLUMNS = {
    "form": ("Form of statement", "long"),
    "found": ("What", "text"),
    "gain": ("Would save", "text"),
    **offers.COLUMNS,
    "about": ("Mostly from", "text"),
    **labelled(QUERY, ("people", "runs", "cost")),
    "trend": ("Runs by day", "trend"),
    **labelled(
        QUERY, ("took", "read_bytes", "produced_rows", "work", "failed", "cached", "spilling", "reading", "warehouse")
    ),
}
ABOUT = ThingColumn("", ("workspace_id", "about_id"), "about_kind")
# What is said of a cause: in the table, and as advice in a message.
CAUSES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "again": ("Opportunity: same text again", "Keep its result: schedule it, or read a materialised view."),
    "spills": ("Opportunity: runs that spill", "Sort and join less at once, or use larger compute."),
    "reads all": ("Opportunity: runs that read all", "Filter by the columns that the table is clustered by."),
    "writes": ("Explained: it writes", ""),
    "does": ("Explained: by what it reads", ""),
    "few": ("Not judged: under 10 runs", ""),
    "all odd": ("Not judged: no usual run", ""),
})  # fmt: skip
TOPICS = {"again": "Results that are kept", "spills": "Joins and sorts that fit", "reads all": "Filters that prune"}


@panel("Forms of statements", height=420)
def query_patterns(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Statements of people, those of one form together, without their literals. An opportunity has runs that cost more than
    others of its form, or repeat the very same text; would save: at least and at most, nine times in ten. Shown to those who help."""
    rows = frames["forms"]
    if rows.empty:
        return Empty("No statement of a person finished on a SQL warehouse in this period.")
    good = rows[rows["verdict"] == "opportunity"]
    shown = _shown(rows, look)
    shown = offers.offered_of_kinds(shown, "about", [_offer(row) for row in shown.itertuples()], frames)
    things = {"about": ABOUT, "warehouse": things_of(QUERY)["warehouse"], "state": offers.STATE}
    table = Grid(
        shown,
        COLUMNS,
        "the dearest forms, opportunities first",
        things=things,
        proposes={"propose": offers.button("about")},
    )
    return [Finding(_said(rows, good, look), "watch" if len(good) else "plain"), table]


def _said(rows: pd.DataFrame, good: pd.DataFrame, look: ViewContext) -> str:
    forms = fmt.counted(len(rows), "form")
    if good.empty:
        first = rows.iloc[0]
        cost = (
            f", the dearest {fmt.money(first['cost'], look.currency)} for {int(first['runs']):,} runs"
            if fmt.known(first["cost"])
            else ""
        )
        return f"No opportunity in {forms}{cost}"
    first = good.iloc[0]
    runs = f"{fmt.counted(int(first['runs']), 'run')} by {fmt.counted(int(first['people']), 'person', 'people')}"
    return f"{len(good):,} of {forms} could cost less; the first, {runs}, {_gain(first, look)} of {_cost(first, look)}"


def _cost(row: Any, look: ViewContext) -> str:
    return fmt.money(row["cost"], look.currency) if fmt.known(row["cost"]) else fmt.duration(row["work"] * 3600)


def _gain(row: Any, look: ViewContext) -> str:
    """``$12 to $40``, or task time where there is no price; empty where nothing is to be gained."""
    if fmt.known(row["low"]) and isinstance(row["low"], Decimal):
        return f"{fmt.money(row['low'], look.currency)} to {fmt.money(row['high'], look.currency)}"
    if not fmt.known(row["low_hours"]):
        return ""
    return f"{fmt.duration(row['low_hours'] * 3600)} to {fmt.duration(row['high_hours'] * 3600)}"


def _shown(rows: pd.DataFrame, look: ViewContext) -> pd.DataFrame:
    days = [_by_day(listed) for listed in rows["days"]]
    known = sorted({day for own in days for day in own})
    span = [known[0] + dt.timedelta(days=n) for n in range((known[-1] - known[0]).days + 1)] if known else []
    board = rows["dashboard_id"].notna()
    about = rows["dashboard_id"].where(board, rows["who"])
    return rows.assign(
        warehouse=told_apart(rows["warehouse"], rows["workspace_id"], rows["warehouse_id"]),
        form=rows["statement"].where(rows["statement"].notna(), rows["fingerprint"].str[:8]),
        found=[_found(row) for row in rows.itertuples()],
        gain=pd.Series([_gain(row, look) or None for _, row in rows.iterrows()], rows.index, dtype=object),
        trend=pd.Series([[own.get(day, 0) for day in span] for own in days], rows.index, dtype=object),
        about=about,
        about_id=about,
        about_kind=["dashboard" if one else "person" for one in board],
        resource_id=about,
        resource_kind=["dashboard" if one else "principal" for one in board],
    )


def _by_day(listed: Sequence[str]) -> dict[dt.date, int]:
    """The runs of each day, of texts such as ``2026-11-03 12``."""
    return {dt.date.fromisoformat(day): int(runs) for day, runs in (one.split(" ") for one in listed)}


def _found(row: Any) -> str:
    if row.cause != "does":
        return CAUSES[row.cause][0]
    pruned = f", {fmt.percent(row.pruned, 0)} pruned" if fmt.known(row.pruned) else ""
    return f"Explained: {fmt.size(row.read_bytes / row.runs)} a run{pruned}"


def _offer(row: Any) -> Offer | None:
    if row.verdict != "opportunity":
        return None
    what, advice = CAUSES[row.cause]
    why = f"{what.partition(': ')[2].capitalize()}: {int(row.runs):,} runs, would save {row.gain}. {advice}"
    told = {"subject": f"A statement that could cost less, on {plain(row.warehouse, 60)}", "text": why}
    if row.about_kind == "dashboard":
        return Offer("notify.owner", why, told)
    return Offer("training.suggest", why, {"recipient": plain(row.who, 200), "topic": TOPICS[row.cause], **told})
