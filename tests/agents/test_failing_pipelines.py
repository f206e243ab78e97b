"""When a pipeline that fails is proposed to be validated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.capability import Observation
from agents.pipelineops import failing_pipelines as agent
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, ago, only, proposed
from warehouse.params import checked

PIPELINE: dict[str, Any] = {
    "workspace_id": "1", "pipeline_id": "p", "name": "orders", "owner": "sp", "failures": 4, "failing_since": ago(days=4),
    "last_success": ago(days=5), "days": 4.0,
}  # fmt: skip


def pipelines(**changed: Any) -> list[Observation]:
    return agent.failing_pipelines({"failing": pd.DataFrame([PIPELINE | changed])}, NOW)


def test_a_failing_pipeline_shall_be_validated() -> None:
    draft = proposed(pipelines())
    assert (draft.kind, draft.target.key, draft.params) == ("pipeline.validate", "1/pipeline/p", {})
    assert draft.confidence == Decimal("0.83")  # five of six
    assert "the last one that completed began at 2026-11-15 10:25 UTC" in draft.narrative
    assert "none completed in 90 days" in proposed(pipelines(last_success=pd.NaT)).narrative
    assert draft.evidence[0].scalars[1].observed == "2026-11-15 10:25:00+00:00"  # one that completes since is seen


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"failures": 1}, "the next may complete"),
        ({"failing_since": pd.NaT}, "the next may complete"),
        ({"name": "orders-dev"}, "a pipeline to try things in"),
    ],
)
def test_a_pipeline_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = only(pipelines(**changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_it_asks_one_question() -> None:
    for question in agent.CAPABILITY.asks(NOW).values():
        checked(catalogue(), question)
