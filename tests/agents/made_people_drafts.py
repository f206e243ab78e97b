"""Drafts of the agents of AgentOps and UserOps, for :mod:`tests.agents.test_handed_in`."""

from __future__ import annotations

from collections.abc import Callable

from agents.agentops import fallbacks, slow_answers
from agents.capability import Observation
from tests.agents import test_agentops_proposers as agentops
from tests.agents import test_userops_proposers as people

MADE: dict[str, Callable[[], list[Observation]]] = {
    "caller who runs away": agentops.running,
    "service that is refused": agentops.refused,
    "service that falls back": lambda: agentops.told(fallbacks.fallbacks),
    "service that became slow": lambda: agentops.told(slow_answers.slow_answers),
    "tool over and over": agentops.looping,
    "index behind": agentops.lagging,
    "answers judged worse": agentops.judged,
    "statements that spill": people.habit,
    "error day after day": people.stuck,
    "dashboard that takes minutes": lambda: people.boards()[:1],
    "team that was not shown it": people.teams,
    "newcomer who is stuck": people.joined,
    "people who are away": lambda: people.away()[:1],
}
