"""UserOps: how many hours people lose, who is stuck, who uses what, and what the viewer themselves should change."""

from __future__ import annotations

import datetime as dt

from agents.detectors.newcomers import judged
from agents.detectors.people_frames import of_features, of_one, of_people
from agents.detectors.query_gains import gained
from approvals.reading.in_force import in_force
from components.frame.page import Page
from components.panels import userops as panels
from components.panels.savings_list import proposed
from components.panels.userops_today import sentence_of
from components.sections.propose_saving import proposed_already
from components.sections.userops_features import features as used
from components.sections.userops_newcomers import asked as joined
from components.sections.userops_newcomers import newcomers as through
from components.sections.userops_people import habit, stay
from components.sections.userops_sight import helps, me
from components.sections.userops_statements import statements as forms
from components.tiles.summary import first_row
from components.tiles.tile import Rows
from pages.map import of_dimension
from pages.parts.by_view import draw_by_view
from pages.parts.people_told import teams
from settings import settings
from warehouse.interface import Ask

YEAR, INACTIVE = 365, 90  # days that are looked at, and days without any use
MOST = 50


def waiting(page: Page) -> Rows:
    day, rate = page.now.date() - dt.timedelta(days=1), in_force(settings()).settings.rate
    where = page.ask("userops.waits_by_warehouse", limit=MOST)
    known = proposed_already(page.limits.places, ("warehouse.set_max_clusters",))
    days = page.lately("userops.hours_lost", 30)
    sentence = sentence_of(rate, day, helps()).tile(
        days,
        page.lately("userops.waits_by_warehouse", 1, limit=MOST),
        page.ask("userops.repeated_errors", limit=MOST),
        page.ask("userops.costly_habits", limit=MOST),
        _inactive(page),
        joined(page),
        derive=judged,
        choice=(day, rate, helps()),
    )
    return [
        [first_row(sentence, "userops")],
        [panels.lost(rate).tile(page.ask("userops.hours_lost"), choice=rate)],
        [panels.waits_by_hour.tile(page.ask("userops.waits_by_hour"))],
        [panels.waits_by_warehouse.tile(where, derive=proposed(known), variant=known)],
    ]


def statements(page: Page) -> Rows:
    return forms(page, gained)


def friction(page: Page) -> Rows:
    errors = panels.repeated_errors.tile(page.ask("userops.repeated_errors", limit=MOST))
    if not helps():
        return [[errors]]
    return [
        [errors],
        [panels.stuck_people.tile(page.ask("userops.stuck_people", limit=MOST))],
        [panels.costly_habits.tile(page.ask("userops.costly_habits", limit=MOST))],
    ]


def features(page: Page) -> Rows:
    known, digest = teams()
    return used(page, lambda whole: of_features(known, whole=whole), digest)


def people(page: Page) -> Rows:
    known, digest = teams()
    told = [[panels.active_people.tile(page.ask("userops.active_people"))], *stay(page, of_people(known), digest)]
    if not helps():
        return told
    new = through(page, lambda frames: judged(frames, known.members), digest)
    return [*new, *told, [panels.inactive_people.tile(_inactive(page))]]


def mine(page: Page) -> Rows:
    return [
        [panels.my_waits.tile(page.ask("userops.my_waits", person=me()))],
        [panels.my_errors.tile(page.ask("userops.my_errors", person=me()))],
        [habit(page, of_one)],
    ]


def _inactive(page: Page) -> Ask:
    today = page.now.date()
    year = {"start": today - dt.timedelta(days=YEAR), "end": today}
    return page.ask("userops.inactive_people", days=INACTIVE, limit=MOST, **year)


VIEWS = {f.__name__.capitalize(): f for f in (waiting, statements, friction, features, people, mine)}
PAGE = of_dimension("userops", tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS)


if __name__ == "__main__":
    draw()
