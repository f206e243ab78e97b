"""A tab of a real Chromium on the running app: remembers what went wrong in it and where its requests went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, Page, ViewportSize

from bench.serving import App

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

    def settle(self, timeout: float = 60_000) -> None:
        """Wait until the script has run and no tile is loading any more."""
        self.page.wait_for_selector('[data-testid="stAppViewContainer"]', timeout=timeout)
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                return app && app.getAttribute('data-test-script-state') === 'notRunning'
                    && !document.querySelector('[data-testid="stSkeleton"], [data-testid="stSkeletonElement"]');
            }""",
            timeout=timeout,
        )
        self.page.wait_for_timeout(300)


@contextmanager
def visit(browser: Browser, app: App, theme: Literal["light", "dark"] = "light", **options: Any) -> Iterator[Visit]:
    """A fresh browser context on ``app`` that prefers ``theme``; UTC and a fixed window unless told otherwise."""
    context = browser.new_context(
        color_scheme=theme, viewport=SIZE, **({"timezone_id": "UTC", "locale": "en-GB"} | options)
    )
    seen = Visit(context.new_page(), app.url)
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
        context.close()
