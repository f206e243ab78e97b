"""The inbox in a real Chromium: keys, clicks, two people at once, hostile names, a narrow screen."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from approvals.deciding.voting import reject
from approvals.store.store import Store
from bench.serving import App, serve
from components.runtime import one_press
from tests.browser.visit import Visit, visit
from tests.components.inbox_store import BOB, ballot, fill, states
from tests.support.stores import store_at
from tests.support.tiers import deep

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-stores")]
PAGE = "tests/browser/inbox_page.py"
FIRST_ROW, ROW, TITLE = 59, 57, 160  # pixels in the table


@dataclass
class Inbox:
    """A store of its own in the app that all tests share."""

    app: App
    name: str
    store: Store
    ids: dict[str, str]

    def open(self, seen: Visit, query: str = "") -> None:
        seen.open("/", f"store={self.name}&{query}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Path]]:
    home = tmp_path_factory.mktemp("inbox")
    with serve(home, {"PYTHONPATH": "."}, PAGE) as running:
        yield running, home


@pytest.fixture
def inbox(served: tuple[App, Path]) -> Inbox:
    app, home = served
    name = f"inbox{len(list(home.glob('*.sqlite')))}"
    store = store_at(home / f"{name}.sqlite")
    return Inbox(app, name, store, fill(store, dt.datetime.now(dt.UTC)))


def words(seen: Visit) -> str:
    return seen.page.inner_text('[data-testid="stMain"]').replace("\u200b", "")


def until(seen: Visit, text: str, timeout: float = 15_000) -> None:
    """Wait for a ``text`` that is read in one go; a name in it may be a button, with an icon."""
    seen.page.wait_for_function(
        """text => {
            const main = document.querySelector('[data-testid="stMain"]');
            const icons = new Set([...main.querySelectorAll('[data-testid="stIconMaterial"]')].map(one => one.innerText));
            const lines = main.innerText.split('\\n').filter(line => !icons.has(line.trim()));
            return lines.join(' ').replaceAll('\\u200b', '').replace(/\\s+/g, ' ').includes(text);
        }""",
        arg=text,
        timeout=timeout,
    )


LIGHT = [("", "your_turn"), ("autostop", "your_turn"), ("grant", "waiting"), ("delete", "your_turn"),
         ("hostile", "your_turn"), ("held", "scheduled"), ("unknown", "needs_a_look"), ("rolled_back", "done"),
         ("overridden", "done")]  # fmt: skip
DARK = [("", "your_turn"), ("delete", "your_turn"), ("unknown", "needs_a_look")]
AHEAD, OVER = ("What will run", "Why now", "What could break"), ("What", "Why", "What could have broken")
SHOWN = {("", "light"), ("hostile", "light"), ("unknown", "dark")}  # in every run; cards have tests without a browser


@pytest.mark.parametrize(
    ("name", "view", "theme"),
    [
        (pytest.param if (name, theme) in SHOWN else deep)(name, view, theme)
        for theme, every in (("light", LIGHT), ("dark", DARK))
        for name, view in every
    ],
)
def test_every_view_is_quiet_and_talks_to_nobody(
    chromium: Browser, inbox: Inbox, name: str, view: str, theme: Literal["light", "dark"]
) -> None:
    with visit(chromium, inbox.app, theme) as seen:
        inbox.open(seen, f"view={view}" + (f"&p={inbox.ids[name]}" if name else ""))
        assert "Your turn" in words(seen)
        if name:
            first = OVER if name in ("unknown", "rolled_back", "overridden") else AHEAD
            for section in (*first, "Who says so", "Who must agree", "What the agent wrote"):
                assert section in words(seen)
        assert seen.page.locator('[data-testid="stException"]').count() == 0
        assert seen.page.locator("a[href*='evil'], img[src*='evil'], a[href^='javascript']").count() == 0
        assert seen.errors == []
        assert seen.strangers == []


def test_a_click_opens_and_two_keys_decide(chromium: Browser, inbox: Inbox) -> None:
    with visit(chromium, inbox.app) as seen:
        inbox.open(seen)
        seen.page.keyboard.press("a")  # no card is open: nothing can be decided
        seen.settle()
        box = seen.page.locator('[data-testid="stDataFrame"]').first.bounding_box()
        assert box is not None
        seen.page.mouse.click(box["x"] + 400, box["y"] + FIRST_ROW + ROW)  # the second row
        until(seen, "Could break")
        assert f"p={inbox.ids['autostop']}" in seen.page.url
        assert states(inbox.store, inbox.ids["autostop"]) == ("open", None)
        seen.settle()
        seen.page.wait_for_timeout(1_100)  # nobody has read it before
        seen.page.keyboard.press("a")
        until(seen, "Accept exactly this")
        seen.settle()
        seen.page.keyboard.press("Enter")
        until(seen, "Accepted: Set auto-stop of warehouse ‘bi-adhoc’ to 10 min")
        assert states(inbox.store, inbox.ids["autostop"]) == ("approved", "scheduled")
        seen.settle()
        seen.page.wait_for_url(lambda url: "p=" in url and inbox.ids["autostop"] not in url)  # the next one is open
        seen.page.keyboard.press("u")
        until(seen, "bi-adhoc")
        seen.page.wait_for_url(f"**p={inbox.ids['autostop']}**")
        assert states(inbox.store, inbox.ids["autostop"]) == ("open", None)
        assert seen.errors == []


def test_a_held_key_counts_once(chromium: Browser, inbox: Inbox) -> None:
    with visit(chromium, inbox.app) as seen:
        inbox.open(seen)
        seen.page.evaluate(one_press.SCRIPT.decode())  # as the app's own page carries it
        seen.page.evaluate(
            """() => { window.heard = 0; document.addEventListener("keydown", () => { window.heard += 1; }); }"""
        )
        for _ in range(6):
            seen.page.keyboard.down("o")  # the first press, then five repeats of it
        seen.page.keyboard.up("o")
        assert seen.page.evaluate("window.heard") == 1
        assert seen.errors == []


def test_keys_rest_while_somebody_types(chromium: Browser, inbox: Inbox) -> None:
    with visit(chromium, inbox.app) as seen:
        inbox.open(seen, f"p={inbox.ids['autostop']}")
        seen.page.keyboard.press("n")
        until(seen, "the next proposal learns from it")
        area = seen.page.locator("textarea").first
        area.click()
        area.type("a bad idea, just now")
        seen.page.wait_for_timeout(6_000)  # the page looks for news meanwhile
        assert area.input_value() == "a bad idea, just now"
        assert states(inbox.store, inbox.ids["autostop"]) == ("open", None)


def test_keys_move_through_the_list(chromium: Browser, inbox: Inbox) -> None:
    with visit(chromium, inbox.app) as seen:
        inbox.open(seen)
        seen.page.keyboard.press("o")
        seen.page.wait_for_url("**p=**")
        seen.settle()
        first = seen.page.url
        seen.page.keyboard.press("j")
        seen.page.wait_for_function("first => location.href !== first", arg=first)
        seen.settle()
        seen.page.keyboard.press("k")
        seen.page.wait_for_url(first)
        seen.settle()
        seen.page.keyboard.press("x")
        until(seen, "1 ticked")
        seen.settle()
        seen.page.keyboard.press("h")
        until(seen, "No key decides anything while no card is open")


def test_what_somebody_else_decides_is_seen_within_five_seconds(chromium: Browser, inbox: Inbox) -> None:
    one = inbox.ids["autostop"]
    with visit(chromium, inbox.app) as seen:
        inbox.open(seen, f"p={one}")
        signed = ballot(inbox.store, one, reason="stale", comment="Done by hand.")
        with inbox.store.writing() as tx:
            reject(tx, signed, BOB)
        began = time.monotonic()
        until(seen, "rejected by dev:bob@lakehelm.example", 60_000)
        took = time.monotonic() - began
        print(f"seen after {took:.1f} s")
        assert seen.errors == []


def test_from_r3_on_sections_are_opened_before_accepting(chromium: Browser, inbox: Inbox) -> None:
    with visit(chromium, inbox.app) as seen:
        inbox.open(seen, f"p={inbox.ids['delete']}")
        accept = seen.page.locator(".st-key-inbox-verb-accept button").first
        assert accept.is_disabled()
        seen.page.keyboard.press("a")
        seen.settle()
        for title in ("What will run", "What could break"):
            seen.page.locator("summary", has_text=title).click()
            seen.settle()
        expect(accept).to_be_enabled(timeout=15_000)
        accept.click()
        until(seen, "This cannot be undone")
        assert "hunter2" not in words(seen)


def test_a_narrow_screen_shows_all_of_it(chromium: Browser, inbox: Inbox) -> None:
    with visit(chromium, inbox.app) as seen:
        seen.page.set_viewport_size({"width": 320, "height": 900})
        inbox.open(seen, f"p={inbox.ids['autostop']}")
        wide = seen.page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollWidth")
        assert wide <= 320
        for verb in ("accept", "reject", "ask", "edit", "override"):
            box = seen.page.locator(f".st-key-inbox-verb-{verb} button").first.bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320
