"""What is known of the jobs whose newest run failed, beside the run: who waits for them, and when they run again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from agents.capability import Frames
from agents.cells import Row, moment, rows, text
from agents.detectors import quartz
from agents.pipelineops.repairs import Job, Repairs, repairs_of

DAY = dt.timedelta(hours=24)


@dataclass(frozen=True)
class KnownJobs:
    """By job: when it is ``declared`` and ``learned`` to be due, in words; rows of its ``readers`` and its
    ``schedules``; what became of ``repairs``."""

    declared: Mapping[Job, str]
    learned: Mapping[Job, str]
    readers: Mapping[Job, Row]
    schedules: Mapping[Job, Row]
    repairs: Repairs

    def next_run(self, job: Job, now: dt.datetime) -> tuple[dt.datetime | None, str]:
        """When the job's schedule starts it next within a day, if it does, and that in words."""
        plan = self.schedules.get(job)
        if plan is None or not text(plan.quartz):
            return None, "no schedule starts it again"
        try:
            soonest = next_start(plan, now, DAY)
        except quartz.NotUnderstood:
            return None, "when its schedule starts it next is not known: it cannot be read"
        if soonest is None:
            return None, "no scheduled run within a day"
        return soonest, f"its next scheduled run starts at {soonest:%Y-%m-%d %H:%M} UTC"

    def runs_twice(self, job: Job) -> str:
        """What is known of whether the job's failed tasks may run twice."""
        tried, rescued = self.repairs.of_job(job)
        if not tried:
            return "whether its failed tasks may safely run twice is not known: nobody repaired this job in 90 days"
        return f"its failed tasks were run twice {tried} times in 90 days, {rescued} times to a good end"


def next_start(plan: Row, now: dt.datetime, within: dt.timedelta) -> dt.datetime | None:
    """When a row of pipelineops.job_schedules starts its job next, if it does ``within`` so long. Raises
    :class:`agents.detectors.quartz.NotUnderstood`."""
    found = quartz.fire_times(plan.quartz, text(plan.zone) or "UTC", now, now + within)
    return next((at for at in found if at > now), None)


def known_jobs(frames: Frames) -> KnownJobs:
    """From those of the frames that are there: ``declared`` (workspace_id, job_id, due_time, zone), and rows of
    pipelineops.learned_deadlines, job_readers, job_schedules and repair_outcomes."""

    def by_job(name: str) -> dict[Job, Row]:
        return {(row.workspace_id, row.job_id): row for row in rows(frames.get(name))}

    return KnownJobs(
        declared={job: f"due at {row.due_time} {row.zone} (declared)" for job, row in by_job("declared").items()},
        learned={
            job: f"usually done {float(row.seconds) / 3600:.1f} h after its start (learned)"
            for job, row in by_job("learned").items()
        },
        readers=by_job("readers"),
        schedules={job: row for job, row in by_job("schedules").items() if moment(row.until) is None},
        repairs=repairs_of(rows(frames.get("repairs"))),
    )
