"""What is shown of a table: on which days it is written and read, who reads and who writes it."""

from __future__ import annotations

import pandas as pd

from components.figures.change_marks import with_changes
from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.things import grants
from components.tiles.grid import labelled
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from queries.catalogue import catalogue

MOST = 300  # who is listed
LEAST = 5  # days with a write from which its habit is read


@panel("When it is written and read", height=380)
def days(frames: Frames, look: ViewContext) -> list[Body]:
    """By UTC day and by lineage: how often it was written, and how many read it. A day without a bar has no trace."""
    frame = frames["table_days"]
    if frame.empty:
        return [Empty("No lineage of it is known in this period.", "What is read by its path only leaves none.")]
    changes = frames.get("changes")
    drawn = [
        stacked(
            frame.assign(series=name),
            look,
            x="day",
            series="series",
            value=name,
            unit="number",
            things=name,
            height=170,
        )
        for name in ("writes", "readers")
        if frame[name].sum()
    ]
    return [said_of(frame), *(with_changes(one, changes, look) for one in drawn)]


def said_of(frame: pd.DataFrame) -> Finding:
    """The rows of things.table_days in a sentence."""
    written, read = frame[frame["writes"] > 0], frame[frame["readers"] > 0]
    parts = ["No write of it is known"]
    if len(written):
        last = fmt.day(pd.Timestamp(written["day"].max()).date())
        parts = [f"Written on {fmt.counted(len(written), 'day')}, last on {last}"]
    if len(read):
        usual = fmt.counted(round(float(read["readers"].median())), "reader")
        parts.append(f"read on {fmt.counted(len(read), 'day')}, usually by {usual}")
    return Finding("; ".join(parts))


def late(frame: pd.DataFrame) -> Note | None:
    """That it was not written for longer than it ever was; None where it is not, or where too little is known to tell. As of
    the newest day with any trace, because lineage arrives late."""
    written = pd.to_datetime(frame.loc[frame["writes"] > 0, "day"]).sort_values()
    if len(written) < LEAST:
        return None
    gaps = written.diff().dropna().dt.days
    age = (pd.Timestamp(frame["day"].max()) - written.iloc[-1]).days
    if age <= gaps.max() or age < 2:
        return None
    usual, longest = (_every(days) for days in (round(float(gaps.median())), int(gaps.max())))
    text = f"Not written for {fmt.counted(age, 'day')}; it usually is {usual}, never less often than {longest}."
    return Finding(text, "act")


def _every(days: int) -> str:
    return "every day" if days == 1 else f"every {days:,} days"


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """The worst that is known of it, for the sentence: that it is late, else that everybody may reach it."""
    return late(frames["table_days"]) or grants.finding(frames, look)


@panel("Who reads and writes it", height=360)
def users(frames: Frames, look: ViewContext) -> list[Body]:
    """From lineage and from requests to Unity Catalog, by name, by the path of its storage, or as it is shared."""
    frame = frames["table_users"]
    if frame.empty:
        return [Empty("Nobody read or wrote it in this period.")]
    readers, writers = int((frame["reads"] > 0).sum()), int((frame["writes"] > 0).sum())
    said = f"{fmt.counted(readers, 'reader')} and {fmt.counted(writers, 'writer')} in this period."
    things = catalogue()["things.table_users"].things
    return [Finding(said), Grid(frame, labelled("things.table_users"), things=things)]
