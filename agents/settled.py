"""What was changed lately: a change settles before another one is made."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.capability import window
from agents.cells import Row, moment, rows

SETTLED = dt.timedelta(days=7)  # since somebody last changed a setting
CHANGES = window("infraops.compute_changes", days=28, ahead=1, workspaces="", limit=5_000)
Thing = tuple[str, str]  # workspace, id


def changes_of(frame: pd.DataFrame | None, kind: str) -> dict[Thing, list[Row]]:
    """The rows of infraops.compute_changes about things of ``kind`` (cluster, warehouse), the newest first."""
    found: dict[Thing, list[Row]] = {}
    for row in rows(frame):
        if row.kind == kind:
            found.setdefault((row.workspace_id, row.thing_id), []).append(row)
    return found


def unsettled(changed: list[Row] | None, now: dt.datetime) -> str:
    """Why a thing with these changes is left alone at ``now`` (UTC); empty where none is young."""
    at = moment(changed[0].at) if changed else None
    if at is None or now - at >= SETTLED:
        return ""
    return f"changed {(now - at).days} days ago: let it settle"
