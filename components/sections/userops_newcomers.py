"""UserOps, People: whether newcomers are through."""

from __future__ import annotations

from components.frame.page import Page
from components.panels.newcomers import newcomers as panel
from components.panels.savings_list import proposed
from components.sections.propose_saving import proposed_already
from components.tiles.tile import Derive, Frames, Rows
from warehouse.interface import Ask

DAYS = 90  # in which somebody was added
ACTS = ("training.suggest", "grant.add")


def newcomers(page: Page, judge: Derive, digest: str) -> Rows:
    """The row of the tile; ``judge`` says of newcomers how far they are, by members of groups whose ``digest`` is this one."""
    known = proposed_already(page.limits.places, ACTS)
    tile = panel.tile(
        asked(page), derive=lambda frames: proposed(known)(Frames(judge(frames))), variant=(digest, known)
    )
    return [[tile]]


def asked(page: Page) -> Ask:
    """Who joined lately."""
    return page.lately("userops.newcomers", DAYS)
