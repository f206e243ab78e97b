"""The first sentence of AgentOps: budgets and failing tools are in it when they are what matters."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.panels.agentops_today import today
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Leading
from tests.components.bodies import listed, one
from tests.components.test_panels_tools import days, tooled
from tests.components.test_token_budgets import budgeted
from things import Thing


def drawn(*parts: Frames | dict[str, pd.DataFrame]) -> list[Any]:
    return listed(today(Frames({name: rows for part in parts for name, rows in part.items()}), ViewContext()))


def test_a_failing_tool_and_a_budget_that_is_used_up_are_said_and_lead_to_their_rows() -> None:
    said = drawn(tooled(days(0, 0, 3, 9, 9, 9)), budgeted(26_000_000))
    first, rest = one(said, Finding), said[-1]
    assert first.tone == "act" and first.text == "Tool find of main.agents.shop fails 30%, 0% before, since 22 Nov"
    assert isinstance(rest, Leading) and "1 of 1 budget of tokens is used up" in rest.text
    assert [lead.label for lead in rest.leads] == ["Tools", "Budgets"]
    shop, ann = Thing("gateway", "main.agents.shop", "1"), Thing("principal", "ann@x.com")
    assert rest.names == (("main.agents.shop", shop), ("ann@x.com", ann))


def test_what_is_well_is_said_as_such() -> None:
    said = drawn(tooled(days(0, 0, 0, 0)), budgeted(1_000))
    whole = " ".join(body.text for body in said).lower()
    assert (
        "none of 1 tool fails beyond what it did before" in whole and "none of 1 budget of tokens is used up" in whole
    )
    assert not any(lead.label == "Tools" for lead in getattr(said[-1], "leads", ()))
