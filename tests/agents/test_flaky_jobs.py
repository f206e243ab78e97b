"""When retries are proposed for a job that people repair again and again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.pipelineops import flaky_jobs as agent
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, ago, proposed
from warehouse.params import checked

JOB: dict[str, Any] = {
    "workspace_id": "1", "job_id": "10", "name": "load", "repaired_runs": 14, "extra_attempts": 14, "rescued": 13,
    "hours": 5.0, "cost": Decimal(9),
}  # fmt: skip
OTHER = JOB | {"job_id": "20", "repaired_runs": 1, "rescued": 1}


def jobs(
    tried: tuple[int, int] = (45, 42),
    *,
    runs: int = 28,
    last: Any = None,
    others: int = 900,
    code: str = "RUN_EXECUTION_ERROR",
    **changed: Any,
) -> Observation:
    """The job, of whose ``tried`` repairs in 90 days so many succeeded, and another one."""
    ran = [("1", "10", runs, ago(hours=5) if last is None else last), ("1", "20", others, ago(hours=5))]
    frames = {
        "repaired": pd.DataFrame([JOB | changed, OTHER, OTHER | {"job_id": None}]),
        "repairs": pd.DataFrame(
            [("1", "10", code, *tried)],
            columns=["workspace_id", "job_id", "termination_code", "repaired", "rescued"],
        ),
        "success": pd.DataFrame(ran, columns=["workspace_id", "job_id", "runs", "last_started"]),
    }
    found = {one.entity: one for one in agent.flaky_jobs(frames, NOW)}
    assert found.keys() == {"1/job/10", "1/job/20"}
    return found["1/job/10"]


def test_a_flaky_job_shall_try_again_by_itself() -> None:
    draft = proposed([jobs()])
    assert (draft.kind, draft.target.key, draft.params) == ("job.set_retries", "1/job/10", {"max_retries": 2})
    assert draft.confidence == Decimal("0.91")  # 43 of 47
    assert draft.benefit is not None
    assert (draft.benefit.kind, draft.benefit.low, draft.benefit.high) == ("time", Decimal("63.38"), Decimal("69.64"))
    assert draft.ooda.observe[0] == "14 of its 28 runs in 28 days failed and were repaired, 13 of them to a good end"
    assert "RUN_EXECUTION_ERROR (45)" in draft.ooda.observe[2]
    assert "append without merging must not be run twice" in draft.narrative


@pytest.mark.parametrize(("chance", "wanted"), [(0.99, 2), (0.78, 2), (0.75, 3), (0.3, 3)])
def test_the_tries_are_enough_for_nearly_every_night(chance: float, wanted: int) -> None:
    assert agent.tries(chance) == wanted


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"rescued": 3}, "3 runs were rescued by a repair in 28 days: too few"),
        ({"tried": (45, 20)}, "20 of 45 repairs succeeded"),
        ({"last": ago(days=8)}, "has not run for 7 days"),
        ({"last": pd.NaT}, "has not run for 7 days"),
        ({"rescued": 6, "runs": 672, "others": 100}, "others need as many"),  # one in a hundred, as the others
        ({"tried": (0, 0)}, "0 of 0 repairs succeeded"),
        ({"code": "CLOUD_FAILURE"}, "its machines did not come"),
    ],
)
def test_a_job_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = jobs(**changed)
    assert seen.draft is None
    assert why in seen.why_not


def test_a_tail_is_what_can_be_counted() -> None:
    assert agent.at_least(0, 3, 0.5) == 1
    assert agent.at_least(3, 3, 0.5) == pytest.approx(1 / 8)
    assert agent.at_least(4, 3, 0.5) == pytest.approx(0)


def test_a_quiet_round_asks_one_question() -> None:
    assert agent.outcomes({"repaired": pd.DataFrame([OTHER, OTHER | {"job_id": None, "rescued": 90}])}, NOW) == {}
    asked = agent.outcomes({"repaired": pd.DataFrame([JOB])}, NOW)
    assert asked.keys() == {"repairs", "success"}
    for question in (*asked.values(), *agent.CAPABILITY.asks(NOW).values()):
        checked(catalogue(), question)
