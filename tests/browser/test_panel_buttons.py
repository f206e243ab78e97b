"""The small buttons of a panel: each has a name that says of which panel, nothing lies on them, and a figure's points are
reached by keys alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.serving import App
from tests.browser.visit import visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("two pages, by a real Chromium"),
]
# How far, in pixels, the bar of a table that is pointed at lies on the menu of its panel; and who takes a click there.
LIES = """key => {
    const tile = document.querySelector('.st-key-' + key);
    const bar = tile.querySelector('[data-testid="stElementToolbar"]').getBoundingClientRect();
    const menu = tile.querySelector('[data-testid="stPopoverButton"]').getBoundingClientRect();
    const taken = [0.1, 0.5, 0.9].map(part => document.elementFromPoint(menu.left + menu.width / 2, menu.top + menu.height * part));
    return [Math.round(menu.bottom - bar.top), taken.every(one => one.closest('[data-testid="stPopoverButton"]'))];
}"""


def open_menu(page: Page, tile: str) -> None:
    page.locator(f".st-key-tile-{tile} [data-testid='stPopoverButton']").first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-testid='stPopoverBody'] summary").first.wait_for()


def test_the_bar_of_a_table_leaves_the_menu_of_its_panel_free(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/pipelineops", "view=Failures")
        for tile in ("tile-success", "tile-repairs"):
            whole = seen.page.locator(f".st-key-{tile}").first
            whole.evaluate("tile => tile.scrollIntoView({block: 'center'})")
            whole.locator("[data-testid='stDataFrame']").first.hover(position={"x": 40, "y": 20})
            seen.page.wait_for_timeout(500)  # it comes slowly
            overlap, free = seen.page.evaluate(LIES, tile)
            assert overlap <= 0 and free, tile


def test_neither_an_icon_nor_a_sign_of_markup_is_read_aloud(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/infraops", "view=Waste")
        menu = seen.page.locator(".st-key-tile-idle_clusters [data-testid='stPopoverButton']").first
        expect(menu).to_have_attribute("aria-label", re.compile("Menu of: (?!visibility|error|check)"))
        assert seen.page.locator("input[aria-label*='\\\\']").count() == 0


def test_a_figure_is_read_by_keys_and_ears(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/finops", "view=Spend")
        tile = seen.page.locator(".st-key-tile-per_day")
        title = tile.locator("h3").first.inner_text().strip()
        menu = tile.locator("[data-testid='stPopoverButton']").first
        expect(menu).to_have_attribute("aria-label", re.compile(rf"Menu of: {re.escape(title[:20])}"))
        helps = tile.locator("[data-testid='stHeading'] [data-testid='stTooltipIcon'] button")
        expect(helps).to_have_attribute("aria-label", re.compile(rf"Help for: {re.escape(title[:20])}"))
        open_menu(seen.page, "per_day")
        fold = seen.page.locator("[data-testid='stPopoverBody'] summary").first
        fold.focus()
        seen.page.keyboard.press("Enter")
        cells = seen.page.locator("[data-testid='stPopoverBody'] [role='gridcell']")
        cells.first.wait_for(state="attached")
        read = " ".join(cells.all_inner_texts())
        assert re.search(r"[A-Z][a-z]{2} \d+ [A-Z][a-z]{2}: \$", read), read[:300]
        assert seen.errors == []


def test_a_word_of_the_glossary_is_an_address(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/glossary#seat")
        expect(seen.page.locator("#seat")).to_be_in_viewport()
