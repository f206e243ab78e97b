"""The view of AgentOps about budgets of tokens. It is no page itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

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
from warehouse.interface import Ask

MOST = 5_000  # callers by endpoint
ACTS = ("gateway.set_rate_limit",)
PART = "The budgets are of the whole account; a part of it is not compared with them."


def asked(page: Page) -> Ask:
    """Who used how many tokens this month, and in the weeks before it."""
    today = page.now.date()
    month = today.replace(day=1)
    start = min(month, today - dt.timedelta(days=7 * WEEKS))
    return page.ask("agentops.tokens_by_caller", start=start, split=month, end=today + dt.timedelta(days=1), limit=MOST)


def compared(page: Page) -> tuple[Callable[[Frames], Frames], list[object]]:
    """What holds the answer to :func:`asked`, where it is known, against the budgets; and what that depends on besides."""
    known, digest = teams()
    today, partial = page.now.date(), page.look.limited or page.limits.any
    agreed, single = () if partial else in_force(settings()).settings.of_tokens, sees_others(settings())

    def found(frames: Frames) -> Frames:
        if "tokens_by_caller" not in frames:
            return frames
        rows = budget_rows(frames["tokens_by_caller"], agreed, known, today, single=single)
        why = pd.DataFrame([{"why": PART if partial else ""}])
        return Frames({**frames, "token_budgets": rows, "compared": why}, frames.coverage)

    return found, [digest, agreed, single, partial, today]


def budgets(page: Page) -> Rows:
    made = proposed_already(page.limits.places, ACTS)
    offered, (found, variant) = proposed(made), compared(page)
    tile = token_budgets.tile(
        asked(page),
        derive=lambda frames: found(Frames(offered(frames), frames.coverage)),
        variant=[*variant, made],
    )
    return [[tile]]
