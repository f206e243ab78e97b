"""`python -m tests.browser.screenshots [FOLDER]`: pictures of every view, light and dark, for docs/screenshots."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

from bench.serving import serve
from pages.map import pages
from settings import ROOT, settings
from tests.browser.visit import visit
from tests.machine import browser

FOLDER = ROOT / "docs" / "screenshots"
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
PAGES = {f"/{one.path}": one.views for one in pages() if one.asks}
VIEWS = {name: (f"/{one.path}", words) for one in pages() if one.asks for name, words in one.by_view.items()}


def main(folder: Path = FOLDER) -> int:
    """Write ``<view>_<theme>.png`` for every view; 1 when a page said something to the console or to somebody else."""
    folder.mkdir(parents=True, exist_ok=True)
    bad = 0
    with serve(settings().home) as app, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"])
        for name, (path, query) in VIEWS.items():
            for theme in THEMES:
                with visit(chromium, app, theme) as seen:
                    seen.open(path, query)
                    seen.page.wait_for_timeout(1000)  # figures move into place
                    seen.page.screenshot(path=folder / f"{name}_{theme}.png")
                    bad += len(seen.errors) + len(seen.strangers)
        chromium.close()
    print(f"{2 * len(VIEWS)} pictures in {folder.name}/, {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
