"""An agent whose newest version passes less has a way back, or the reason why there is none here."""

from __future__ import annotations

from typing import Any

import pytest

from agents.detectors.answer_quality import of_agents
from components.panels.agentops_quality import BACK, answer_quality
from components.text.view_context import ViewContext
from components.tiles.tile import Frames, Grid
from tests.agents.test_answer_quality import BELIEVED, answers
from tests.components.bodies import frame, listed


def table(*versions: tuple[str, int, int, int], services: bool = True, **of: Any) -> Grid:
    rows = [one | of for one in answers("bot", *versions, cells=BELIEVED)]
    known = frame("agentops.services", *([{"service": "bot", "workspace_id": "1"}] if services else []))
    made = of_agents(Frames({**known, **frame("agentops.judged_answers", *rows)}))
    return next(one for one in listed(answer_quality(made, ViewContext())) if isinstance(one, Grid))


FELL = (("v1", 20, 40, 36), ("v2", 8, 40, 30))


def test_an_endpoint_leads_its_requests_back_by_a_proposal() -> None:
    grid = table(*FELL, workspace_id="1", endpoint_id="e1")
    row = grid.frame.iloc[0]
    assert (row["back"], row["back_act"], grid.proposes["back"]) == ("Back", "serving.set_traffic", BACK)
    assert "way" not in grid.columns and "v1" in row["why"]
    assert grid.thing_at("agent", 0) is not None


@pytest.mark.parametrize(
    ("services", "reason"),
    [(True, "no: versions lie behind the gateway's service"), (False, "no: what serves it is not seen")],
)
def test_elsewhere_the_reason_stands_there(services: bool, reason: str) -> None:
    grid = table(*FELL, services=services)
    assert grid.frame.iloc[0]["way"] == reason and "back" not in grid.columns
    assert grid.caption.endswith(f"traffic back: {reason}")


def test_of_an_agent_that_did_not_fall_nothing_is_said() -> None:
    grid = table(("v1", 20, 40, 36), ("v2", 8, 40, 36), workspace_id="1", endpoint_id="e1")
    assert not {"back", "way"} & grid.columns.keys()
