"""The work of a job was not done by its deadline, a declared or a learned one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from agents.cells import Row, moment, rows, text
from agents.detectors.promise_frames import promised_days
from agents.notices.look import Frames, Look, Seen
from approvals.deciding import deadlines
from approvals.people.notices import Notice
from approvals.people.telling import Event
from approvals.store.store import Tx
from things import Thing
from warehouse.coverage import joined
from warehouse.interface import Ask, ask

DAYS = dt.timedelta(days=2)  # before today that are judged
BEFORE, AFTER = dt.timedelta(days=2), dt.timedelta(days=3)  # around them, where runs decide, too
HABIT = dt.timedelta(weeks=8, days=37)  # how long before a week what is learned for it may have been seen
WORDS = {
    "late": "was not done by then", "missing": "did not start", "failed": "failed", "skipped": "was skipped",
    "blocked": "was blocked", "cancelled": "was cancelled",
}  # fmt: skip


def _known(tx: Tx, notices: Sequence[Notice]) -> Frames:
    return {"declared": deadlines.history(tx)}


def _asks(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    start, end = now.date() - DAYS - BEFORE, now.date() + AFTER
    declared = known["declared"]
    jobs = ",".join(sorted({*(declared["workspace_id"] + "/" + declared["job_id"])}))
    monday = start - dt.timedelta(days=start.weekday())
    return {
        "runs": ask("pipelineops.run_ends", start=start, end=end, workspaces="", declared=jobs),
        "schedules": ask("pipelineops.job_schedules", start=start, end=end, workspaces=""),
        "learned": ask("pipelineops.learned_by_week", start=monday - HABIT, end=end, workspaces=""),
    }


def _judge(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
    """The days of each notice's job whose work was due and not done. What is not known yet is no day of these."""
    covered = joined(frames[name].attrs["coverage"] for name in ("runs", "schedules"))
    first, after = now.date() - DAYS, now.date() + dt.timedelta(days=1)
    days = promised_days(
        frames["runs"], frames["schedules"], frames["learned"], frames["declared"], first, after, now, covered
    )
    of: dict[Thing, list[Event]] = {}
    judged: set[Thing] = set()
    for row in rows(days):
        job = Thing("job", row.job_id, row.workspace_id)
        judged.add(job)
        if row.state in WORDS and (due := moment(row.due)) is not None and due <= now:
            of.setdefault(job, []).append(_late(row, due))
    none = "It has no deadline in these days: declare one, or wait until one is learned from its runs."
    return {one.notice_id: Seen(tuple(of.get(one.thing, ())), "" if one.thing in judged else none) for one in notices}


def _late(row: Row, due: dt.datetime) -> Event:
    ended = moment(row.ended)
    done = f"; its run ended at {ended:%Y-%m-%d %H:%M} UTC" if ended is not None else ""
    return Event(
        key=f"due {row.day:%Y-%m-%d}",
        at=due,
        subject=f"Job {text(row.name) or row.job_id} is late",
        text=f"It was due at {due:%Y-%m-%d %H:%M} UTC ({row.source} deadline) and {WORDS[row.state]}{done}.",
    )


LATE = Look("late", _asks, _judge, _known)
