"""UserOps, Statements: which forms cost most, and whose are slow, fail or queue."""

from __future__ import annotations

from components.frame.page import Page
from components.panels.query_patterns import query_patterns
from components.panels.savings_list import proposed
from components.panels.slow_sources import slow_sources
from components.sections.propose_saving import proposed_already
from components.sections.userops_sight import helps, seen
from components.tiles.tile import Derive, Frames, Rows

MOST = 100
ACTS = ("training.suggest", "notify.owner")


def statements(page: Page, judge: Derive) -> Rows:
    """The rows of the view; ``judge`` says of the forms what a change would save."""
    slow = [slow_sources.tile(page.ask("userops.slow_sources", person=seen(), limit=MOST))]
    if not helps():
        return [slow]
    known = proposed_already(page.limits.places, ACTS)
    forms = page.ask("userops.query_patterns", texts="1", limit=MOST)
    return [
        [query_patterns.tile(forms, derive=lambda frames: proposed(known)(Frames(judge(frames))), variant=known)],
        slow,
    ]
