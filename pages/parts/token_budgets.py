"""The view of AgentOps about budgets of tokens. It is no page itself."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.detectors.token_budgets import WEEKS, budget_rows
from approvals.reading.in_force import in_force
from components.frame.identity import sees_others
from components.frame.page import Page
from components.panels.agentops_budgets import token_budgets
from components.panels.savings_list import proposed
from components.sections.propose_saving import proposed_already
from components.tiles.tile import Frames, Rows
from pages.parts.people_told import teams
from settings import settings

MOST = 5_000  # callers by endpoint
ACTS = ("gateway.set_rate_limit",)
PART = "The budgets are of the whole account; a part of it is not compared with them."


def budgets(page: Page) -> Rows:
    today = page.now.date()
    month = today.replace(day=1)
    start = min(month, today - dt.timedelta(days=7 * WEEKS))
    asked = page.ask(
        "agentops.tokens_by_caller", start=start, split=month, end=today + dt.timedelta(days=1), limit=MOST
    )
    known, digest = teams()
    partial = page.look.limited or page.limits.any
    agreed, single = () if partial else in_force(settings()).settings.of_tokens, sees_others(settings())
    made = proposed_already(page.limits.places, ACTS)
    offered = proposed(made)

    def compared(frames: Frames) -> Frames:
        found = budget_rows(frames["tokens_by_caller"], agreed, known, today, single=single)
        why = pd.DataFrame([{"why": PART if partial else ""}])
        return Frames({**offered(frames), "token_budgets": found, "compared": why}, frames.coverage)

    variant = [digest, agreed, single, partial, today, made]
    return [[token_budgets.tile(asked, derive=compared, variant=variant)]]
