"""The views of GovernanceOps about rights that are held: what changed since last quarter, what nobody uses, and reviews of access. It
is no page itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from agents.detectors.grant_drift import drift, quarter_before
from agents.detectors.members import members_of
from agents.governanceops.coming_back import coming_back
from agents.governanceops.held_rights import held_rights
from agents.governanceops.review_roster import review_roster
from agents.keeping_grants import MOST_GRANTS
from approvals.people import identities
from approvals.people.roles import policy_at
from components.frame.page import Page
from components.panels import access_review as rosters
from components.panels.unused_rights import DAYS, unused_rights
from components.runtime import state
from components.sections import access_review, review_dialogs
from components.sections import quarter as since_then
from components.sections.grant_weeks import weeks_of
from components.sections.typed import typed
from components.tiles.tile import Derive, Frames, Rows
from pages.parts.proposing import intake, me
from settings import settings
from warehouse.interface import Ask

MOST_CHANGES = 2_000


def granted(page: Page) -> Ask:
    """What is granted now."""
    return page.ask("governanceops.grants", limit=MOST_GRANTS)


def quarter(page: Page) -> Rows:
    return [[since_then.quarter(page, granted(page), quarter_before(page.now.date()), drift)]]


def reviews(page: Page) -> Rows:
    found = access_review.known(policy_at(Path(settings().policy)))
    scope = typed("scope", "What a review asks about", "main.finance_gold, ada@example.com")
    asked, derive, variant = held(page)
    asked = (*asked, page.lately("governanceops.right_uses", DAYS, limit=MOST_GRANTS))
    members = members_of(identities.known())

    def listed(f: Frames) -> Frames:
        rights = review_roster(
            f["grants"], derive(f)["held_rights"], f["unused_grants"], f["right_uses"], members, scope
        )
        return Frames({**f, "roster": rights}, f.coverage)

    roster = partial(access_review.roster, page.reader, asked, listed)
    return [
        [access_review.tile(page, found, partial(review_dialogs.controls, found, page.now))],
        [
            rosters.review_roster.tile(
                *asked,
                derive=listed,
                variant=(variant, scope),
                controls=partial(review_dialogs.roster_controls, roster),
            )
        ],
    ]


def held(page: Page) -> tuple[tuple[Ask, ...], Derive, object]:
    """What is granted and what of it is not used, how it is told which is which, and what that depends on."""
    members = members_of(identities.known())
    team = policy_at(Path(settings().policy)).groups.team.replace("{team}", "*")
    idle = page.lately("governanceops.unused_grants", DAYS, limit=MOST_CHANGES)

    def known(f: Frames) -> Frames:
        found = held_rights(f["grants"], f["unused_grants"], members, team, page.now)
        return Frames({**f, "held_rights": found}, f.coverage)

    return (granted(page), idle), known, (members.digest, team, page.now.date())


def unused(page: Page) -> Rows:
    asked, derive, variant = held(page)
    today = page.now.date()

    def judged(f: Frames) -> Frames:
        told = {**derive(f), "again": coming_back(f.get("grant_weeks"), today)}
        return Frames(told, f.coverage)

    weeks = weeks_of(page, asked[1])
    return [[unused_rights.tile(*asked, *weeks, derive=judged, variant=variant, spared={"grant_weeks"})]]


def show_asked() -> None:
    """Open the dialog of a review whose button was pressed just now, for whoever acts."""
    at = access_review.Reviewing(state.store, policy_at(Path(settings().policy)), me, state.clock, intake)
    review_dialogs.show_asked(at)
