"""FinOps: what we spend, what moved, who pays, what can be saved, and whether it adds up."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from actions.open import directory
from agents.detectors.cost_frames import anomaly_frames, forecast_frames
from approvals.reading.in_force import in_force
from components.frame.page import Page, begin
from components.frame.periods import months_before
from components.frame.views import choose
from components.panels import chargeback, month_end, savings_list
from components.panels import finops as panels
from components.panels.cut_off import grouped_and_cut
from components.panels.groups import grouped
from components.panels.savings import every_saving
from components.sections.handed_on import handed_on
from components.sections.lost_tags import lost_tags
from components.sections.mark_cost import mark_asked
from components.sections.month_budget import budget_for
from components.sections.propose_saving import proposed_already
from components.sections.unusual_cost import draw_cards, known, unusual
from components.tiles.show import show
from components.tiles.tile import Rows
from pages.map import of_dimension
from pages.parts.proposing import propose_where_asked
from settings import settings
from things import Thing

KEYS, GRAINS = ["workspace", "product", "owner", "sku", "tag"], ["week", "day", "month"]
ABOVE = ("totals", "tree", "per_day")  # of Spend: what stands above the choices that steer the last tile


def spend(page: Page) -> Rows:
    with st.container(horizontal=True):
        by, grain = choose("by", "Group by", KEYS, hidden=False), choose("grain", "Per", GRAINS, hidden=False)
    tree, days = page.ask("finops.spend_tree", limit=8), page.ask("finops.spend_by_day")
    return [
        [replace(panels.totals.tile(page.ask("finops.spend_total"), tree, days), figure=Thing("figure", "finops"))],
        [panels.tree.tile(tree)],
        [panels.per_day.tile(days)],
        [
            panels.matrix.tile(
                page.ask("finops.spend_matrix", key=by, grain=grain, limit=12),
                derive=grouped_and_cut(by, grain, page.filters.start, page.filters.end),
                variant=(by, grain, page.filters.start, page.filters.end),
            )
        ],
    ]


def changes(page: Page) -> Rows:
    by = choose("by", "Group by", KEYS, hidden=False)
    return [
        [panels.moved.tile(page.ask("finops.spend_movers", key=by, limit=12), derive=grouped(by), variant=by)],
        [panels.prices.tile(page.ask("finops.price_changes"))],
        [panels.owners.tile(page.ask("finops.owners", limit=50))],
    ]


def ahead(page: Page) -> Rows:
    today, budget = page.now.date(), budget_for(page, in_force(settings()).settings)
    total = page.ask("finops.daily_total", start=months_before(today, 11), end=today)
    return [
        *unusual(page, anomaly_frames),
        [
            month_end.forecast.tile(
                total,
                derive=lambda f: forecast_frames(f["daily_total"]) | {"budget": budget},
                variant=budget.to_dict("records"),
            )
        ],
    ]


def allocation(page: Page) -> Rows:
    untagged, variants = page.ask("finops.untagged", limit=200), page.ask("finops.tag_variants", limit=200)
    users, clusters = page.ask("finops.warehouse_share", limit=300), page.ask("finops.cluster_share", limit=300)
    return [
        [handed_on(page)],
        [chargeback.reconciliation.tile(page.ask("finops.reconciliation"), page.ask("finops.bill_by_month"))],
        [chargeback.untagged.tile(untagged), chargeback.tag_variants.tile(variants)],
        [lost_tags(page)],
        [chargeback.warehouses.tile(page.ask("finops.warehouse_idle"))],
        [chargeback.warehouse_users.tile(users), chargeback.clusters.tile(clusters)],
    ]


def savings(page: Page) -> Rows:
    known = proposed_already(page.limits.places)
    asks = every_saving(page.ask, page.now.date())
    return [[savings_list.savings.tile(*asks, derive=savings_list.proposed(known), variant=known)]]


def quality(page: Page) -> Rows:
    unpriced, corrections = page.ask("finops.unpriced"), page.ask("finops.corrections")
    discounts, currencies = page.ask("finops.discounts", limit=100), page.ask("finops.currencies")
    return [
        [chargeback.unpriced.tile(unpriced)],
        [chargeback.discounts.tile(discounts)],
        [chargeback.corrections.tile(corrections), chargeback.currencies.tile(currencies)],
    ]


VIEWS = {f.__name__.capitalize(): f for f in (spend, changes, ahead, allocation, savings, quality)}
PAGE = of_dimension("finops", tuple(VIEWS), behind="Ahead")


def draw() -> None:
    page = begin(PAGE.title)
    view = choose("view", "View", list(VIEWS))
    above = dict.fromkeys(ABOVE, st.container())
    before = known(page)
    show(VIEWS[view](page), page.reader, page.look, page.now, PAGE.key, above)
    draw_cards(page, before)
    mark_asked(directory(), page.limits.places, page.look.zone)
    propose_where_asked(page)


if __name__ == "__main__":
    draw()
