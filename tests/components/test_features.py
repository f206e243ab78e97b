"""``docs/features.md`` says where each feature is to be seen: the tile is on that view of that page, and asks that question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import cache
from typing import Any, NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from components.runtime import state
from components.sections import health
from components.sections.became import Became
from components.sections.judged import Measure
from components.tiles import show
from components.tiles.tile import Tile
from pages.map import pages
from queries.catalogue import catalogue
from settings import ROOT
from tests.components.reading import NOW, Reader, rows
from tests.components.test_panels_value import rows as done_to
from warehouse.interface import Answer


class Row(NamedTuple):
    id: str
    feature: str
    page: str
    view: str
    tile: str
    question: str


def table() -> list[Row]:
    text = (ROOT / "docs" / "features.md").read_text("utf-8")
    lines = [re.split(r"\s*\|\s*", line.strip().strip("|").strip()) for line in text.splitlines()]
    return [Row(*cells) for cells in lines if len(cells) == 6 and re.fullmatch(r"[A-Z]\d{2}", cells[0])]


ROWS = table()
# Questions on whose answer it depends whether a page asks more: of no change and of no run nothing is asked.
KNOWN: Mapping[str, dict[str, object]] = {
    "value.changes": {
        "kind": "warehouse", "workspace_id": "1", "thing_id": "w", "name": "bi", "at": NOW, "what": "auto-stop 10 → 5 min",
        "who": "ann",
    },
    "pipelineops.run_list": {
        "workspace_id": "1", "job_id": "2", "run_id": "3", "name": "load", "started": NOW, "result_state": "FAILED",
        "elapsed": 60.0,
    },
}  # fmt: skip
# What a tile reads from the app's own tables; beside it, it may ask what the things of actions cost.
STORE, OF_WORTH = "store", {"value.thing_days", "value.changes"}
PAGES = {one.title: one for one in pages()}


@cache
def asked(page: str, view: str) -> Mapping[str, frozenset[str]]:
    """The questions of each tile of the view, by its key, as a run of the page submits them."""
    found: dict[str, frozenset[str]] = {}

    def submitted(tiles: Sequence[Tile], reader: Any, page: str | None) -> dict[str, list[Future[Answer]]]:
        found.update({tile.key: frozenset(one.query for one in tile.asks) for tile in tiles})
        return inner(tiles, reader, page)

    def measured(measures: Sequence[Measure], *others: Any) -> None:
        found["health"] = frozenset(one.ask.query for one in measures)
        shown(measures, *others)

    inner, shown = show._submit, health.show_health
    reader = Reader({name: rows(name, [KNOWN[name]] if name in KNOWN else []) for name in catalogue()})
    with pytest.MonkeyPatch.context() as patch, state.using(reader, lambda: NOW):
        patch.setattr("pages.map.pages", tuple)  # a page that runs alone cannot link to others
        patch.setattr(show, "_submit", submitted)
        patch.setattr(health, "show_health", measured)  # the lines of the Overview are no tile
        done = Became(done_to("a"), "done")  # where nothing was done, Value asks nothing
        patch.setattr("components.sections.became.became", lambda page, days: done)
        test = AppTest.from_file(str(ROOT / "pages" / PAGES[page].file), default_timeout=60)
        if view:
            test.query_params["view"] = view
        test.run()
    assert not test.exception, (page, view)
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_feature_is_where_the_map_says(row: Row) -> None:
    assert row.page in PAGES and row.view in (*PAGES[row.page].views, "")
    there = asked(row.page, row.view)
    assert row.tile in there, (row, sorted(there))
    assert row.question in there[row.tile] or (row.question == STORE and not there[row.tile] - OF_WORTH), row


def test_the_map_has_every_page_of_a_dimension_and_no_feature_twice() -> None:
    named = [(row.id, row.tile) for row in ROWS]
    assert len(named) == len(set(named)) and len(ROWS) > 20
    assert {row.page for row in ROWS} >= {one.title for one in pages() if one.section == "Operate"}
