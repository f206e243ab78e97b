"""UserOps: what people work as and who stays, for everybody; what one counts as, for oneself alone."""

from __future__ import annotations

from components.frame.page import Page
from components.panels.cohorts import cohorts
from components.panels.personas import my_persona, personas
from components.panels.use_tiers import use_tiers
from components.sections.userops_features import person_months
from components.sections.userops_sight import me
from components.tiles.tile import Derive, Rows, Tile


def stay(page: Page, judge: Derive, digest: str) -> Rows:
    """The rows of the three tiles; ``judge`` tells them of what is used by month, by teams whose ``digest`` is this one."""
    asked = person_months(page)
    known = [cohorts, use_tiers, personas]
    return [[one.tile(asked, derive=judge, variant=digest)] for one in known]


def habit(page: Page, judge: Derive) -> Tile:
    """What the viewer counts as; nobody else's days are asked for."""
    return my_persona.tile(person_months(page, me()), derive=judge)
