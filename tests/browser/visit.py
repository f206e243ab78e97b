"""A tab of a real Chromium on the running app: remembers what went wrong in it and where its requests went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from bench.serving import App

# The tiles on the page: each view has its own.
TILES = """[...new Set([...document.querySelectorAll('[class*="st-key-tile-"]')].flatMap(e => [...e.classList])
    .filter(c => /^st-key-tile-/.test(c)))].sort().join()"""
SIZE: ViewportSize = {"width": 1440, "height": 1000}


@dataclass
class Visit:
    """A browser tab that remembers what went wrong in it and where its requests went."""

    page: Page
    origin: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def open(self, path: str = "/", query: str = "") -> None:
        """Go to ``path`` and wait until every tile has its face."""
        self.page.goto(f"{self.origin}{path}{'?' + query if query else ''}", wait_until="domcontentloaded")
        self.settle()

    def turn_to(self, view: str) -> None:
        """Choose the ``view`` by its switch, as people do, and wait until every tile has its face."""
        before = self.page.evaluate(TILES)
        self.page.locator('[data-testid="stButtonGroup"] button', has_text=view).first.click()
        self.page.wait_for_function(f"before => {{ const now = {TILES}; return now && now !== before }}", arg=before)
        self.settle()

    def settle(self, timeout: float = 60_000) -> None:
        """Wait until the script has run and no tile is loading any more."""
        self.page.wait_for_selector('[data-testid="stAppViewContainer"]', timeout=timeout)
        self._quiet(timeout)
        self.page.wait_for_timeout(300)
        self._quiet(timeout)  # a run that a click just now has asked for

    def _quiet(self, timeout: float) -> None:
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                return app && app.getAttribute('data-test-script-state') === 'notRunning'
                    && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stSkeletonElement"]');
            }""",
            timeout=timeout,
        )


_CONTEXTS: WeakKeyDictionary[Browser, BrowserContext] = WeakKeyDictionary()


def _context(browser: Browser, options: dict[str, Any]) -> BrowserContext:
    """One for all tabs that want nothing special: what it has compiled and cached serves them all. Motion is reduced:
    without a graphics card every pulse of a placeholder is drawn by the processor."""
    chosen: dict[str, Any] = {"timezone_id": "UTC", "locale": "en-GB", "reduced_motion": "reduce"}
    if options:
        return browser.new_context(**(chosen | options))
    if browser not in _CONTEXTS:
        _CONTEXTS[browser] = browser.new_context(**chosen)
    return _CONTEXTS[browser]


@contextmanager
def visit(
    browser: Browser,
    app: App,
    theme: Literal["light", "dark"] = "light",
    viewport: ViewportSize = SIZE,
    **options: Any,
) -> Iterator[Visit]:
    """A fresh tab on ``app`` that prefers ``theme``, in a context of its own if there are ``options``; UTC unless told
    otherwise."""
    context = _context(browser, options)
    seen = Visit(context.new_page(), app.url)
    seen.page.set_viewport_size(viewport)
    seen.page.emulate_media(color_scheme=theme)
    seen.page.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))

    def note(url: str) -> None:
        if not url.startswith((app.url, app.url.replace("http", "ws", 1), "data:", "blob:")):
            seen.strangers.append(url)

    seen.page.on("request", lambda request: note(request.url))
    seen.page.on("websocket", lambda socket: note(socket.url))
    try:
        yield seen
    finally:
        seen.page.close()
        if options:
            context.close()
