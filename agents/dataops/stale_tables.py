"""Tells the owner of a table that nobody writes any more though its writer succeeds: late by the habit of its own writes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation
from agents.cells import Row, moment, share, text
from agents.dataops import table_messages as tables
from agents.dataops.late_tables import judged
from agents.messages import note, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar

NAMED = 3  # further tables of the same cause that a message names
GAIN, READER = (
    Decimal(15),
    Decimal(1),
)  # assumed worth of knowing it, and for each who read the old one, to rank by only
METHOD = "Not put into money: whoever reads it takes old rows for new ones."


def stale_tables(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per late table: ``freshness`` are rows of dataops.freshness, ``writers`` of dataops.writers. Pure."""
    late = list(judged(frames).values())
    found = []
    for one in late:
        began = moment(one.row.due)
        if one.why:
            found.append(CAPABILITY.leaves(one.row, one.why, cause=one.blamed, began=began))
        else:
            same = [other.row for other in late if other.blamed == one.blamed]
            found.append(CAPABILITY.proposes(one.row, now, _told(one.row, same, frames), began=began))
    return found


def _told(row: Row, same: list[Row], frames: Frames) -> Recommendation:
    last, due = moment(row.last_written), moment(row.due)
    assert last is not None and due is not None
    name, by = row.table_name, text(row.cause)[:120]
    others = [one.table_name for one in same if one.table_name != name]
    more = f"; so are {', '.join(others[:NAMED])}" + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
    sure = share((int(row.gaps) + 1) / (int(row.gaps) + 2))
    readers = int(row.readers)
    params = note(
        tables.owner(frames, name),
        f"{name} has not been written since {last:%Y-%m-%d %H:%M} UTC",
        (
            f"{name} was last written at {last:%Y-%m-%d %H:%M} UTC and was due by {due:%Y-%m-%d %H:%M} UTC by its own habit"
            f"{more if others else ''}.",
            f"{by} ({row.writer_kind} {row.writer_id}), which writes it, wrote other tables after that: it left this one out.",
            "Whoever has read it since then got the old rows; nobody was told, as no run failed.",
            "Look at the step that writes it: was it taken out, is its branch skipped, does it write another table now?",
            "Check: it is written again (DataOps, Late), or it is dropped and its readers know.",
        ),
    )
    return telling(
        params,
        sure=sure,
        gain=GAIN + READER * readers,
        benefit=Benefit(kind="quality", currency=CURRENCY, method=METHOD),
        title="It is late by the habit of its own writes",
        scalars=(
            Scalar(column="last_written", observed=str(last)),
            Scalar(column="gaps", observed=Decimal(int(row.gaps)), unit="gaps"),
        ),
        observe=(
            f"last written at {last:%Y-%m-%d %H:%M} UTC; due by {due:%Y-%m-%d %H:%M} UTC: {float(row.hours):.0f} h late",
            f"of its {int(row.gaps)} earlier gaps at this hour none was so long",
            f"{by} wrote other tables when this one was due already",
        ),
        orient=(f"{readers} readers came since it was due: they got the old rows.",),
        expected="whoever owns it says whether the write was dropped by mistake, and mends it or tells its readers",
        nothing=f"{readers} readers go on with rows of {last:%Y-%m-%d}",
        why=f"Confidence {sure}: none of {int(row.gaps)} gaps was so long (Beta from an even start).",
        others=(
            Option(
                what=f"run {by} again",
                expected="a run that succeeds and does not write it",
                rejected_because="its runs since then did the same",
            ),
        ),
    )


CAPABILITY = Capability(
    name="dataops.stale_table",
    version="1.0",
    kind="notify.owner",
    target=tables.target,
    opens=tables.HABITS,
    evidence=tables.TABLES,
    match=("table_name",),
    incident="old",
    judge=stale_tables,
)
