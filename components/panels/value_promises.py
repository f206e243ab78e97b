"""Value: whether promises held, against the days before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Leading

SOURCES = {"declared": "Declared deadlines", "learned": "Habits, learned"}
COLUMNS = {
    "what": ("Deadlines", "text"),
    "share": ("Kept", "share"),
    "days": ("Job days judged", "count"),
    "absent": ("Not started", "count"),
    "apart": ("Not judged", "count"),
    "share_before": ("Kept before", "share"),
    "days_before": ("Judged before", "count"),
    "absent_before": ("Not started before", "count"),
    "apart_before": ("Not judged before", "count"),
}
HEATMAP = Lead("Job by day", "pipelineops.py", "On time", "on_time")


@panel("Did promises hold?", height=340)
def kept(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Job days of the last 30 that met their deadline, against the 30 before. A day on which nothing started is missed, not left
    out; a day that cannot be judged stands apart and counts for neither. A learned deadline is a habit, not a promise."""
    rows = frames["held"]
    judged = rows[rows["days"] > 0]
    if judged.empty:
        apart = int(rows["apart"].sum()) if len(rows) else 0
        return Empty(
            f"No job had a deadline that can be judged in 30 days; {fmt.counted(apart, 'job day')} not judged."
        )
    first = judged.sort_values("source").iloc[0]  # declared before learned
    ink = tokens(look.theme)
    colours = {
        "Kept": ink.sla[0], "Late": ink.sla[1], "Failed": ink.sla[2], "Not started": ink.text, "Not judged": ink.border,
    }  # fmt: skip
    ways = frames["ways"].assign(way=frames["ways"]["way"].str.capitalize())
    drawn = stacked(
        ways, look, x="day", series="way", value="job_days", unit="count", things="job days", colours=colours
    )
    worse = (_share(first, "") or 0) < (_share(first, "_before") or 0)
    return [
        Finding(_said(first), "watch" if worse else "plain"),
        drawn,
        Grid(_told(rows), COLUMNS),
        Leading("30 whole days; which job missed which day is in PipelineOps, with today so far.", leads=(HEATMAP,)),
    ]


def _share(row: Any, when: str) -> float | None:
    return float(row[f"kept{when}"] / row[f"days{when}"]) if row[f"days{when}"] else None


def _said(row: Any) -> str:
    before = _share(row, "_before")
    was = f" ({fmt.percent(before)} before)" if before is not None else ""
    what = "promised job days" if row["source"] == "declared" else "job days by habit"
    absent = f"; {int(row['absent']):,} not started count as missed" if row["absent"] else ""
    apart = f"; {int(row['apart']):,} not judged" if row["apart"] else ""
    return f"{fmt.percent(_share(row, ''))} of {int(row['days']):,} {what} kept{was}{absent}{apart}"


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(
        what=rows["source"].map(SOURCES),
        **{
            f"share{when}": pd.Series([_share(row, when) for _, row in rows.iterrows()], rows.index, dtype=object)
            for when in ("", "_before")
        },
    )
