"""MLOps: which endpoints fail or are paid for unasked, what they cost, which training fails."""

from __future__ import annotations

from approvals.reading.proposed import Proposed
from components.frame.page import Page
from components.panels import drift as drift_panels
from components.panels import drift_model, drift_spread
from components.panels import mlops as panels
from components.panels import mlops_training as training_panels
from components.panels import mlops_versions as version_panels
from components.panels.mlops_today import today as sentence
from components.panels.savings_list import proposed
from components.sections import drift_choice
from components.sections.mlops_asks import bins, drift_asks, matched, trained, trainers
from components.sections.propose_saving import proposed_already
from components.sections.serving import serving
from components.tiles.summary import first_row
from components.tiles.tile import Rows
from pages.map import of_dimension
from pages.parts.by_view import draw_by_view
from pages.parts.model_gate import gate_tile, judged, set_beside, skew_tile

# Kinds of action that the page offers.
ACTS = ("job.run_now", "serving.set_scale", "serving.set_traffic", "model.set_alias", "notify.owner")


def today(page: Page) -> Rows:
    known, endpoints = offers(page), page.ask("mlops.endpoints")
    return [
        [first_row(sentence.tile(endpoints, trained(page), *drift_asks(page), derive=judged), "mlops")],
        [panels.endpoints.tile(endpoints, derive=proposed(known), variant=known)],
    ]


def training(page: Page) -> Rows:
    known = offers(page)
    return [[training_panels.training.tile(trained(page), derive=proposed(known), variant=known)]]


def drift(page: Page) -> Rows:
    known, choice = offers(page), drift_choice.chosen()
    moved, quality = drift_asks(page)
    return [
        [
            drift_panels.drift_models.tile(
                moved,
                quality,
                trainers(page),
                derive=lambda frames: proposed(known)(judged(frames)),
                variant=known,
                spared={"trainers"},
            )
        ],
        [
            drift_model.did_it_matter(choice).tile(
                moved, quality, derive=judged, choice=choice, controls=drift_choice.controls
            )
        ],
        [drift_spread.spread_of(choice).tile(moved, quality, bins(page), derive=judged, choice=choice)],
        [drift_model.columns_of(choice).tile(moved, quality, derive=judged, choice=choice)],
        [drift_model.history_of(choice).tile(moved, quality, derive=judged, choice=choice)],
    ]


def skew(page: Page) -> Rows:
    return [[skew_tile(page, offers(page))]]


def gate(page: Page) -> Rows:
    return [[gate_tile(page, offers(page))]]


def versions(page: Page) -> Rows:
    known, panel = offers(page), version_panels.versions_since(page.now)
    tile = panel.tile(
        matched(page),
        derive=lambda frames: proposed(known)(set_beside(frames)),
        variant=known,
        choice=page.now.date(),
    )
    return [[tile]]


def offers(page: Page) -> list[Proposed]:
    """What is proposed already of what the page offers."""
    return proposed_already(page.limits.places, ACTS)


VIEWS = {f.__name__.capitalize(): f for f in (today, drift, skew, gate, versions, serving, training)}
PAGE = of_dimension("mlops", tuple(VIEWS))


def draw() -> None:
    draw_by_view(PAGE, VIEWS)


if __name__ == "__main__":
    draw()
