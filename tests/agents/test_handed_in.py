"""What is handed in, to the letter: a draft is signed as it stands, so how a capability is written down must not show in it.

``python -m tests.agents.test_handed_in`` writes the recorded drafts anew, where they are meant to change.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from agents.capability import Observation
from tests.agents import (
    made_drafts,
    made_people_drafts,
    test_failing_pipelines,
    test_flaky_jobs,
    test_lost_permissions,
    test_never_read,
    test_never_succeeded,
    test_not_started,
)
from tests.agents import test_access_proposers as access
from tests.agents import test_job_messages as job_messages
from tests.agents import test_stuck_runs as stuck
from tests.agents import test_table_messages as table_messages
from tests.agents.test_proposers import ago, grants, runs, warehouses

RECORDED = Path(__file__).with_name("handed_in.tsv")
MADE: dict[str, Callable[[], list[Observation]]] = {
    "warehouse": warehouses,
    "warehouse with a record": partial(warehouses, (12, 1)),
    "warehouse that never stops": partial(warehouses, auto_stop_minutes=0, warehouse_type="PRO"),
    "warehouse of no type": partial(warehouses, warehouse_type=None, warehouse=None),
    "warehouse that is left alone": partial(warehouses, auto_stop_minutes=10),
    "warehouse not worth a look": partial(warehouses, saving_low=1, saving_high=2),
    "run": runs,
    "run with a deadline": partial(runs, declared=True, quartz="0 0 6 * * ?"),
    "run without a code": partial(runs, {("10", "unknown"): (9, 9)}, termination_code=None, failed_tasks=None),
    "dear run": partial(runs, learned=False, readers=0, cost_per_run=40),
    "run of a playground": partial(runs, workspace="dev", readers=0),
    "run that hangs": stuck.stuck,
    "job that did not start": lambda: [test_not_started.jobs(test_not_started.ran(*range(3, 29)))],
    "flaky job": lambda: [test_flaky_jobs.jobs()],
    "job that never succeeded": test_never_succeeded.jobs,
    "pipeline that fails": test_failing_pipelines.pipelines,
    "right that was taken": test_lost_permissions.jobs,
    "green and empty": job_messages.empties,
    "slower job": job_messages.slower,
    "job that waits": partial(job_messages.late, 7200, 7200, 7200),
    "table that is left out": lambda: [table_messages.of(table_messages.stale())],
    "table that lacks rows": lambda: [table_messages.drops()],
    "check that fails": lambda: [table_messages.failing()],
    "column that is gone": lambda: [table_messages.gone()],
    "table that nobody reads": test_never_read.unread,
    "grant": grants,
    "grant to read, through groups": partial(grants, privileges="SELECT", through="a, b, c, d, e, f, g"),
    "grant used once": partial(grants, (150,), 200, last_seen=pd.NaT, through="account users"),
    "grant that is young": partial(grants, granted_at=ago(days=20)),
    "grant to everybody": partial(access.broads, "olga@x.com", "cy@x.com"),
    "grant to oneself": partial(access.selves, uses=4),
    "denied requests": lambda: [access.denied(access.tried("eve@x.com", 120, hour=2))["eve@x.com"]],
    "sensitive column": access.bare,
    "tagged column": access.tagged,
    **made_drafts.MADE,
    **made_people_drafts.MADE,
}


def as_text(observations: list[Observation]) -> str:
    (seen,) = observations
    return "\t".join([seen.entity, seen.why_not, str(seen.worth), seen.draft.model_dump_json() if seen.draft else ""])


@pytest.mark.parametrize("name", MADE)
def test_a_draft_is_to_the_letter_what_it_was(name: str) -> None:
    recorded = dict(line.split("\t", 1) for line in RECORDED.read_text(encoding="utf-8").splitlines())
    assert as_text(MADE[name]()) == recorded[name]


if __name__ == "__main__":
    RECORDED.write_text("".join(f"{name}\t{as_text(made())}\n" for name, made in MADE.items()), encoding="utf-8")
