"""When a job that did not start is proposed to be run once, and which starts count as missed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.detectors.missed_starts import starts
from agents.pipelineops import not_started as agent
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, ago, proposed
from warehouse.coverage import Coverage
from warehouse.params import checked

DAY = dt.timedelta(days=1)
SIX = NOW.replace(hour=6, minute=0)
PLAN: dict[str, Any] = {
    "workspace_id": "1", "job_id": "10", "name": "load", "quartz": "0 0 6 * * ?", "zone": "UTC", "paused": False,
    "since": ago(days=300), "until": pd.NaT, "deleted": pd.NaT,
}  # fmt: skip


def ran(*days: int, minutes: float = 1) -> list[str]:
    """Runs so many days ago at six."""
    starts = [SIX - n * DAY + dt.timedelta(minutes=minutes) for n in days]
    return [f"{int(at.timestamp() * 1000)} {int(at.timestamp() * 1000) + 60_000} SUCCEEDED r{at:%d}" for at in starts]


def jobs(
    runs: list[str],
    *,
    others: int = 5,
    others_ran: bool = True,
    until: dt.datetime = NOW,
    declared: bool = False,
    **changed: Any,
) -> Observation:
    """The job, and ``others`` that did or did not run as it should."""
    all_days = ran(*range(29))
    plans = [PLAN | changed, *(PLAN | {"job_id": str(100 + n)} for n in range(others))]
    every = [("1", "10", runs)] + [("1", str(100 + n), all_days if others_ran else runs) for n in range(others)]
    last = {key[1]: max((int(one.split()[0]) for one in key[2]), default=0) for key in every}
    frames = {
        "schedules": pd.DataFrame(plans),
        "runs": pd.DataFrame(every, columns=["workspace_id", "job_id", "runs"]),
        "newest": pd.DataFrame(
            [{"workspace_id": "1", "job_id": job, "name": "load", "last_started": pd.Timestamp(at, unit="ms", tz="UTC")}
             for job, at in last.items()]
        ),
        "readers": pd.DataFrame([{"workspace_id": "1", "job_id": "10", "tables": 1, "readers": 4}]),
    }  # fmt: skip
    frames["runs"].attrs["coverage"] = Coverage(until=until)
    if declared:
        frames["declared"] = pd.DataFrame([{"workspace_id": "1", "job_id": "10", "due_time": "08:00", "zone": "UTC"}])
    found = {one.entity: one for one in agent.not_started(frames, NOW)}
    return found["1/job/10"]


def test_a_job_that_stopped_starting_shall_run_once() -> None:
    draft = proposed([jobs(ran(*range(3, 29)))])
    assert (draft.kind, draft.target.key, draft.params) == ("job.run_now", "1/job/10", {})
    assert draft.ooda.observe[0].startswith(
        "3 starts since 2026-11-18 06:00 UTC did not happen; it started last at 2026-11-17"
    )
    assert "before, 25 of 25 starts in 28 days happened" in draft.ooda.observe
    assert draft.confidence == Decimal("0.96")
    (scalar,) = draft.evidence[0].scalars
    assert (scalar.column, scalar.observed) == ("last_started", "2026-11-17 06:01:00+00:00")
    assert "no change of its schedule is recorded" in draft.ooda.orient[1]


@pytest.mark.parametrize(
    ("runs", "given", "why"),
    [
        (range(29), {}, "started when it should"),
        (range(1, 29), {}, "one start was passed over"),
        (range(3, 29), {"paused": True}, "its schedule is paused"),
        (range(3, 29), {"quartz": "every day"}, "cannot be read"),
        (range(24, 29), {}, "too few"),  # four of the window
        ((), {}, "too few"),
        (range(3, 29), {"since": ago(days=3)}, "too few"),  # what was meant before says nothing of the new schedule
        (range(3, 29), {"others_ran": False}, "6 of 6 jobs did not start"),
        (range(1, 29), {"until": SIX}, "started when it should"),  # rows have not come yet
    ],
)
def test_a_job_is_left_alone(runs: Any, given: dict[str, Any], why: str) -> None:
    seen = jobs(ran(*runs), **given)
    assert seen.draft is None
    assert why in seen.why_not


def test_a_declared_deadline_makes_one_missed_start_matter() -> None:
    assert "due at 08:00 UTC (declared)" in proposed([jobs(ran(*range(1, 29)), declared=True)]).ooda.orient


def test_a_run_by_hand_is_a_start_and_a_late_one_too() -> None:
    meant = [SIX - n * DAY for n in (3, 2, 1, 0)]
    by_hand = starts(meant, [SIX - 3 * DAY, SIX - DAY + dt.timedelta(hours=9)], NOW)
    assert (by_hand.before, by_hand.made, by_hand.missed) == (3, 2, ())  # so late once: waited for twice as long
    assert starts(meant, [SIX - 3 * DAY], NOW).missed == tuple(meant[1:])
    assert starts(meant, [], NOW) == starts(meant, [], NOW)
    assert starts([], [], NOW).missed == ()
    soon = starts([NOW - dt.timedelta(minutes=20)], [], NOW)
    assert soon.missed == ()  # it may come yet


def test_a_round_in_which_all_started_asks_nothing_more() -> None:
    frames = {
        "schedules": pd.DataFrame([PLAN]),
        "runs": pd.DataFrame([("1", "10", ran(*range(29)))], columns=["workspace_id", "job_id", "runs"]),
    }
    assert agent.about(frames, NOW) == {}
    frames["runs"] = pd.DataFrame([("1", "10", ran(*range(3, 29)))], columns=["workspace_id", "job_id", "runs"])
    asked = agent.about(frames, NOW)
    assert dict(asked["readers"].params)["jobs"] == "1/10"
    for question in (*asked.values(), *agent.CAPABILITY.asks(NOW).values()):
        checked(catalogue(), question)
