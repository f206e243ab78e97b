"""Job runs of the synthetic organisation's past, as the API shows them: the same runs, with the same numbers, as in the
system tables.

All of them are worked out at once when one is first asked for (about a second), and written into the workspace's state
only when they change. Task runs that were retried at once are not shown; their numbers are otherwise those of the tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from demo.fault_plan import planned, text_of
from demo.faults import struck
from demo.organisation import Organisation, found
from demo.rhythm import Frame
from demo.runs import LAG, SUBMITTED, runs
from demo.workspace.state import Json, State

RESULTS = {"SUCCEEDED": "SUCCESS", "FAILED": "FAILED", "ERROR": "FAILED", "TIMED_OUT": "TIMEDOUT",
           "CANCELLED": "CANCELED", "SKIPPED": "SKIPPED"}  # fmt: skip
TRIGGERS = {"CRON": "PERIODIC", "ONETIME": "ONE_TIME", "RETRY": "RETRY"}


def facts(world: Organisation) -> Json:
    """What it takes to make the same organisation again, kept in the state."""
    scale = world.size if world.size < 1 else world.size**2
    return {"seed": world.seed, "scale": scale, "now": world.now.isoformat(), "faults": text_of(world.plan)}


@dataclass(frozen=True, eq=False)
class Past:
    """``attempts`` in order of their run's number; ``ended`` (seconds since 1970) is where the tables end."""

    world: Organisation
    attempts: Frame
    numbers: Any  # of the runs, in the order of ``attempts``
    ended: int
    stuck: int  # the run that never ends by itself

    def run(self, number: int) -> Json | None:
        """The run, None when there was none of that number."""
        first, last = np.searchsorted(self.numbers, [number, number + 1])
        return self._shaped(first, last) if last > first else None

    def of_job(self, job_id: str, workspace_id: str, since: int = 0) -> Iterator[Json]:
        """The job's runs that started at or after ``since`` (milliseconds), newest first, shaped one by one."""
        mine = self.attempts[
            (self.attempts.job_id == job_id)
            & (self.attempts.workspace_id == workspace_id)
            & (self.attempts.attempt == 0)
            & (self.attempts.start * 1000 >= since)
        ]
        shaped = (self.run(int(number)) for number in mine.run[::-1])
        return (one for one in shaped if one)

    def open_of(self, job_id: str, workspace_id: str) -> list[Json]:
        """The job's runs that had not ended where the tables end, newest first."""
        mine = self.attempts[
            self.attempts.state.isna() & (self.attempts.job_id == job_id) & (self.attempts.workspace_id == workspace_id)
        ]
        return [one for number in mine.run.unique()[::-1] if (one := self.run(int(number)))]

    def _shaped(self, first: int, last: int) -> Json:
        rows = [self.attempts.iloc[place] for place in range(first, last)]
        row, position = rows[0], int(rows[0].position)
        job = self.world.jobs.iloc[position] if position != SUBMITTED else None
        tasks = int(job.tasks) if job is not None else 1
        number = int(row.run)
        return {
            "run_id": number,
            "job_id": int(row.job_id),
            "workspace_id": row.workspace_id,
            "run_name": job["name"] if job is not None else "submitted from outside",
            "creator_user_name": job.run_as_user_name if job is not None else "scheduler@example.com",
            "trigger": TRIGGERS[row.trigger],
            "run_type": "SUBMIT_RUN" if job is None else "JOB_RUN",
            "start_time": int(row.start) * 1000,
            "_attempts": [self._attempt(one, tasks, job) for one in rows],
        }

    def _attempt(self, row: Any, tasks: int, job: Any) -> Json:
        """One attempt; where it had not ended, it ends after the job's usual time (the stuck one never)."""
        number, again = int(row.run), int(row.attempt)
        end: int | None = round((row.start + row.seconds) * 1000)
        if row.state is None:
            usual = int(row.start + (job.seconds if job is not None else LAG)) * 1000
            end = None if number == self.stuck else max(self.ended * 1000, usual)
        result = "SUCCESS" if row.state is None else RESULTS[row.state]
        alone = again == 1 or row.state == "SKIPPED"
        chosen = [tasks - 1] if alone else list(range(tasks))
        return {
            "id": number * 10 + again if again else None,
            "start": int(row.start) * 1000,
            "end": end,
            "result": result,
            "code": "SUCCESS" if row.state is None else row.code,
            "internal": row.state == "ERROR",
            "tasks": [
                {
                    "task_key": f"task_{task}",
                    "run_id": number * 20 + place + again * 10,
                    "result": result if place == len(chosen) - 1 else "SUCCESS",
                }
                for place, task in enumerate(chosen)
            ],
        }


def past(state: State) -> Past:
    """The past of the organisation that the state was made from."""
    own = state.objects["organisation"]["facts"]
    return _past(own["seed"], own["scale"], own["now"], own["faults"])


@lru_cache(maxsize=2)
def _past(seed: int, scale: float, now: str, faults: str) -> Past:
    world = found(seed, scale, dt.datetime.fromisoformat(now), planned(faults))
    attempts = runs(world).sort_values(["run", "attempt"], ignore_index=True)
    attempts["state"] = attempts.state.astype(object).where(attempts.state.notna(), None)
    mine = attempts[struck(world, "stuck", attempts.job_id, workspace=attempts.workspace_id)]
    still = mine[mine.state.isna()]
    stuck = int(still.run.iloc[-1]) if len(still) else 0
    return Past(world, attempts, attempts.run.to_numpy(), int(world.now.timestamp()) - LAG, stuck)
