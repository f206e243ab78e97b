"""Tells the owner of a table that nobody writes any more though its writer succeeds: late by the habit of its own writes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation
from agents.cells import Row, day, moment, rows, share, text
from agents.dataops import table_messages as tables
from agents.messages import note, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar

Writer = tuple[str, str, str]  # kind, workspace, id
MEANT = ("is paused", "is deleted")
NAMED = 3  # further tables of the same cause that a message names
GAIN, READER = (
    Decimal(15),
    Decimal(1),
)  # assumed worth of knowing it, and for each who read the old one, to rank by only
METHOD = "Not put into money: whoever reads it takes old rows for new ones."


def stale_tables(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per late table: ``freshness`` are rows of dataops.freshness, ``writers`` of dataops.writers. Pure."""
    late = tables.late(frames)
    wrote: dict[Writer, list[tuple[dt.datetime, str]]] = {}  # when each writer last wrote which table, the newest last
    for row in rows(frames["freshness"]):
        if (at := moment(row.last_written)) is not None:
            wrote.setdefault(_writer(row), []).append((at, row.table_name))
    since = {
        name: max((at for at, other in wrote.get(_writer(row), []) if other != name), default=None)
        for name, row in late.items()
    }
    told: dict[tuple[Writer, dt.date | None], Row] = {}
    found = []
    for row in sorted(late.values(), key=lambda one: (-float(one.hours) * (int(one.readers) + 1), one.table_name)):
        reason, because = _left(row, since[row.table_name])
        if reason:
            cause = tables.writer(row) if because else None
            found.append(CAPABILITY.leaves(row, reason, cause=cause, began=moment(row.due)))
        elif (first := told.get(_event(row))) is not None:
            found.append(CAPABILITY.leaves(row, f"told with {first.table_name}: the same writer left out both"))
        else:
            told[_event(row)] = row
            same = [
                one for one in late.values() if _event(one) == _event(row) and not _left(one, since[one.table_name])[0]
            ]
            found.append(CAPABILITY.proposes(row, now, _told(row, same, frames), began=moment(row.due)))
    return found


def _writer(row: Row) -> Writer:
    return text(row.writer_kind), text(row.workspace_id), text(row.writer_id)


def _event(row: Row) -> tuple[Writer, dt.date | None]:
    """What a writer left out on one day has one cause."""
    return _writer(row), day(row.last_written)


def _left(row: Row, since: dt.datetime | None) -> tuple[str, bool]:
    """Why a late table is left alone, and whether its writer is to blame; empty where it is told of: its writer wrote another
    table (the newest ``since``) when this one was due already."""
    name, due = text(row.cause)[:120], moment(row.due)
    if text(row.follows):
        return f"it follows {row.follows}, which is late", True
    if row.state in MEANT:
        return f"its writer {name} {row.state}: somebody meant it", False
    if since is None or due is None or since <= due:
        return f"its writer {name} {row.state}, and writes no other table: that is told of the writer", True
    return ("", False) if int(row.readers) else ("nobody has read it since it was due", False)


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
