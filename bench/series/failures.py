"""Failed runs whose cause is known, each among a hundred and more changes of ordinary work: as the rows of
pipelineops.run_compare, run_tasks and run_changes, with what the run said. Made apart from whatever ranks them: nothing
here knows the rules."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from bench.series.failing_job import END, LEAST, Row, grant, job_of, work_on
from bench.series.failure_causes import MADE, NOTHING, PLATFORM

CAUSES = {
    "revoked": 20, "runs_as": 8, "columns": 22, "dropped": 10, "timeout": 8, "runtime": 10, "shrunk": 8, "upstream": 14,
    PLATFORM: 10, NOTHING: 28,
}  # fmt: skip
SAID = 0.9  # share of the runs whose error text is still there


@dataclass
class Failed:
    """One failure: its rows, what it ``said``, and its ``cause``: the row of what did it, or None."""

    kind: str
    compare: list[Row]
    codes: list[str]
    changes: list[Row]
    said: str
    cause: Row | None = None


def failures(seed: int, many: int) -> Iterator[Failed]:
    """``many`` failures, always the same ones for a ``seed``."""
    rnd = random.Random(seed)
    for _ in range(many):
        kind = rnd.choices(list(CAUSES), list(CAUSES.values()))[0]
        yield _failed(rnd, kind)


def _failed(rnd: random.Random, kind: str) -> Failed:
    job = job_of(rnd)
    work_on(job)
    cause, codes, said = MADE[kind](job)
    while len(job.changes) < LEAST:
        grant(job)
    rnd.shuffle(job.changes)
    known = rnd.random() < 0.85
    this = {
        "which": "this", "run_id": "2", "result_state": "TIMED_OUT" if "TIMED" in codes[0] else "FAILED",
        "started": END - dt.timedelta(minutes=rnd.randint(2, 200)), "ended": END,
        "termination_code": "RUN_EXECUTION_ERROR" if "TIMED" in codes[0] else codes[0],
        "run_as": job.identity if known else None, "node_type": "i3.xlarge", "dbr_version": "16.4", "workers": 4,
    }  # fmt: skip
    good = this | {
        "which": "good", "run_id": "1", "started": job.since, "ended": job.since + dt.timedelta(minutes=20),
        "result_state": "SUCCEEDED", "termination_code": "SUCCESS",
    }  # fmt: skip
    return Failed(kind, [this, good], codes[1:], job.changes, said if rnd.random() < SAID else "", cause)
