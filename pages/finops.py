"""FinOps: what we spend, what moved, who pays, what can be saved, and whether it adds up."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from actions.inbox_intake import InboxIntake
from actions.open import NotOpen, desk
from agents.detectors.cost_frames import anomaly_frames, forecast_frames
from approvals.reading.about_things import About, about_things
from components.frame.identity import acting
from components.frame.page import Page, begin
from components.frame.periods import months_before
from components.frame.store_unavailable import read_in_time
from components.frame.views import choose
from components.panels import chargeback, month_end, savings_list
from components.panels import finops as panels
from components.panels.cut_off import grouped_and_cut
from components.panels.savings import ACTS, every_saving
from components.runtime.opened import asked_to_propose
from components.text.untrusted import safe
from components.things.actions import Subject, open_form
from components.tiles.show import show
from components.tiles.tile import Rows
from pages.map import of_dimension
from settings import settings

KEYS, GRAINS = ["workspace", "product", "owner", "sku", "tag"], ["week", "day", "month"]
ABOVE = ("totals", "tree", "per_day")  # of Spend: what stands above the choices that steer the last tile


def spend(page: Page) -> Rows:
    with st.container(horizontal=True):
        by, grain = choose("by", "Group by", KEYS, hidden=False), choose("grain", "Per", GRAINS, hidden=False)
    tree, days = page.ask("finops.spend_tree", limit=8), page.ask("finops.spend_by_day")
    return [
        [panels.totals.tile(page.ask("finops.spend_total"), tree, days)],
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
    movers = page.ask("finops.spend_movers", key=by, limit=12)
    return [
        [panels.moved.tile(movers, derive=panels.grouped(by), variant=by)],
        [panels.prices.tile(page.ask("finops.price_changes"))],
        [panels.owners.tile(page.ask("finops.owners", limit=50))],
    ]


def ahead(page: Page) -> Rows:
    today, since = page.now.date(), page.filters.start
    billed = (page.now - dt.timedelta(hours=12)).date()  # a day's original records arrive within that time
    series = page.ask("finops.daily_by_object", start=billed - dt.timedelta(days=180), end=billed, limit=200)
    total = page.ask("finops.daily_total", start=months_before(today, 11), end=today)
    return [
        [panels.anomalies.tile(series, derive=lambda f: anomaly_frames(f["daily_by_object"], since), variant=since)],
        [month_end.forecast.tile(total, derive=lambda f: forecast_frames(f["daily_total"]))],
    ]


def allocation(page: Page) -> Rows:
    untagged, variants = page.ask("finops.untagged", limit=200), page.ask("finops.tag_variants", limit=200)
    users, clusters = page.ask("finops.warehouse_share", limit=300), page.ask("finops.cluster_share", limit=300)
    return [
        [chargeback.reconciliation.tile(page.ask("finops.reconciliation"), page.ask("finops.bill_by_month"))],
        [chargeback.untagged.tile(untagged), chargeback.tag_variants.tile(variants)],
        [chargeback.warehouses.tile(page.ask("finops.warehouse_idle"))],
        [chargeback.warehouse_users.tile(users), chargeback.clusters.tile(clusters)],
    ]


def savings(page: Page) -> Rows:
    lacking = "Which savings are proposed already is not known."
    nothing: list[About] = []
    known = read_in_time(lambda tx: about_things(tx, ACTS, page.limits.places), nothing, lacking)
    asks = every_saving(page.ask, page.now.date())
    return [[savings_list.savings.tile(*asks, derive=savings_list.proposed(known), variant=known)]]


def propose(page: Page) -> None:
    """The form for the saving whose button was pressed, where a workspace is connected."""
    asked = asked_to_propose()
    if asked is None:
        return
    try:
        at = desk()
    except NotOpen as why:
        st.toast(safe(f"Nothing can be proposed here: {why}", 300), icon=":material/block:")
        return
    subject = Subject(asked.thing, asked.name, places=page.limits.places)
    open_form(subject, InboxIntake(at), lambda: acting(settings(), at.directory), asked.kind)


def quality(page: Page) -> Rows:
    unpriced, corrections = page.ask("finops.unpriced"), page.ask("finops.corrections")
    discounts, currencies = page.ask("finops.discounts", limit=100), page.ask("finops.currencies")
    return [
        [chargeback.unpriced.tile(unpriced)],
        [chargeback.discounts.tile(discounts)],
        [chargeback.corrections.tile(corrections), chargeback.currencies.tile(currencies)],
    ]


VIEWS = {f.__name__.capitalize(): f for f in (spend, changes, ahead, allocation, savings, quality)}
PAGE = of_dimension("finops", tuple(VIEWS))


def draw() -> None:
    page = begin(PAGE.title)
    view = choose("view", "View", list(VIEWS))
    above = st.container()
    rows = VIEWS[view](page)
    show(rows, page.reader, page.look, page.now, PAGE.key, at=dict.fromkeys(ABOVE, above))
    propose(page)


if __name__ == "__main__":
    draw()
