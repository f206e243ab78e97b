"""InfraOps: where compute is paid for without work, where people wait for it, what stands outside the rules."""

from __future__ import annotations

from approvals.reading.proposed import Proposed
from components.frame.page import Page
from components.panels import infraops as panels
from components.panels import infraops_clusters as clusters_panels
from components.panels import infraops_rules as rules_panels
from components.panels.infraops_runtimes import runtimes_of
from components.panels.infraops_serverless import serverless
from components.panels.infraops_starts import warehouse_starts
from components.panels.infraops_today import sentence_of
from components.panels.savings import replay
from components.panels.savings_list import proposed
from components.sections import compute
from components.sections.propose_saving import proposed_already
from components.sections.warehouse_choice import changed_one
from components.tiles.show import ask_ahead
from components.tiles.summary import first_row
from components.tiles.tile import Rows
from pages.map import of_dimension
from pages.parts.by_view import draw_by_view

ACTS = (  # kinds of action that the page offers
    "warehouse.set_autostop", "warehouse.set_max_clusters", "cluster.set_autotermination", "cluster.resize", "notify.owner",
    "job.pause_schedule", "warehouse.resize",
)  # fmt: skip


def waste(page: Page) -> Rows:
    known = offers(page)
    both, sooner = page.ask("infraops.idle_and_waits"), page.ask("finops.idle_warehouses", **replay(page.now.date()))
    day, idle = page.now.date(), page.ask("infraops.idle_clusters")
    sentence = sentence_of(day).tile(both, idle, page.ask("infraops.rules"), page.ask("infraops.runtimes"), choice=day)
    return [
        [first_row(sentence, "infraops")],
        [panels.idle_and_waits.tile(both, sooner, derive=proposed(known), variant=known, spared={"idle_warehouses"})],
        [clusters_panels.idle_clusters.tile(idle, derive=proposed(known), variant=known)],
    ]


def warehouses(page: Page) -> Rows:
    known = offers(page)
    starts, sooner = (
        page.ask("infraops.warehouse_starts"),
        page.ask("finops.idle_warehouses", **replay(page.now.date())),
    )
    first = warehouse_starts.tile(starts, sooner, derive=proposed(known), variant=known, spared={"idle_warehouses"})
    ask_ahead([[first]], page.reader, PAGE.key)  # which warehouse changed is read meanwhile
    return [[first], *changed_one(page, known)]


def clusters(page: Page) -> Rows:
    known = offers(page)
    use = page.ask("infraops.cluster_use")
    return [[clusters_panels.cluster_use.tile(use, derive=proposed(known), variant=known)]]


def inventory(page: Page) -> Rows:
    return [[compute.inventory(page, offers(page))], [compute.changed(page)]]


def rules(page: Page) -> Rows:
    known = offers(page)
    return [[rules_panels.rules.tile(page.ask("infraops.rules"), derive=proposed(known), variant=known)]]


def runtimes(page: Page) -> Rows:
    known, day = offers(page), page.now.date()
    used = page.ask("infraops.runtimes")
    moves = page.ask("infraops.serverless_candidates")
    return [
        [runtimes_of(day).tile(used, derive=proposed(known), variant=known, choice=day)],
        [serverless.tile(moves, derive=proposed(known), variant=known)],
    ]


def offers(page: Page) -> list[Proposed]:
    """What is proposed already of what the page offers."""
    return proposed_already(page.limits.places, ACTS)


VIEWS = {f.__name__.capitalize(): f for f in (waste, warehouses, clusters, rules, runtimes, inventory)}
PAGE = of_dimension("infraops", tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS)


if __name__ == "__main__":
    draw()
