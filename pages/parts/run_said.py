"""What a failed run said, on its own page alone: asked of its workspace as the app. It is no page itself."""

from __future__ import annotations

from collections.abc import Callable

from actions.open import known_desk
from actions.run_error import said
from components.frame.identity import sees_others
from components.frame.page import Page
from components.sections.run_error import Told
from settings import settings
from things import Thing


def run_said(page: Page, thing: Thing) -> Callable[[], None]:
    """Asks, and gives what draws it. Nothing where it is no run, nobody can be asked, or whoever looks may see a part of the
    rows, or no texts of others."""
    at = known_desk()
    if thing.kind != "run" or at is None or page.limits.any or not sees_others(settings()):
        return lambda: None
    run = thing.id.rpartition("/")[2]
    return Told(thing.address, lambda: said(at.workspaces, thing.workspace, run)).draw
