"""Every page in a real Chromium, light and dark: it fills, it is quiet, it talks to nobody else."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser

from bench.serving import App
from tests.browser.visit import visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = {"/": "Overview", "/finops": "FinOps", "/pipelineops": "PipelineOps"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fills_without_an_error(chromium: Browser, app: App, path: str, theme: Literal["light", "dark"]) -> None:
    with visit(chromium, app, theme) as seen:
        seen.open(path)
        body = seen.page.inner_text('[data-testid="stMain"]')
        assert PAGES[path] in body
        assert seen.page.locator('[data-testid="stException"]').count() == 0
        assert "Could not draw" not in body
        assert seen.errors == []
        assert seen.strangers == []


def test_a_fresh_process_on_a_deep_link_runs_identity_first(chromium: Browser, app: App) -> None:
    with visit(chromium, app) as seen:
        seen.open("/finops", "days=30")
        sidebar = seen.page.inner_text('[data-testid="stSidebar"]')
        assert "dev:" in sidebar
        assert "Overview" in sidebar
