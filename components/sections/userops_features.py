"""UserOps, Features: which are used, month by month, and which teams are left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from components.frame.page import Page
from components.panels.feature_use import feature_months, team_features
from components.panels.savings_list import proposed
from components.sections.propose_saving import proposed_already
from components.tiles.tile import Derive, Frames, Rows
from warehouse.interface import Ask

MONTHS = 6  # whole ones, before the running one
ACTS = ("training.suggest",)


def features(page: Page, judged: Callable[[bool], Derive], digest: str) -> Rows:
    """The rows of the view; ``judged`` makes of whether the whole account is looked at what says of the months what was used, by
    teams whose ``digest`` is this one."""
    asked, known = person_months(page), proposed_already(page.limits.places, ACTS)
    judge = judged(not any(value for name, value in asked.params if name not in ("start", "end")))
    return [
        [feature_months.tile(asked, derive=judge, variant=digest)],
        [
            team_features.tile(
                asked, derive=lambda frames: proposed(known)(Frames(judge(frames))), variant=(digest, known)
            )
        ],
    ]


def person_months(page: Page, person: str = "") -> Ask:
    """What everybody, or one ``person``, used in the last months: from the first day of one, so that each is whole."""
    today = page.now.date()
    years, months = divmod(today.year * 12 + today.month - 1 - MONTHS, 12)
    start, end = dt.date(years, months + 1, 1), today + dt.timedelta(days=1)
    return page.ask("userops.person_months", start=start, end=end, person=person)
