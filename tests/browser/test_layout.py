"""No word is cut, nothing lies on something else, no page scrolls sideways, and axe finds nothing serious: at every width."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bench.serving import App
from pages.map import pages
from tests.browser.geometry import faults
from tests.browser.screenshots import VIEWS
from tests.browser.visit import visit
from tests.support.tiers import deep

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("whole pages, by a real Chromium"),
]
ADDRESSES = VIEWS | {one.key: (f"/{one.path}", "") for one in pages() if not one.asks and not one.hidden}
WIDTHS = (900, 1280, 1440, 1920)
# Streamlit's own markup, which a page cannot change: its menu groups pages in lists of lists, its sparklines have marks.
STREAMLITS = {
    "list": "stSidebarNavItems",
    "listitem": "st-emotion-cache",
    "svg-img-alt": "metric_chart",
}
# Nothing is being drawn again: what is about to change is pale for a moment.
CALM = """() => !document.querySelector('[data-stale="true"], .stMarkdownBadge')"""
EVERY_RUN = {("overview", 900, "light"), ("finops_spend", 1280, "dark"), ("inbox", 900, "dark")}
CASES = [
    (name, width, theme) if (name, width, theme) in EVERY_RUN else deep(name, width, theme)
    for name in sorted(ADDRESSES)
    for width in WIDTHS
    for theme in ("light", "dark")
]


@pytest.mark.parametrize(("name", "width", "theme"), CASES)
def test_a_page_is_whole_at_every_width(
    chromium: Browser, app: App, name: str, width: int, theme: Literal["light", "dark"]
) -> None:
    path, query = ADDRESSES[name]
    with visit(chromium, app, theme, viewport={"width": width, "height": 1200}) as seen:
        seen.open(path, query)
        seen.page.wait_for_function(CALM)
        assert faults(seen.page) == {}
        serious = [
            (rule["id"], node["html"][:200])
            for rule in Axe().run(seen.page).response["violations"]
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
            if STREAMLITS.get(rule["id"], "\0") not in node["html"]
        ]
        assert serious == []


def test_what_is_wrong_is_found(chromium: Browser, app: App) -> None:
    """The measure itself: a cut title, a button upon a link, a page that is too wide."""
    with visit(chromium, app) as seen:
        seen.page.set_content(
            '<main data-testid="stMain"><h2 style="width:40px;overflow:hidden;white-space:nowrap">A long title</h2>'
            '<a href="#" style="position:absolute;top:60px;left:9px">there</a>'
            '<button style="position:absolute;top:60px;left:9px">do it</button>'
            '<p style="width:3000px">wide</p></main>'
        )
        assert faults(seen.page) == {"cut": ["A long title"], "upon": ["there / do it"], "sideways": True}
