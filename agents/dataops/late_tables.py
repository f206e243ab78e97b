"""What is to blame for each late table: who writes it, another table that was left out with it, or the table itself. All who find
something wrong with it blame the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from agents.capability import Frames
from agents.cells import Row, day, moment, rows, text
from agents.dataops import table_messages as tables
from approvals.values.proposal import Target

Writer = tuple[str, str, str]  # kind, workspace, id
MEANT = ("is paused", "is deleted")


@dataclass(frozen=True)
class Late:
    """A late table, with ``why`` it is left alone (empty: its owner is told of it), and what is to blame, if that is broken."""

    row: Row
    why: str
    blamed: Target | None


def judged(frames: Frames) -> dict[str, Late]:
    """The late tables by name, what hurts most first: ``freshness`` are rows of dataops.freshness, ``writers`` of
    dataops.writers."""
    late = tables.late(frames)
    wrote: dict[Writer, list[tuple[dt.datetime, str]]] = {}  # when each writer last wrote which table
    for row in rows(frames["freshness"]):
        if (at := moment(row.last_written)) is not None:
            wrote.setdefault(_writer(row), []).append((at, row.table_name))
    told: dict[tuple[Writer, dt.date | None], Row] = {}
    found = {}
    for row in sorted(late.values(), key=lambda one: (-float(one.hours) * (int(one.readers) + 1), one.table_name)):
        since = max((at for at, other in wrote.get(_writer(row), []) if other != row.table_name), default=None)
        found[row.table_name] = _left(row, since) or _told(row, told.setdefault(_event(row), row))
    return found


def _writer(row: Row) -> Writer:
    return text(row.writer_kind), text(row.workspace_id), text(row.writer_id)


def _event(row: Row) -> tuple[Writer, dt.date | None]:
    """What a writer left out on one day has one cause."""
    return _writer(row), day(row.last_written)


def _left(row: Row, since: dt.datetime | None) -> Late | None:
    """Why a late table is left alone; None where it is told of: its writer wrote another table (the newest ``since``) when this one
    was due already."""
    name, due = text(row.cause)[:120], moment(row.due)
    if text(row.follows):
        return Late(row, f"it follows {row.follows}, which is late", tables.writer(row))
    if row.state in MEANT:
        return Late(row, f"its writer {name} {row.state}: somebody meant it", None)
    if since is None or due is None or since <= due:
        why = f"its writer {name} {row.state}, and writes no other table: that is told of the writer"
        return Late(row, why, tables.writer(row))
    return None if int(row.readers) else Late(row, "nobody has read it since it was due", None)


def _told(row: Row, first: Row) -> Late:
    """Told of by itself, or with the ``first`` table that the same writer left out."""
    why = "" if row is first else f"told with {first.table_name}: the same writer left out both"
    return Late(row, why, tables.target(first))
