"""A run of a job failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from agents.capability import BASIS, CURRENCY, window
from agents.cells import Row, moment, rows, text
from agents.notices.look import Frames, Look, Seen
from approvals.people.notices import Notice
from approvals.people.telling import Event
from things import Thing
from warehouse.interface import Ask

HOURS = 72  # how long nobody may have looked without a failure being missed
RUNS = window(
    "pipelineops.failed_lately", days=9, ahead=1, workspaces="", currency=CURRENCY, basis=BASIS, hours=HOURS, limit=5_000
)  # fmt: skip


def _asks(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    return {"runs": RUNS.ask(now)}


def _judge(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
    """The failed runs (rows of pipelineops.failed_lately) of each notice's job."""
    of: dict[Thing, list[Event]] = {}
    for row in rows(frames["runs"]):
        if (ended := moment(row.ended)) is not None:
            of.setdefault(Thing("job", row.job_id, row.workspace_id), []).append(_failed(row, ended))
    return {one.notice_id: Seen(tuple(of.get(one.thing, ()))) for one in notices}


def _failed(row: Row, ended: dt.datetime) -> Event:
    tasks = [] if row.tasks is None else [str(task) for task in row.tasks]
    named = f" in {', '.join(tasks)[:300]}" if tasks else ""
    again = " A later run has succeeded." if bool(row.good_again) else ""
    return Event(
        key=f"run {row.run_id} {ended:%Y%m%dT%H%M%S}",  # a repair that fails again ends later: that is another event
        at=ended,
        subject=f"Job {text(row.name) or row.job_id} failed",
        text=f"Run {row.run_id} ended at {ended:%Y-%m-%d %H:%M} UTC as {text(row.code) or 'failed'}{named}.{again}",
    )


FAILED = Look("failed", _asks, _judge)
