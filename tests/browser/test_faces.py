"""Every face of a tile in a real Chromium, in both themes, side by side on one page: none spoils its neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from bench.serving import App, serve
from tests.browser.visit import visit
from tests.support.tiers import deep

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SAYS = {
    "ready": "as of", "grid": "one row", "empty": "Checked 12 jobs, none late", "broken": "Could not draw this panel",
    "undrawable": "Could not draw this panel", "no-grant": "GRANT SELECT ON TABLE system.billing.usage",
    "late": "No answer within 60 s", "stale": "stale, 42 min", "refused": "Could not draw this panel", "last": "Here is the note",
}  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with serve(tmp_path_factory.mktemp("faces"), {"PYTHONPATH": "."}, "tests/browser/faces_page.py") as running:
        yield running


@pytest.mark.parametrize("theme", ["light", deep("dark")])
def test_every_face_is_there(chromium: Browser, page: App, theme: Literal["light", "dark"], tmp_path: Path) -> None:
    with visit(chromium, page, theme) as seen:
        seen.page.goto(seen.origin, wait_until="domcontentloaded")
        seen.page.wait_for_selector(".st-key-tile-last >> text=Here is the note", timeout=30_000)
        for key, words in SAYS.items():
            seen.page.wait_for_function(
                "([key, words]) => document.querySelector(`.st-key-tile-${key}`).innerText.includes(words)",
                arg=[key, words],
                timeout=15_000,
            )
        assert seen.page.locator('.st-key-tile-pending [data-testid="stSkeletonElement"]').count() == 1
        assert seen.page.locator(".st-key-tile-plot .js-plotly-plot").count() == 1
        assert seen.page.locator('[data-testid="stException"]').count() == 0
        assert "secret detail" not in seen.page.inner_text("body")
        assert seen.errors == [] and seen.strangers == []
