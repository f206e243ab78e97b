"""The parts of a thing's page: each kind has those that its figures can tell."""

from __future__ import annotations

from components.frame.page import Page
from components.things.about import about
from components.things.asks import about as ask_about
from components.things.asks import described
from components.things.money import money
from components.tiles.tile import Rows, Tile
from things import Thing

BILLED = frozenset({
    "job", "run", "pipeline", "cluster", "warehouse", "endpoint", "app", "database", "notebook", "principal",
    "workspace", "cost_centre",
})  # fmt: skip


def parts(page: Page, thing: Thing) -> Rows:
    """The tiles of the page of ``thing``, the sentence about it first."""
    rows: Rows = [[what(page, thing)]]
    if thing.kind in BILLED:
        rows.append([money.tile(ask_about(page, thing, "things.cost_by_day"))])
    return rows


def what(page: Page, thing: Thing) -> Tile:
    """The sentence about ``thing``."""
    return about(thing, limited=page.limits.any).tile(described(page, thing), variant=thing.address)
