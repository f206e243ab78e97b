"""AgentOps: are agents and models refused, failing or slow, who runs away, what does an answer cost, what are our own agents worth."""

from __future__ import annotations

import os

from agents.detectors.answer_quality import of_agents
from agents.detectors.token_costs import unit_costs
from approvals.reading.in_force import in_force
from components.frame.identity import sees_others
from components.frame.page import Page
from components.panels import agentops as panels
from components.panels import (
    agentops_costs,
    agentops_governed,
    agentops_indexes,
    agentops_registry,
    agentops_sessions,
)
from components.panels.agentops_today import today
from components.panels.agentops_tools import tools
from components.panels.savings_list import proposed
from components.sections.propose_saving import proposed_already
from components.sections.settings_words import source
from components.tiles.panel import Panel
from components.tiles.summary import first_row
from components.tiles.tile import Rows
from pages.map import of_dimension
from pages.parts.agent_answers import called, judged_answers, quality
from pages.parts.by_view import draw_by_view
from pages.parts.own_agents import ours
from pages.parts.token_budgets import asked, budgets, compared
from settings import settings
from warehouse.interface import Ask

MOST, SESSIONS = 50, 200
ACTS = ("index.sync", "notify.owner")  # kinds of action that the page offers


def calls(page: Page) -> Rows:
    services, judged = called(page), judged_answers(page)
    runaways = page.so_far.ask("agentops.runaways", limit=MOST)
    over, depends = compared(page)
    first = today.tile(
        services, runaways, page.so_far.ask("agentops.indexes"), judged, page.so_far.ask("agentops.tools"), asked(page),
        derive=lambda frames: of_agents(over(frames)), variant=depends,
    )  # fmt: skip
    return [[first_row(first, "agentops")], [panels.services.tile(services)], [panels.runaways.tile(runaways)]]


def sessions(page: Page) -> Rows:
    first = agentops_sessions.sessions.tile(page.so_far.ask("agentops.sessions", limit=SESSIONS))
    known = proposed_already(page.limits.places, ("ticket.open",))
    return [[first], [tools.tile(page.so_far.ask("agentops.tools"), derive=proposed(known), variant=known)]]


def inventory(page: Page) -> Rows:
    indexes = agentops_indexes.indexes, page.so_far.ask("agentops.indexes")  # as they are now
    return _offering(page, (agentops_registry.registry, page.ask("agentops.registry")), indexes)


def _offering(page: Page, *tiles: tuple[Panel, Ask]) -> Rows:
    known = proposed_already(page.limits.places, ACTS)
    return [[panel.tile(ask, derive=proposed(known), variant=known)] for panel, ask in tiles]


def costs(page: Page) -> Rows:
    each, found = page.ask("agentops.token_costs"), in_force(settings())
    prices, whence = found.settings.relations, source("token_prices", found, os.environ)
    return [
        [
            agentops_costs.answer_costs.tile(
                each,
                derive=lambda frames: unit_costs(frames["token_costs"], prices, whence),
                variant=[found.settings.token_prices, whence],
            )
        ],
        [panels.tokens_by_day.tile(page.so_far.ask("agentops.tokens_by_day"))],
    ]


def guard(page: Page) -> Rows:
    rows = [[agentops_governed.governed.tile(page.so_far.ask("agentops.governed_calls"))]]
    if sees_others(settings()):
        callers = page.so_far.ask("agentops.coding_callers", limit=MOST)
        rows.append([agentops_governed.coding_callers.tile(callers)])
    return rows


VIEWS = {f.__name__.capitalize(): f for f in (calls, quality, sessions, inventory, costs, budgets, guard, ours)}
PAGE = of_dimension("agentops", tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS)


if __name__ == "__main__":
    draw()
