"""One browser and one app for the tests of a room that run one after another; the lakehouse is small and built once. They end
with these tests: what lives on costs those that come after it, and is asked after each of them what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bench.serving import App, serve
from tests.lakehouses import lakehouse
from tests.machine import browser as browser_path


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A real headless Chromium that talks to nobody but the app."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
    path = browser_path()
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=flags)
        yield made
        made.close()


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small lakehouse that ends now."""
    return lakehouse(tmp_path_factory, tmp_path_factory.mktemp("home") / "lakehouse.duckdb", None).parent


@pytest.fixture(scope="package")
def app(home: Path) -> Iterator[App]:
    with serve(home, {"LAKEHELM_SCALE": "0.1", "LAKEHELM_WORKERS": "0"}) as running:
        yield running
