"""What a failed run said, on its own page alone: asked of its workspace as the app. It is no page itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from actions.open import known_desk
from actions.run_error import Said, said
from components.frame.identity import sees_others
from components.frame.page import Page
from components.sections.run_error import Told, asked, in_time
from queries.kinds import Param
from settings import settings
from things import Thing


def run_said(page: Page, thing: Thing) -> Callable[[], None]:
    """Asks, and gives what draws it. Nothing where it is no run, nobody can be asked, or whoever looks may see a part of the
    rows, or no texts of others."""
    ask = _ask(page, thing)
    return Told(thing.address, ask).draw if ask else lambda: None


def text_of_run(page: Page, run: Mapping[str, Param]) -> str:
    """What the failed run said, where it may be seen and comes in time; else nothing."""
    place, job, number = (str(run[name]) for name in ("workspace_id", "job_id", "run_id"))
    thing = Thing("run", f"{job}/{number}", place)
    ask = _ask(page, thing)
    return in_time(asked(thing.address, ask)) if ask else ""


def _ask(page: Page, thing: Thing) -> Callable[[], Sequence[Said]] | None:
    at = known_desk()
    if thing.kind != "run" or at is None or page.limits.any or not sees_others(settings()):
        return None
    run = thing.id.rpartition("/")[2]
    return lambda: said(at.workspaces, thing.workspace, run)
