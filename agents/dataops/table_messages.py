"""What messages about tables share: their habits and writers, whose they are, and the target that one is."""

from __future__ import annotations

from agents.capability import Frames, window
from agents.cells import Row, rows, text
from agents.detectors.stalls import stalls
from agents.messages import recipient
from approvals.values.proposal import Target

METASTORE = "0"  # tables belong to the metastore, not to a workspace; the audit log writes it so
TABLES = window("dataops.freshness", days=70, ahead=1, workspaces="", limit=2000)
WRITERS = window("dataops.writers", days=30, ahead=1, workspaces="")
HABITS = {"freshness": TABLES, "writers": WRITERS}  # how the tables stand against their habits, and who writes them


def target(row: Row) -> Target:
    """The table that a row is about."""
    return Target(workspace_id=METASTORE, type="table", id=row.table_name, name=row.table_name[:200])


def owner(frames: Frames, table: str, otherwise: object = None) -> str:
    """Who is told about ``table``: its owner, by the rows of :data:`TABLES`, where that is somebody who reads messages; else
    ``otherwise``, else the group of those who decide about data."""
    known = {row.table_name: text(row.owner) for row in rows(frames.get("freshness"))}
    group = recipient(None, frames, "dataops")
    named = recipient(known.get(table), frames, "dataops")
    return named if named != group else recipient(otherwise, frames, "dataops")


def late(frames: Frames) -> dict[str, Row]:
    """The tables that are late by their habit, with what became of who writes them, by name."""
    return {row.table_name: row for row in rows(stalls(frames["freshness"], frames["writers"])["late"])}


def writer(row: Row) -> Target | None:
    """Who writes a late table, where that can be wrong itself."""
    if row.writer_kind not in ("job", "pipeline") or not text(row.writer_id):
        return None
    return Target(workspace_id=row.workspace_id, type=row.writer_kind, id=row.writer_id, name=text(row.cause)[:200])
