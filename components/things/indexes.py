"""What is shown of a vector index: when it was synchronised, and by whom."""

from __future__ import annotations

import pandas as pd

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.grid import grid

MOST = 200


def events_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.index_events in a sentence: how often it was synchronised, and when last."""
    done = frame[(frame["action"] == "SYNCHRONISED") & (frame["result"] == "DONE")]
    if done.empty:
        return "No synchronisation of it is recorded in this period"
    last = fmt.moment(pd.Timestamp(done["event_time"].iloc[0]).to_pydatetime(), look.zone)
    failed = int((frame["result"] == "FAILED").sum())
    more = f"; {failed:,} failed" if failed else ""
    return f"Synchronised {fmt.counted(len(done), 'time')}, last {last}{more}"


events = grid(
    "When it was synchronised",
    "things.index_events",
    "From the audit log, the newest first. Whether it has all of its table is on AgentOps, Indexes.",
    finding=events_said,
    empty="No synchronisation of it is recorded in this period.",
    hint="One that follows its table by itself leaves none.",
    key="events",
)
