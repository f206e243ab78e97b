"""A graph, by keys: into it, along its edges, and to the drawer of a node."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from bench.serving import App
from tests.browser.visit import visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("one page, in a real Chromium"),
]


def test_a_graph_is_walked_along_its_edges_and_a_node_opens_its_thing(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/dataops", "view=Late")
        nodes = seen.page.locator(".st-key-tile-late_causes .node")
        nodes.first.wait_for()
        assert seen.page.locator(".st-key-tile-late_causes .node[tabindex='0']").count() == 1
        seen.page.locator(".st-key-tile-late_causes .node[tabindex='0']").focus()
        seen.page.keyboard.press("ArrowRight")
        table = seen.page.locator(".st-key-tile-late_causes .node:focus")
        assert (table.get_attribute("aria-label") or "").startswith("Table ")
        name = (table.get_attribute("aria-label") or "").split(",")[0].removeprefix("Table ")
        seen.page.keyboard.press("Enter")
        drawer = seen.page.get_by_role("dialog")
        drawer.get_by_text(name.rpartition(".")[2]).first.wait_for(timeout=20_000)
        assert seen.errors == [] and seen.strangers == []
