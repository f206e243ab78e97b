"""When the schedule of a job that only fails is proposed to be paused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.pipelineops import never_succeeded as agent
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, ago, only, proposed
from warehouse.params import checked

JOB: dict[str, Any] = {
    "workspace_id": "1", "job_id": "10", "name": "load", "owner": "sp", "failures": 20, "failing_since": ago(days=20),
    "last_success": pd.NaT, "last_code": "RUN_EXECUTION_ERROR", "days": 20.0,
}  # fmt: skip
PLAN = {"workspace_id": "1", "job_id": "10", "quartz": "0 0 6 * * ?", "zone": "UTC", "paused": False, "until": pd.NaT}


def jobs(cost: Any = Decimal("40.00"), plan: dict[str, Any] | None = PLAN, **changed: Any) -> list[Observation]:
    spent = {"workspace_id": "1", "job_id": "10", "cost": cost}
    frames = {
        "failing": pd.DataFrame([JOB | changed]),
        "costs": pd.DataFrame([spent] if cost is not None else [], columns=list(spent)),
        "schedules": pd.DataFrame([plan] if plan else [], columns=list(PLAN)),
    }
    return agent.never_succeeded(frames, NOW)


def test_a_job_that_never_succeeded_shall_pause() -> None:
    draft = proposed(jobs())
    assert (draft.kind, draft.target.key, draft.params) == ("job.pause_schedule", "1/job/10", {"paused": True})
    assert draft.confidence == Decimal("0.95")  # 21 of 22
    assert draft.benefit is not None
    assert draft.benefit.low < Decimal(60) < draft.benefit.high  # 40 in 20 days
    assert "all of its 20 runs since 2026-10-31" in draft.narrative
    assert "its next scheduled run starts at 2026-11-21 06:00 UTC" in draft.ooda.observe
    assert draft.ooda.options[-1].what == "do nothing"


@pytest.mark.parametrize("cost", [None, Decimal(0)])
def test_a_cost_that_is_not_known_is_said(cost: Any) -> None:
    assert "a cost that is not known" in proposed(jobs(cost)).narrative


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"last_success": ago(days=30)}, "it has succeeded before"),
        ({"failing_since": ago(days=6)}, "less than 7 days ago"),
        ({"failing_since": pd.NaT}, "less than 7 days ago"),
        ({"failures": 7}, "less than 0.9"),
        ({"plan": None}, "no cron schedule"),
        ({"plan": PLAN | {"quartz": None}}, "no cron schedule"),
        ({"plan": PLAN | {"paused": True}}, "paused already"),
    ],
)
def test_a_job_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = only(jobs(**changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_what_it_costs_is_asked_only_where_something_could_be_paused() -> None:
    assert agent.about({"failing": pd.DataFrame([JOB | {"last_success": ago(days=3)}])}, NOW) == {}
    asked = agent.about({"failing": pd.DataFrame([JOB])}, NOW)
    assert asked.keys() == {"costs", "schedules"}
    for question in asked.values():
        checked(catalogue(), question)
