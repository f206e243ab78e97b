"""`python -m tests.browser.inbox_pictures`: pictures of the inbox's list and card, light and dark, for docs/screenshots."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.serving import serve
from demo.lakehouse import build
from settings import ROOT
from tests.browser.screenshots import THEMES
from tests.browser.visit import visit
from tests.components.inbox_store import fill
from tests.machine import browser
from tests.support.stores import store_at

FOLDER = ROOT / "docs" / "screenshots"


def main(home: Path, folder: Path = FOLDER) -> int:
    """Write the pictures; 1 when the page said something to the console or to somebody else."""
    now, bad = dt.datetime.now(dt.UTC), 0
    if not (home / "lakehouse.duckdb").exists():
        build(home / "lakehouse.duckdb", seed=7, scale=0.1, now=now, progress=lambda share, what: None)
    ids = fill(store_at(home / "store.sqlite"), now, evil=False)
    with serve(home, {"LAKEHELM_SCALE": "0.1", "LAKEHELM_WORKERS": "0"}) as app, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox", "--disable-gpu"])
        for name, query, wait_for in (("list", "", "inbox-keys"), ("card", f"p={ids['autostop']}", "inbox-brief")):
            for theme in THEMES:
                with visit(chromium, app, theme) as seen:
                    seen.page.set_viewport_size({"width": 1440, "height": 1000 if name == "list" else 1500})
                    seen.open("/inbox", query)
                    seen.page.wait_for_selector(f".st-key-{wait_for}", timeout=60_000)
                    seen.page.wait_for_timeout(2_000)  # the table draws itself
                    seen.page.screenshot(path=folder / f"inbox_{name}_{theme}.png")
                    bad += len(seen.errors) + len(seen.strangers)
        chromium.close()
    print(f"4 pictures in {folder.name}/, {bad} complaints")
    return 1 if bad else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.exit(main(Path(made)))
