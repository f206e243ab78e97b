"""The search of every page: a key, part of a name, Enter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from bench.serving import App
from tests.browser.visit import visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("by keys, in a real Chromium"),
]


def test_a_key_part_of_a_name_and_enter_lead_to_the_page_of_the_thing(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/controls")
        seen.page.keyboard.press("Control+K")
        box = seen.page.get_by_role("combobox", name="Search things")
        box.wait_for()
        seen.page.wait_for_function("() => !document.body.innerText.includes('being read')")
        box.press_sequentially("ql-1")  # part of the name of a warehouse
        first = seen.page.get_by_role("option").first
        expect(first).to_contain_text(
            re.compile("ql-1.*SQL warehouse", re.DOTALL), timeout=20_000
        )  # not of half the name
        assert box.get_attribute("aria-expanded") == "true"
        seen.page.keyboard.press("ArrowDown")
        seen.page.keyboard.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url("**/thing?**kind=warehouse**")
        seen.settle()
        seen.page.keyboard.press("Control+K")
        box.wait_for()
        seen.page.keyboard.press("Escape")
        box.wait_for(state="detached")
        assert seen.errors == [] and seen.strangers == []
