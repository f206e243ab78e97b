"""Why tables are late: what became of who writes them, or the late table that they are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

WRITER = ["writer_kind", "workspace_id", "writer_id"]
# What explains a late table by itself; who merely did not write may wait for a source that is late.
OWN = ("fails", "was cancelled", "is paused", "is deleted", "is running")
CANCELLED = ("CANCELLED", "CANCELED")  # of a run of a job, of an update of a pipeline
NO_CAUSE = "no recorded cause"


@dataclass(frozen=True)
class Cause:
    """What made a table late: the writer and how it stands, since when. ``run_id`` is its newest run."""

    writer_kind: str
    workspace_id: str
    writer_id: str
    name: str
    state: str
    since: pd.Timestamp
    run_id: str
    code: str


def stalls(tables: pd.DataFrame, writers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """``late``: the rows of ``tables`` (dataops.freshness) that are late, with the columns of their :class:`Cause`, ``cause``
    (its name) in place of name, and ``follows``: the late table that the cause came through. ``causes``: one row for each, with
    ``tables``, ``hours`` (of the latest), ``readers`` (different ones) and ``table_name`` (the one that hurts most), the
    most harmful first. ``writers`` has the columns of dataops.writers.

    A writer that fails, was cancelled, is paused, deleted or still runs explains its tables. One that succeeded without
    writing, or did not run, is explained by the source that is late for longest, where one is; a circle ends at itself.
    """
    late = tables[tables["hours"].notna()]
    known = {tuple(row[:3]): row for row in writers[[*WRITER, *_ASKED]].itertuples(index=False, name=None)}
    rows: dict[str, Any] = {str(row.table_name): row for row in late.itertuples(index=False)}
    found = {name: _cause(name, rows, known) for name in rows}
    columns = [*_FIELDS, "follows"]
    told = pd.DataFrame(
        [(*(getattr(cause, name) for name in _FIELDS), follows) for cause, follows in found.values()],
        columns=columns,
        index=late.index,
        dtype=object,
    )
    both = pd.concat([late.drop(columns=WRITER), told.rename(columns={"name": "cause"})], axis=1)
    return {"late": both, "causes": _grouped(both)}


_ASKED = ["name", "run_id", "state", "code", "started", "last_success", "failing_since", "is_paused", "is_deleted"]
_FIELDS = list(Cause.__dataclass_fields__)


def _cause(name: str, rows: Mapping[str, Any], known: Mapping[Any, Any]) -> tuple[Cause, str]:
    """The cause of the table ``name``, and the late source through which it came."""
    seen, follows = [name], ""
    while True:
        row = rows[seen[-1]]
        own = _of_writer(row, known.get((row.writer_kind, row.workspace_id, row.writer_id)))
        sources = (row.sources or "").split(",") if isinstance(row.sources, str) else []
        late = [rows[one] for one in sources if one in rows and one not in seen and rows[one].due <= row.due]
        if own.state in OWN or not late:
            return own, follows
        seen.append(min(late, key=lambda one: (one.due, one.table_name)).table_name)
        follows = follows or seen[-1]


def _of_writer(row: Any, writer: Any) -> Cause:
    """How the writer of the table stands since it wrote last."""
    if writer is None:
        who = (row.writer_kind or "", row.workspace_id or "", row.writer_id or "")
        return Cause(*who, row.writer or NO_CAUSE, NO_CAUSE, row.last_written, "", "")
    kind, place, ident, name, run, ended, code, started, good, failing, paused, deleted = writer
    states = (
        ("is deleted", bool(deleted), row.last_written),
        ("fails", pd.notna(failing) and not started < row.last_written, failing),
        ("was cancelled", ended in CANCELLED and started > row.last_written, started),
        ("succeeds, writes nothing", pd.notna(good) and good > row.last_written, row.last_written),
        ("is running", not isinstance(ended, str) and started > row.last_written, started),
        ("is paused", bool(paused), row.last_written),
    )
    state, since = next(((said, at) for said, holds, at in states if holds), ("has not run since", row.last_written))
    return Cause(kind, place, ident, name, state, since, run, code if isinstance(code, str) else "")


def _grouped(late: pd.DataFrame) -> pd.DataFrame:
    made = []
    for _, rows in late.groupby([*WRITER, "state"], sort=False):
        worst = rows.iloc[0]
        readers = {one for some in rows["waiting"].dropna() for one in some.split(",")}
        made.append(
            {name: worst[name] for name in (*WRITER, "cause", "state", "run_id", "code", "table_name")}
            | {"since": rows["since"].min(), "tables": len(rows), "hours": rows["hours"].max(), "readers": len(readers)}
        )
    columns = [*WRITER, "cause", "state", "since", "tables", "readers", "hours", "run_id", "code", "table_name"]
    frame = pd.DataFrame(made, columns=columns)
    return frame.sort_values(["readers", "tables", "cause"], ascending=[False, False, True], ignore_index=True)
