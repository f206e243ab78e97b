"""Jobs on all-purpose clusters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agents.capability import Observation
from agents.finops import all_purpose_jobs as finops
from tests.agents.made import NOW, frame, left, proposed

JOB: dict[str, Any] = {
    "what": "Move the job to job compute", "workspace_id": "1", "workspace": "prod", "resource_kind": "job", "resource_id": "10",
    "resource": "load", "owner": "zoe@x.com", "monthly_saving": Decimal("240.00"), "confidence": "medium", "effort": "low",
    "evidence": "410 USD in 60 task hours at the all-purpose price",
}  # fmt: skip


def jobs(**more: Any) -> list[Observation]:
    return finops.all_purpose_jobs({"jobs": frame(JOB | more)}, NOW)


def test_a_job_shall_run_on_a_cluster_of_each_run() -> None:
    draft = proposed(jobs())
    assert (draft.kind, draft.target.key, draft.params) == ("job.set_compute", "1/job/10", {})
    assert draft.benefit is not None
    assert (draft.benefit.low, draft.benefit.high) == (Decimal("120.00"), Decimal("240.00"))
    assert "60 task hours" in draft.ooda.observe[0]
    assert "undone" in draft.narrative
    assert draft.confidence == Decimal("0.7")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"monthly_saving": None}, "no price in USD"),
        ({"monthly_saving": Decimal("9.90")}, "it ran there seldom"),
        ({"monthly_saving": Decimal("11.00")}, "not worth a look"),
    ],
)
def test_it_is_left_alone(changes: dict[str, Any], why: str) -> None:
    assert why in left(jobs(**changes))
