"""The parts of GovernanceOps about what is known: its rules with how much of each could be looked at, and the audit log. It is no
page itself."""

from __future__ import annotations

import pandas as pd

from agents.detectors.members import members_of
from agents.detectors.reach_frames import wide
from agents.detectors.reach_jobs import become_by_jobs
from agents.detectors.reach_stronger import able_to
from approvals.people import identities
from approvals.reading.effects import Effect
from components.frame.identity import sees_others
from components.frame.page import Page
from components.panels.access_rules import access_rules
from components.panels.become import become
from components.panels.right_consumers import DAYS, hit_by
from components.sections.audit_log import audit_tile
from components.sections.rights_changed import covered
from components.tiles.tile import Frames, Rows, Tile
from pages.parts.grants_once import of_grants
from pages.parts.rights_held import held
from settings import settings
from warehouse.interface import Ask

MOST, MOST_HANDS = 500, 5_000
HANDS = 90  # days in which somebody changed a job


def measured(page: Page, done: list[Effect] | None, *asked: Ask) -> Tile:
    """The tile of the rules, of the questions ``asked`` by the page and of which rights are used; ``done`` is what proposals did."""
    (_, idle), known, variant = held(page)
    members, span = members_of(identities.known()), page.so_far.filters

    def derive(f: Frames) -> Frames:
        told = {**covered(done)(f), "asked": pd.DataFrame([{"start": span.start, "end": span.end}])}
        for one in (able_to, wide):
            told = {**of_grants(one, told, members)}
        if {"grants", "unused_grants"} <= told.keys():
            told = {**told, **known(Frames(told, f.coverage))}
        return Frames(told, f.coverage)

    names = ("grants", "privilege_changes", "attempts", "sensitive_columns", "unused_grants")
    return access_rules.tile(*asked, idle, derive=derive, variant=(variant, done, span), spared=names)


def hit(page: Page, of: str) -> Rows:
    """The row of what ran on the rights that ``of`` names: a securable, else a person, a service or a group; all of them where it
    is empty, or the members of that group are not known. None for who may not see what single people do."""
    if not sees_others(settings()):
        return []
    behind = identities.behind(of, identities.known()) if of else None
    asked = {"place": "", "principals": ",".join(sorted(behind))} if behind else {"place": of, "principals": ""}
    question = page.lately("platform.right_consumers", DAYS, limit=MOST, **asked)
    return [[hit_by(of, bool(of) and behind is None and "." not in of).tile(question, choice=of)]]


def by_jobs(page: Page, grants: Ask) -> Tile:
    """The tile of jobs by which somebody can become more than they are."""
    members, hands = members_of(identities.known()), page.lately("governanceops.job_hands", HANDS, limit=MOST_HANDS)
    return become.tile(grants, hands, derive=lambda f: become_by_jobs(f, members), variant=members.digest)


def audit(page: Page) -> Rows:
    return [[audit_tile(page)]]
