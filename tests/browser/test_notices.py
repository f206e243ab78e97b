"""From a name in a table to being told of its thing: asked on its page, listed and ended on the page of one's notices."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from bench.serving import App
from tests.browser.visit import visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("by clicks, in a real Chromium"),
]


def test_a_notice_is_asked_for_where_its_thing_is_shown_and_ended_on_its_page(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        page = seen.page
        seen.open("/pipelineops", "view=Failures")
        box = page.locator('.st-key-tile-lately [data-testid="stDataFrame"]').bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 40, box["y"] + 46)  # the first name
        page.get_by_role("dialog").get_by_role("button", name="Open its page").click()
        page.wait_for_url("**/thing?**kind=job**")
        seen.settle()
        page.get_by_role("button", name="Tell me").click()
        asking = page.get_by_test_id("stPopoverBody")
        asking.get_by_role("button", name="Tell me").click()
        asking.get_by_text("You will be told when a run of it fails.").wait_for()
        asking.get_by_text("You are told when a run of it fails.").wait_for()
        asking.get_by_role("link", name="My notices").click()
        page.wait_for_url("**/notices**")
        seen.settle()
        expect(page.get_by_text("You are told of 1 thing.")).to_be_visible()
        page.get_by_role("combobox", name="Change one").click()
        page.get_by_role("option").first.click()
        page.get_by_role("button", name="End").click()
        page.get_by_text("You are told of nothing.").wait_for()
        assert seen.errors == [] and seen.strangers == []


def test_a_figure_of_a_tile_is_watched_from_its_menu(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        page = seen.page
        seen.open("/notices")
        while not page.get_by_text("You are told of").count():  # until it is known who looks
            seen.open("/notices")
        seen.open("/infraops", "view=Waste")
        page.locator(".st-key-idle_clusters-menu button").first.click()
        page.locator(".st-key-idle_clusters-tell button").first.click()
        asking = page.get_by_role("dialog")
        asking.get_by_text("Worked out as its page does").wait_for()
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
        asking.get_by_label("Limit, rows").fill("0")
        asking.get_by_label("Limit, rows").press("Tab")
        asking.get_by_role("button", name="Tell me").click()
        asking.get_by_text("You are told when it passes a limit.").wait_for()
        asking.get_by_role("link", name="My notices").click()
        page.wait_for_url("**/notices**")
        seen.settle()
        page.get_by_role("combobox", name="Change one").click()
        expect(page.get_by_role("option").first).to_contain_text("Rows of its table: it passes a limit")
        page.get_by_role("option").first.click()
        page.get_by_role("button", name="End").click()
        page.get_by_text("You are told of nothing.").wait_for()
        assert seen.errors == [] and seen.strangers == []
