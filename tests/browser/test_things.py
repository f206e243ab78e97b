"""A name leads to its thing: one click opens the drawer, a second its page."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Browser, expect

from bench.serving import App
from tests.browser.visit import visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("by clicks, in a real Chromium"),
]


def test_a_name_in_a_table_opens_its_drawer_then_its_page_where_a_change_is_proposed(
    chromium: Browser, app: App
) -> None:
    with visit(chromium, app) as seen:
        seen.open("/pipelineops", "view=Failures")
        table = seen.page.locator('.st-key-tile-lately [data-testid="stDataFrame"]')
        box = table.bounding_box()
        assert box is not None
        seen.page.mouse.click(box["x"] + 40, box["y"] + 46)  # the first name
        drawer = seen.page.get_by_role("dialog")
        drawer.wait_for()
        assert "Job" in drawer.inner_text()
        drawer.get_by_role("button", name="Open its page").click()
        seen.page.wait_for_url("**/thing?**kind=job**")
        seen.settle()
        assert seen.page.locator(".st-key-tile-happened").count() == 1
        actions = seen.page.locator('.st-key-tile-can_be_done [data-testid="stDataFrame"]')
        actions.scroll_into_view_if_needed()
        box = actions.bounding_box()
        assert box is not None
        seen.page.mouse.click(box["x"] + 40, box["y"] + 46)  # the first button
        form = seen.page.get_by_role("dialog")
        form.get_by_text("What can be done now").wait_for()
        form.get_by_role("button", name="Propose", exact=True).wait_for()
        assert seen.errors == [] and seen.strangers == []


@pytest.mark.deep  # that back leads from view to view is seen in every run
def test_back_leads_from_a_thing_to_the_view_that_led_to_it_and_on_to_the_one_before(
    chromium: Browser, app: App
) -> None:
    with visit(chromium, app) as seen:
        seen.open("/pipelineops")
        seen.turn_to("Failures")
        name = seen.page.locator('.st-key-tile-lately [data-testid="stDataFrame"]')
        name.click(position={"x": 40, "y": 46})
        drawer = seen.page.get_by_role("dialog")
        drawer.get_by_role("button", name="Open its page").click()
        seen.page.wait_for_url("**/thing?**kind=job**")
        seen.settle()
        for address, view in (("view=Failures", "Failures"), ("days=30", "On time")):
            seen.page.go_back()
            seen.page.wait_for_function(
                "view => document.querySelector('.st-key-view [aria-checked=true]')?.innerText === view", arg=view
            )
            seen.settle()
            assert seen.page.url.endswith(address)
            assert drawer.count() == 0
        assert seen.errors == []


def test_in_a_sorted_table_a_name_opens_its_own_thing(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/pipelineops", "view=Failures")
        table = seen.page.locator('.st-key-tile-success [data-testid="stDataFrame"]')
        table.scroll_into_view_if_needed()
        first = table.get_by_test_id("glide-cell-0-0")
        unsorted, box = first.inner_text(), table.bounding_box()
        assert box is not None
        for _ in range(2):  # up, and down where that is the order that it has
            seen.page.mouse.click(box["x"] + 40, box["y"] + 14)
            with suppress(AssertionError):
                expect(first).not_to_have_text(unsorted, timeout=3_000)
                break
        name = first.inner_text()
        assert name != unsorted
        seen.page.mouse.click(box["x"] + 40, box["y"] + 46)
        seen.page.get_by_role("dialog").get_by_text(name).first.wait_for()
        assert seen.errors == []
