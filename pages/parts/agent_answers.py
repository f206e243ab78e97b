"""The view of AgentOps about the quality of answers, and what its first sentence asks too. It is no page itself."""

from __future__ import annotations

import datetime as dt

from agents.detectors.answer_quality import of_agents
from components.frame.page import Page
from components.panels.agentops_quality import answer_quality, failing_answers
from components.panels.savings_list import proposed
from components.sections.propose_saving import proposed_already
from components.tiles.tile import Frames, Rows
from warehouse.interface import Ask

NOW, BEFORE = 3, 28  # days that are judged, and days before with which they are compared
JUDGED, MOST = 60, 50  # days whose answers are looked at; services
ACTS = ("ticket.open",)


def called(page: Page) -> Ask:
    """How agents and models behind the gateway are called now, against the weeks before."""
    today = page.now.date()
    split, end = today - dt.timedelta(days=NOW - 1), today + dt.timedelta(days=1)
    start = split - dt.timedelta(days=BEFORE)
    return page.ask("agentops.services", start=start, split=split, end=end, limit=MOST)


def judged_answers(page: Page) -> Ask:
    """How answers are judged up to now, whatever period is looked at."""
    return _lately(page, "agentops.judged_answers")


def quality(page: Page) -> Rows:
    known = proposed_already(page.limits.places, ACTS)
    offered, judged, services = proposed(known), judged_answers(page), called(page)
    first = answer_quality.tile(
        judged, services, derive=lambda frames: offered(Frames(of_agents(frames))), variant=known, spared=["services"]
    )
    causes = _lately(page, "agentops.failing_answers")
    return [[first], [failing_answers.tile(causes, judged, services, derive=of_agents, spared=["services"])]]


def _lately(page: Page, question: str) -> Ask:
    today = page.now.date()
    return page.ask(question, start=today - dt.timedelta(days=JUDGED - 1), end=today + dt.timedelta(days=1))
