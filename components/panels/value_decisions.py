"""Value: how people decide on what is proposed, and with what reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.inbox.words import REASON
from components.panels.value import AWAY
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

SAID = {
    "accept": "Accepted",
    "auto_accept": "By itself",
    "override": "Overridden",
    "reject": "Rejected",
    "veto": "Rejected",
}
REASONS = {
    "kind": ("Kind of action", "text"),
    "verb": ("Decision", "text"),
    "reason": ("Reason", "text"),
    "before": ("45 to 90 days ago", "count"),
    "now": ("Last 45 days", "count"),
}


HALF = dt.timedelta(days=45)


def decided(outcomes: pd.DataFrame, now: dt.datetime) -> pd.DataFrame:
    """The decisions of :func:`approvals.reading.outcomes.outcomes` with their ``week`` (its Monday), and whether they are of the
    ``late`` half of 90 days before ``now`` (UTC)."""
    own = outcomes[outcomes["verb"].isin(SAID) & outcomes["decided"].notna()]
    days = own["decided"].dt.tz_convert(None).dt.normalize()
    week = (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).dt.date
    return own.assign(week=week, late=own["decided"] > pd.Timestamp(now - HALF))


@panel("Decisions and reasons", height=320, waits=600)
def decisions(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """What people said to proposals, week by week, and why not. An acceptance is no success: what was accepted and taken back,
    or did not hold, is said beside it."""
    if "decided" not in frames:
        return Note(AWAY, "unknown")
    rows = frames["decided"]
    if rows.empty:
        return Empty("Nothing was decided in the last 90 days.")
    told = rows.assign(verb=rows["verb"].map(SAID))
    no = told[told["verb"].isin(("Rejected", "Overridden"))]
    weeks = told.groupby(["week", "verb"], as_index=False).size().rename(columns={"size": "count"})
    drawn = stacked(weeks, look, x="week", series="verb", value="count", unit="count", things="decisions")
    bodies: list[Body] = [Finding(_said(told, no)), drawn]
    return [*bodies, Grid(_reasons(no), REASONS)] if len(no) else bodies


def _said(told: pd.DataFrame, no: pd.DataFrame) -> str:
    """How often people said no then and now, and how much of what was done did not hold."""
    sizes = [int((told["late"] == late).sum()) for late in (False, True)]
    shares = [
        fmt.percent(int((no["late"] == late).sum()) / size, 0) if size else ""
        for late, size in zip((False, True), sizes, strict=True)
    ]
    done = told[told["made"].notna()]
    back = fmt.counted(int(done["undone"].notna().sum()), "was", "were")
    before = f", {shares[0]} before" if shares[0] else ""
    first = (
        f"{shares[1]} of {fmt.counted(sizes[1], 'decision')} in 45 days said no{before}"
        if sizes[1]
        else f"No decision in 45 days{before and f'; {shares[0]} said no before'}"
    )
    return f"{first}; {back} taken back of {len(done):,} carried out"


def _reasons(no: pd.DataFrame) -> pd.DataFrame:
    counted = no.assign(reason=no["reason"].map(lambda one: REASON.get(one, one) or "None given"))
    found = counted.groupby(["kind", "verb", "reason"], as_index=False).agg(now=("late", "sum"), every=("late", "size"))
    return found.assign(before=found["every"] - found["now"]).sort_values(
        ["now", "before"], ascending=False, kind="stable"
    )
