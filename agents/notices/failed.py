"""A run of a job, or an update of a pipeline, failed."""

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
    "pipelineops.failed_lately",
    days=9,
    ahead=1,
    workspaces="",
    currency=CURRENCY,
    basis=BASIS,
    hours=HOURS,
    limit=5_000,
)


UPDATES = window("pipelineops.failed_updates", days=9, ahead=1, workspaces="", hours=HOURS, limit=5_000)


def _asks(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    return {"updates": UPDATES.ask(now)} if notice.thing.kind == "pipeline" else {"runs": RUNS.ask(now)}


def _judge(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
    """The failed runs of each notice's job (rows of pipelineops.failed_lately), the failed updates of its pipeline (rows of
    pipelineops.failed_updates)."""
    of: dict[Thing, list[Event]] = {}
    for row in rows(frames.get("runs")):
        of.setdefault(Thing("job", row.job_id, row.workspace_id), []).append(_run(row))
    for row in rows(frames.get("updates")):
        of.setdefault(Thing("pipeline", row.pipeline_id, row.workspace_id), []).append(_update(row))
    return {one.notice_id: Seen(tuple(of.get(one.thing, ()))) for one in notices}


def _run(row: Row) -> Event:
    tasks = [] if row.tasks is None else [str(task) for task in row.tasks]
    named = f" in {', '.join(tasks)[:300]}" if tasks else ""
    again = " A later run has succeeded." if bool(row.good_again) else ""
    ended = _ended(row)
    return Event(
        key=f"run {row.run_id} {ended:%Y%m%dT%H%M%S}",  # a repair that fails again ends later: that is another event
        at=ended,
        subject=f"Job {text(row.name) or row.job_id} failed",
        text=f"Run {row.run_id} ended at {ended:%Y-%m-%d %H:%M} UTC as {text(row.code) or 'failed'}{named}.{again}",
    )


def _update(row: Row) -> Event:
    ended = _ended(row)
    return Event(
        key=f"update {row.update_id}",
        at=ended,
        subject=f"Pipeline {text(row.name) or row.pipeline_id} failed",
        text=f"Its update {row.update_id} ended at {ended:%Y-%m-%d %H:%M} UTC.",
    )


def _ended(row: Row) -> dt.datetime:
    ended = moment(row.ended)
    assert ended is not None  # both questions give those that ended
    return ended


FAILED = Look("failed", _asks, _judge)
