"""At every time of day there is a failed run that somebody would repair: it is over, and the next one is hours away."""

from __future__ import annotations

import datetime as dt

import pytest

from agents.detectors.quartz import fire_times
from agents.pipelineops.failed_runs import SOON
from demo.faults import faults_of
from demo.organisation import found
from demo.runs import quartz

HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize("seed", [3, 7, 11])
def test_the_next_run_of_the_broken_off_job_is_hours_away(seed: int) -> None:
    begin = dt.datetime(2026, 11, 29, 0, 20, tzinfo=dt.UTC)
    for hour in range(0, 24 * 7, 11):
        now = begin + hour * HOUR
        world = found(seed, 0.1, now)
        fault = faults_of(world, "broken_off")[0]
        mine = (world.jobs.job_id == fault.entity_id) & (world.jobs.workspace_id == fault.workspace_id)
        (job,) = world.jobs[mine].itertuples()
        day = dt.timedelta(days=1)
        fires = list(fire_times(quartz(job), job.zone, now - day, now + day))
        newest, coming = max(one for one in fires if one <= now), min(one for one in fires if one > now)
        assert coming - now > SOON and now - newest > HOUR, (seed, now, job.position)
