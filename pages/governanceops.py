"""GovernanceOps: who can reach what, what changed in it, what is not used, what is unprotected, and whether somebody is trying."""

from __future__ import annotations

from agents.detectors.members import members_of
from agents.detectors.reach_frames import reached, wide
from agents.detectors.reach_stronger import able_to
from approvals.people import identities
from components.frame.page import Page
from components.panels import attempts as tries
from components.panels import governanceops as first
from components.panels import privileges
from components.panels import reach as panels
from components.panels import reach_graph as hops
from components.panels import sensitive as protection
from components.panels import stronger as ways
from components.sections.rights_changed import calls, covered
from components.sections.typed import typed
from components.tiles.summary import first_row
from components.tiles.tile import Frames, Rows
from pages.map import of_dimension
from pages.parts.access_measured import audit, by_jobs, hit, measured
from pages.parts.by_view import draw_by_view
from pages.parts.grants_once import of_grants
from pages.parts.rights_held import MOST_CHANGES, granted, quarter, reviews, show_asked, unused
from warehouse.interface import Ask

MOST_SUBJECTS, MOST_COLUMNS = 40, 5_000


def asks(page: Page) -> tuple[Ask, Ask, Ask, Ask]:
    """Grants, changes of rights, attempts, sensitive columns: what the views share."""
    return (
        granted(page),
        page.so_far.ask("governanceops.privilege_changes", limit=MOST_CHANGES),
        page.so_far.ask("governanceops.attempts", limit=MOST_SUBJECTS),
        page.ask("governanceops.sensitive_columns", limit=MOST_COLUMNS),
    )


def today(page: Page) -> Rows:
    (grants, changed, tried, found), members, done = asks(page), members_of(identities.known()), calls(page)
    one = first.today.tile(
        *(grants, changed, tried, found),
        derive=lambda f: of_grants(wide, covered(done)(f), members),
        variant=(members.digest, done),
    )
    broad = panels.broad.tile(grants, derive=lambda f: of_grants(wide, f, members), variant=members.digest)
    rules = measured(page, done, grants, changed, tried, found)
    return [[first_row(one, "governanceops")], [rules], [broad], [tries.attempts.tile(tried)]]


def reach(page: Page) -> Rows:
    of = typed(
        "of", "Table, schema, catalog, person, service or group", "main.finance_gold, ada@example.com, team-risk"
    )
    grants, members = asks(page)[0], members_of(identities.known())
    variant = members.digest

    def found(f: Frames) -> Frames:
        return Frames(reached(f, members, of), f.coverage)

    return [
        [panels.paths.tile(grants, derive=found, variant=(of, variant))],
        [hops.reach_graph.tile(grants, derive=found, variant=(of, variant))],
        *hit(page, of),
        [panels.openness.tile(grants, derive=lambda f: of_grants(wide, f, members), variant=variant)],
        [panels.broad.tile(grants, derive=lambda f: of_grants(wide, f, members), variant=variant)],
        [ways.stronger.tile(grants, derive=lambda f: of_grants(able_to, f, members), variant=variant)],
        [by_jobs(page, grants)],
        [panels.grants.tile(grants)],
    ]


def changes(page: Page) -> Rows:
    done = calls(page)
    return [[privileges.privilege_changes.tile(asks(page)[1], derive=covered(done), variant=done)]]


def attempts(page: Page) -> Rows:
    return [[tries.attempts.tile(asks(page)[2])]]


def sensitive(page: Page) -> Rows:
    return [[protection.sensitive.tile(asks(page)[3])], [protection.unprotected.tile(asks(page)[3])]]


VIEWS = {
    f.__name__.capitalize(): f for f in (today, reach, changes, quarter, unused, reviews, sensitive, attempts, audit)
}
PAGE = of_dimension("governanceops", tuple(VIEWS), behind="Attempts")


def draw() -> None:
    draw_by_view(PAGE, VIEWS)
    show_asked()


if __name__ == "__main__":
    draw()
